"""Import torch and transformers without what they load for work that is not done here: half of what a start costs.

torch's compiler (`torch._dynamo`) brings a package for symbolic algebra and all of distributed training; transformers
asks for it only to mark functions, as torch's optimizers do. transformers loads distributed training, accelerate and
scipy's solvers where they are there, and looks through the sources of all of its models twice.

Nothing is taken away from torch: whoever asks for more of the compiler than stands here gets all of it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

NOT_NEEDED = ("torch_distributed", "accelerate", "scipy", "sklearn")
"""What transformers asks for by a function `is_…_available` before it imports it, and can do without."""


def import_lightly() -> None:
    """To be called before anything imports transformers. Where these libraries have changed, it only does less."""
    import torch  # noqa: F401 - before its compiler is put off: it must lie in it

    if "transformers" in sys.modules:
        return
    put_off(
        "torch._dynamo",
        but=("_trace_wrapped_higher_order_op",),  # small; transformers takes a class from there
        disable=_mark,
        allow_in_graph=_mark,
        assume_constant_result=_mark,
        graph_break=_nothing,
    )
    put_off("torch.distributed.tensor")
    import transformers.utils
    from transformers.utils import import_utils

    for name in NOT_NEEDED:
        for place in (import_utils, transformers.utils):
            if hasattr(place, f"is_{name}_available"):
                setattr(place, f"is_{name}_available", _no)
    _look_once(import_utils, Path(transformers.utils.__file__).parent.parent / "models")


class PutOff(ModuleType):
    """A module that is loaded when somebody asks for what it was not given."""

    def __getattr__(self, name: str) -> Any:
        # A module in this one is imported by way of its path: this one must have been loaded before.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        with _LOADING:
            if isinstance(self, PutOff):
                self.__class__ = ModuleType  # type: ignore[assignment]
                assert self.__spec__ is not None and self.__spec__.loader is not None
                self.__path__ = list(self.__spec__.submodule_search_locations or ())
                self.__spec__.loader.exec_module(self)
        return getattr(self, name)


_LOADING = RLock()


def put_off(name: str, *, but: Sequence[str] = (), **given: Callable[..., Any]) -> None:
    """Let a package in another be loaded when somebody asks for more of it than is given here; but for some modules in
    it, which are imported at once. Nothing where it is loaded, or is not there."""
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if spec is None or spec.loader is None or spec.submodule_search_locations is None:
        return
    module = PutOff(name)
    module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
    module.__package__, module.__path__ = name, list(spec.submodule_search_locations)
    module.__dict__.update(given)
    parent, _, own = name.rpartition(".")
    sys.modules[name] = module
    setattr(sys.modules[parent], own, module)
    for one in but:
        with contextlib.suppress(ImportError):
            importlib.import_module(f"{name}.{one}")
    if isinstance(module, PutOff):
        del module.__path__


def _mark(function: Callable[..., Any] | None = None, *_how: Any, **_more: Any) -> Any:
    """What tells the compiler how to take a function: itself where nothing is compiled. Also `@_mark(…)`."""
    return function if function is not None else lambda marked: marked


def _nothing(*_why: Any) -> None:
    """What tells the compiler where to stop."""


def _no(*_version: Any, **_more: Any) -> bool:
    return False


def _look_once(import_utils: Any, models: Path) -> None:
    """transformers looks through its folder of models by a path, and again by the name of the file in it."""
    look = getattr(import_utils, "create_import_structure_from_path", None)
    if look is not None:
        import_utils.create_import_structure_from_path = lambda path: look(
            models if Path(path) == models / "__init__.py" else path
        )
