"""What stands at the head of a GGUF file: settings, tokenizer, and of each tensor type, shape and place.

Standard library only; the weights are not read. The format (little-endian): "GGUF", a version, how many tensors and how
many settings there are; the settings, each a name, a type and a value; of each tensor its name, shape (the columns
first), type and place behind the header. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_studio.language import tr
from lepton_studio.models.model_config import UnusableModel, is_pointer, place, pointer_sentence

MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_ALIGNMENT = 32
_STRING, _LIST = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

STORED: Mapping[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 30: ("BF16", 1, 2),
    2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210), 16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136), 29: ("IQ1_M", 256, 56), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
}  # fmt: skip
"""How weights are stored that `gguf.quants.dequantize` reads: a type's name, and how many weights take how many
bytes."""


@dataclass(frozen=True, slots=True)
class GgufTensor:
    """`shape`: rows first, as everywhere else. `begin`: where its bytes begin in the file; `size`: how many."""

    name: str
    shape: tuple[int, ...]
    type: int
    begin: int
    size: int


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """`told`: the settings by their names; `size`: of the file."""

    path: Path
    told: Mapping[str, Any]
    tensors: tuple[GgufTensor, ...]
    size: int


def is_gguf(path: Path) -> bool:
    """Whether the file begins as one."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def read_header(path: Path) -> GgufHeader:
    """Half a second for a vocabulary of 150,000 pieces. Raises UnusableModel for a file that is none, is damaged, cut
    short, one of several, or stores weights in a way that is not read here; OSError."""
    size = path.stat().st_size
    if not is_gguf(path):
        raise UnusableModel(
            pointer_sentence(path) if is_pointer(path) else tr("{file} in {folder} is not a GGUF file.", **place(path))
        )
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as bytes_:
        try:
            told, tensors = _read(_Cursor(bytes_), path)
        except (struct.error, ValueError, LookupError, TypeError, OverflowError, MemoryError) as error:
            sentence = tr("Cannot read {file} in {folder}: it is damaged. Download it again.", **place(path))
            raise UnusableModel(sentence) from error
    end = max((one.begin + one.size for one in tensors), default=0)
    if size < end:
        raise UnusableModel(
            tr(
                "{file} in {folder} is incomplete: {there} of {whole} MB. Download it again.",
                **place(path),
                there=f"{size / 1e6:,.1f}",
                whole=f"{end / 1e6:,.1f}",
            )
        )
    return GgufHeader(path, told, tensors, size)


class _Cursor:
    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self.at = 0

    def number(self, kind: str) -> Any:
        (value,) = struct.unpack_from(f"<{kind}", self._data, self.at)
        self.at += struct.calcsize(f"<{kind}")
        return value

    def string(self) -> str:
        return self._bytes(self.number("Q")).decode("utf-8")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind != _LIST:
            return self.number(_NUMBERS[kind])
        inner, count = self.number("I"), self.number("Q")
        if inner == _STRING:
            return [self.string() for _ in range(count)]
        letter = _NUMBERS[inner]
        return list(struct.unpack(f"<{count}{letter}", self._bytes(count * struct.calcsize(f"<{letter}"))))

    def _bytes(self, count: int) -> bytes:
        if count > len(self._data) - self.at:
            raise ValueError("the file ends before its header")
        self.at += count
        return self._data[self.at - count : self.at]


def _read(cursor: _Cursor, path: Path) -> tuple[Mapping[str, Any], tuple[GgufTensor, ...]]:
    cursor.at = len(MAGIC)
    version = cursor.number("I")
    if version not in _VERSIONS:
        raise UnusableModel(
            tr(
                "{file} in {folder} is a GGUF file of version {version}, and only versions 2 and 3 are read here.",
                **place(path),
                version=version,
            )
        )
    count, settings = cursor.number("Q"), cursor.number("Q")
    told = {cursor.string(): cursor.value(cursor.number("I")) for _ in range(settings)}
    if int(told.get("split.count", 0)) > 1:
        raise UnusableModel(
            tr(
                "{file} in {folder} is one of {count} parts of a model. Join them first, with the program "
                "llama-gguf-split of llama.cpp.",
                **place(path),
                count=told["split.count"],
            )
        )
    found = [_tensor(cursor, path) for _ in range(count)]
    alignment = int(told.get("general.alignment", _ALIGNMENT))
    begin = math.ceil(cursor.at / alignment) * alignment
    return told, tuple(
        GgufTensor(name, shape, kind, begin + offset, _bytes_of(shape, kind)) for name, shape, kind, offset in found
    )


def _tensor(cursor: _Cursor, path: Path) -> tuple[str, tuple[int, ...], int, int]:
    name, dimensions = cursor.string(), cursor.number("I")
    shape = tuple(reversed([int(cursor.number("Q")) for _ in range(dimensions)]))
    kind, offset = cursor.number("I"), cursor.number("Q")
    if kind not in STORED:
        raise UnusableModel(
            tr(
                "The weights in {file} in {folder} are stored in a way that is not read here (type {type}). Choose "
                "the model with weights as Q8_0, Q4_K_M or F16.",
                **place(path),
                type=kind,
            )
        )
    return name, shape, kind, offset


def _bytes_of(shape: tuple[int, ...], kind: int) -> int:
    _name, block, size = STORED[kind]
    if not shape or shape[-1] % block:
        raise ValueError("a row is no whole number of blocks")
    return math.prod(shape) // block * size
