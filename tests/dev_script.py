"""packaging/dev.py, which no package holds, as a module."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def load_dev_script() -> ModuleType:
    """The module, made anew: a test may replace what is in it."""
    script = Path(__file__).resolve().parent.parent / "packaging" / "dev.py"
    spec = importlib.util.spec_from_file_location("dev", script)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["dev"] = module
    spec.loader.exec_module(module)
    return module
