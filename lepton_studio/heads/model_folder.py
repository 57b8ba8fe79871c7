"""A tuned model as a folder: what all tasks write and read alike. See `runs.manifest` for what stands where in it.

A learner writes what transformers or sentence-transformers load, and leaves the rest to a `ModelFolder`: weights that
those have no place for, the manifest, and the README, which is put together here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from lepton_studio.methods.method import Method
from lepton_studio.runs.manifest import MANIFEST, BadManifest, Manifest, not_ours, read_manifest
from lepton_studio.runs.model_folder import opens_elsewhere
from lepton_studio.training.failures import ModelNotFound, is_out_of_memory
from lepton_studio.training.machine import versions

HEAD = "head.safetensors"
_PREFIXED = (
    "Only Lepton Studio loads it. Prefix tuning learned keys and values that stand in the attention of each layer, "
    "which other libraries have no place for; so that none reads it without them, its `config.json` names a model type "
    "of its own. To use it elsewhere, tune again by another method, such as LoRA."
)


@dataclass(frozen=True, slots=True)
class Usage:
    """How a model is used without Lepton Studio, for developers: in English.

    `title` completes the heading "... tuned with Lepton Studio". `code`: lines of Python that run inside the folder and
    need no more than the manifest says; "" where there are none. `says`: what they give, and what they leave out.
    """

    title: str
    code: str
    says: str


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """The folder at `path`: `write` once, `read` once."""

    path: Path

    def write(
        self,
        manifest: Manifest,
        *,
        usage: Usage,
        weights: Mapping[str, Tensor] | None = None,
        weights_file: str = HEAD,
        beside: Mapping[str, object] | None = None,
    ) -> None:
        """The manifest (with the versions at work), the README, `weights`, and further JSON files (`beside`); after the
        encoder was saved.
        """
        manifest = replace(manifest, made_with=versions())
        if not opens_elsewhere(self.path):
            manifest, usage = replace(manifest, needs=()), replace(usage, code="", says=_PREFIXED)
        for name, content in {MANIFEST: manifest.to_json(), **(beside or {})}.items():
            self._write_json(name, content)
        if weights is not None:
            whole = {name: one.detach().cpu().contiguous() for name, one in weights.items()}
            save_file(whole, self.path / weights_file)
        (self.path / "README.md").write_text(readme(manifest, usage), "utf-8")

    def tell_methods(self, methods: Mapping[Method, Any]) -> None:
        """After `write`: by what it was tuned, with the settings of each, in manifest and README."""
        manifest = Manifest.from_json(json.loads((self.path / MANIFEST).read_text("utf-8")))
        told = {method.id: _public(settings) for method, settings in methods.items()}
        self._write_json(MANIFEST, replace(manifest, methods=told).to_json())
        with (self.path / "README.md").open("a", encoding="utf-8") as file:
            file.write(f"\n{_tuned_by(methods)}\n")

    @contextmanager
    def read(self, *, task: str) -> Iterator[Manifest]:
        """The manifest; what goes wrong in the block while weights and settings are read becomes ModelNotFound."""
        try:
            yield read_manifest(self.path, task=task)
        except BadManifest as error:
            raise ModelNotFound(str(error)) from error
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
            if is_out_of_memory(error):
                raise
            raise ModelNotFound(not_ours(self.path)) from error

    def weights(self, file: str = HEAD, *, prefix: str = "") -> dict[str, Tensor]:
        """Those whose names begin so, without that beginning; on the CPU. Raises OSError, SafetensorError."""
        found = load_file(self.path / file)
        return {name.removeprefix(prefix): one for name, one in found.items() if name.startswith(prefix)}

    def _write_json(self, name: str, content: object) -> None:
        (self.path / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _public(settings: Any) -> dict[str, Any]:
    """The settings of a method, models among them by the names of their folders: nobody else has these paths."""
    return {
        name: os.path.basename(os.path.normpath(value)) if isinstance(value, str) and os.path.isabs(value) else value
        for name, value in asdict(settings).items()
    }


def _tuned_by(methods: Mapping[Method, Any]) -> str:
    said = []
    for method, settings in methods.items():
        told = ((name, value) for name, value in _public(settings).items() if value != "")
        values = ", ".join(f"{name} {_in_words(value)}" for name, value in told)
        said.append(f"{method.title} ({values})" if values else method.title)
    return f"It was tuned by: {'; '.join(said)}."


def _in_words(value: object) -> str:
    return " and ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def readme(manifest: Manifest, usage: Usage) -> str:
    """The README of a model folder."""
    needs = " ".join(manifest.needs)
    made_with = ", ".join(f"{name} {manifest.made_with[name]}" for name in ("torch", "transformers"))
    lines = (
        f"After `pip install {needs}`, from inside this folder (from elsewhere, put its path in place of the dot):",
        f"```python\n{usage.code.strip()}\n```",
    )
    paragraphs = (
        f"# {usage.title} tuned with Lepton Studio",
        *(lines if usage.code else ()),
        usage.says.strip(),
        f"What else it knows stands in `{MANIFEST}`. It was saved with {made_with}. No code of this folder is run.",
    )
    return "\n\n".join(paragraphs) + "\n"


def fill(code: str, **parts: str) -> str:
    """Lines of Python with others in place of their marks: `# SHAPES` by `SHAPES=`. A mark with an empty part goes."""
    for mark, part in parts.items():
        assert f"# {mark}\n" in code
        code = code.replace(f"# {mark}\n", f"{part.strip()}\n" if part.strip() else "")
    return code
