"""What the makers of a sentence encoder do with the vectors of tokens: modules.json and the small files it names.

sentence-transformers writes and reads them (https://sbert.net/docs/package_reference/sentence_transformer/modules.html).
Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_studio.language import tr
from lepton_studio.models.model_config import UnusableModel, place, read_object, read_values

MODULES = "modules.json"
SETTINGS = "config_sentence_transformers.json"

POOLINGS = {
    "cls": "pooling_mode_cls_token",
    "max": "pooling_mode_max_tokens",
    "mean": "pooling_mode_mean_tokens",
    "mean_sqrt_len_tokens": "pooling_mode_mean_sqrt_len_tokens",
    "weightedmean": "pooling_mode_weightedmean_tokens",
    "lasttoken": "pooling_mode_lasttoken",
}
"""Ways to make one vector of many, and what earlier versions call them; several stand side by side in this order."""

ACTIVATIONS = ("Identity", "Tanh", "ReLU", "GELU", "SiLU", "Sigmoid")
_IN_ORDER = ("Transformer", "Pooling")
_AFTER = ("Dense", "Normalize", "Dropout")
_OWN = "sentence_embedding"


@dataclass(frozen=True, slots=True)
class Step:
    """A layer behind the pooling, "Dense" or "Normalize"; `folder`: where it lies, `activation`: behind a dense one."""

    kind: str
    folder: Path
    activation: str = "Identity"


@dataclass(frozen=True, slots=True)
class SentenceModules:
    """`encoder`: the folder of the transformer. `pooling`: names in POOLINGS. `prompt`: stands before each text."""

    encoder: Path
    pooling: tuple[str, ...]
    steps: tuple[Step, ...]
    prompt: str


def read_modules(folder: Path) -> SentenceModules | None:
    """None where the folder is no sentence encoder's. Raises UnusableModel for what is not known here."""
    path = folder / MODULES
    if not path.is_file():
        return None
    modules = list(_modules(path))
    kinds = [kind for kind, _ in modules]
    unknown = [kind for kind in kinds[2:] if kind not in _AFTER]
    if tuple(kinds[:2]) != _IN_ORDER or unknown:
        raise UnusableModel(
            tr(
                "{file} in {folder} asks for a part of a kind that is not supported ({kind}). Choose another model.",
                **place(path),
                kind=(unknown or [kind for kind in kinds if kind not in _IN_ORDER] or ["?"])[0],
            )
        )
    prompt = _prompt(folder / SETTINGS)
    pooling = _pooling(modules[1][1] / "config.json", prompt=prompt)
    steps = tuple(_step(kind, where) for kind, where in modules[2:] if kind != "Dropout")
    return SentenceModules(modules[0][1], pooling, steps, prompt)


def encoder_path(folder: Path) -> Path | None:
    """Where modules.json says that the transformer lies; None where it does not say."""
    try:
        modules = list(_modules(folder / MODULES)) if (folder / MODULES).is_file() else []
    except UnusableModel:
        return None
    return next((where for kind, where in modules if kind == "Transformer"), None)


def _modules(path: Path) -> Iterator[tuple[str, Path]]:
    """(kind, folder) of each."""
    for one in read_values(path):
        if not isinstance(one, dict) or not isinstance(one.get("type"), str):
            raise UnusableModel(tr("Cannot read the {file} in {folder}. Copy the model's folder again.", **place(path)))
        yield one["type"].rpartition(".")[2], path.parent / str(one.get("path") or "")


def _pooling(path: Path, *, prompt: str) -> tuple[str, ...]:
    stored = _object(path)
    named = stored.get("pooling_mode")
    if named is None:
        found = tuple(mode for mode, flag in POOLINGS.items() if stored.get(flag)) or ("mean",)
    else:
        found = tuple(map(str, named)) if isinstance(named, list) else (str(named),)
    other = next((mode for mode in found if mode not in POOLINGS), "")
    if not other and prompt and stored.get("include_prompt") is False:
        other = "include_prompt"
    if other:
        raise UnusableModel(
            tr(
                "{file} in {folder} asks for a pooling that is not supported ({kind}). Choose another model.",
                **place(path),
                kind=other,
            )
        )
    return found


def _step(kind: str, folder: Path) -> Step:
    if kind == "Normalize":
        return Step(kind, folder)
    path = folder / "config.json"
    stored = _object(path)
    activation = str(stored.get("activation_function") or "Tanh").rpartition(".")[2]
    is_plain = stored.get("module_input_name", _OWN) == _OWN and not stored.get("use_residual")
    if activation not in ACTIVATIONS or not is_plain:
        raise UnusableModel(
            tr(
                "{file} in {folder} asks for a layer that is not supported ({kind}). Choose another model.",
                **place(path),
                kind=activation if is_plain else kind,
            )
        )
    if not (folder / "model.safetensors").is_file():
        raise UnusableModel(
            tr(
                "The dense layer in {folder} has no weights in the safetensors format. Copy its model.safetensors "
                "there too.",
                folder=folder,
            )
        )
    return Step(kind, folder, activation)


def _prompt(path: Path) -> str:
    """What is put before every text when nothing else is asked for."""
    if not path.is_file():
        return ""
    stored = read_object(path)
    prompts, name = stored.get("prompts"), stored.get("default_prompt_name")
    found = prompts.get(name) if isinstance(prompts, dict) and name else None
    return found if isinstance(found, str) else ""


def _object(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise UnusableModel(
            tr("The sentence encoder is incomplete: {file} is missing in {folder}. Copy it there.", **place(path))
        )
    return read_object(path)
