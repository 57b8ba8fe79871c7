"""What weights a model folder holds and of what shape, from the headers of its safetensors files; none is read whole.

A file begins with the length of its header (8 bytes, little-endian) and the header, a JSON object: of each weight its
type, shape and place behind the header. https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lepton_studio.language import tr
from lepton_studio.models.model_config import UnusableModel, is_pointer, place, pointer_sentence, read_object

Shapes = Mapping[str, tuple[int, ...]]

_WEIGHTS = "model.safetensors"
_INDEX = "model.safetensors.index.json"
_LONGEST_HEADER = 100_000_000
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")


def read_shapes(folder: Path) -> Shapes:
    """The shape of each weight by its name. Raises UnusableModel where files are missing, torn, or of other kinds."""
    shapes: dict[str, tuple[int, ...]] = {}
    for file in _weight_files(folder):
        shapes |= _shapes_of(file)
    return shapes


def _weight_files(folder: Path) -> Sequence[Path]:
    """As transformers looks for them."""
    if (folder / _WEIGHTS).is_file():
        return [folder / _WEIGHTS]
    index = folder / _INDEX
    if not index.is_file():
        raise UnusableModel(_why_none(folder))
    placed = read_object(index).get("weight_map")
    names = sorted({str(name) for name in placed.values()}) if isinstance(placed, dict) else []
    lacking = [name for name in names if not (folder / name).is_file()]
    if lacking or not names:
        raise UnusableModel(
            tr(
                "The weights in {folder} are incomplete: {file} is missing. Copy all files of the model there.",
                folder=folder,
                file=lacking[0] if lacking else _WEIGHTS,
            )
        )
    return [folder / name for name in names]


def _shapes_of(file: Path) -> Shapes:
    size = file.stat().st_size
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        written = opened.read(length) if length <= min(size, _LONGEST_HEADER) else b""
    try:
        header: dict[str, Any] = json.loads(written)
        header.pop("__metadata__", None)
        shapes = {name: tuple(int(one) for one in told["shape"]) for name, told in header.items()}
        end = 8 + length + max((int(told["data_offsets"][1]) for told in header.values()), default=0)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        if is_pointer(file):
            raise UnusableModel(pointer_sentence(file)) from error
        sentence = tr("Cannot read {file} in {folder}: it is damaged. Download it again.", **place(file))
        raise UnusableModel(sentence) from error
    if size < end:
        raise UnusableModel(
            tr(
                "{file} in {folder} is incomplete: {there} of {whole} MB. Download it again.",
                **place(file),
                there=f"{size / 1e6:,.1f}",
                whole=f"{end / 1e6:,.1f}",
            )
        )
    return shapes


def _why_none(folder: Path) -> str:
    if any(folder.glob("*.safetensors")):
        return tr(
            "The model in {folder} has its weights under another name. Rename the file to model.safetensors.",
            folder=folder,
        )
    pickle = next((file for pattern in _PICKLES for file in sorted(folder.glob(pattern))), None)
    if pickle is not None:
        return tr(
            "The model in {folder} has no weights in the safetensors format, only {file}, which could run code when it "
            "is opened. If you trust its makers, load it with transformers and save it again: save_pretrained writes "
            "model.safetensors.",
            folder=folder,
            file=pickle.name,
        )
    if any(folder.glob("*.gguf")):
        return tr(
            "The model in {folder} only has weights as GGUF. Choose that file itself, or a folder with the same model "
            "as safetensors.",
            folder=folder,
        )
    return tr(
        "The model in {folder} has no weights in the safetensors format. Copy its model.safetensors there too.",
        folder=folder,
    )
