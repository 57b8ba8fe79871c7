"""Reads a BERT encoder from a file of 4-bit weights (magic "E5S1"), every field checked. Imported in children only.

Little-endian: the magic; uint32 version; seven int32 (hidden size, layers, heads, feed-forward size, vocabulary,
positions, token types); float32 epsilon of the norms; int32 weights in a block. Then the tokenizer, which is skipped:
five int32 (pieces, and the ids of begin, end, padding, unknown); uint64 bytes of the pieces; uint32 for each piece and
one more; float32 for each piece; the pieces; int32 and uint32 before so many bytes of a normalisation table. Then int32
tensors, and of each: uint16 and so many bytes of its name; uint8 kind (0 float32, 1 Q4_0); uint32 values; uint64 offset
in the file; uint64 bytes.

Q4_0 is ggml's: blocks of 32 values, a float16 scale and 16 bytes, of which the low halves are the first 16 values and
the high halves the rest, each minus 8 and times the scale.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"E5S1"
_VERSIONS = (1,)
_BLOCK = 32
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", (_BLOCK // 2,))])
_BLOCKS_AT_ONCE = 1 << 16
_MOST = {"hidden": 8192, "layers": 96, "heads": 128, "feed_forward": 65_536, "words": 2_000_000, "positions": 65_536}

Array = NDArray[np.float16]


class DamagedFile(ValueError):
    """Not such a file, or a torn one; the text says what does not hold, for a log."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large an encoder is. `epsilon` is that of its norms."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    words: int
    positions: int
    types: int
    epsilon: float

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """The names of all its tensors in such a file, with their shapes; a matrix is [outputs, inputs]."""
        square, wide = (self.hidden, self.hidden), (self.feed_forward, self.hidden)
        norm = {"w": (self.hidden,), "b": (self.hidden,)}
        found: dict[str, tuple[int, ...]] = {
            "emb.word": (self.words, self.hidden),
            "emb.pos": (self.positions, self.hidden),
            "emb.type": (self.types, self.hidden),
            **{f"emb.ln.{part}": shape for part, shape in norm.items()},
        }
        matrices = {"q": square, "k": square, "v": square, "ao": square, "fi": wide, "fo": wide[::-1]}
        for layer in range(self.layers):
            for name, matrix in matrices.items():
                found[f"l{layer}.{name}.w"] = matrix
                found[f"l{layer}.{name}.b"] = matrix[:1]
            for name in ("aln", "oln"):
                found |= {f"l{layer}.{name}.{part}": shape for part, shape in norm.items()}
        return found


@dataclass(frozen=True, slots=True)
class Q4Model:
    """What stands in the file: all tensors of `shape.tensors()`, in float16."""

    shape: Shape
    tensors: Mapping[str, Array]


def read_q4(path: Path) -> Q4Model:
    """The whole model; 0.3 GB of memory for 118 million weights. Raises DamagedFile, OSError."""
    content = memoryview(path.read_bytes())
    rest = _Rest(content)
    if rest.bytes(4) != _MAGIC:
        raise DamagedFile("it does not begin as such a file does")
    (version,) = rest.take("I")
    if version not in _VERSIONS:
        raise DamagedFile(f"its version is {version}")
    shape = _shape(rest)
    _skip_tokenizer(rest)
    entries = list(_entries(rest))
    expected = shape.tensors()
    names = [entry.name for entry in entries]
    if sorted(names) != sorted(expected):
        raise DamagedFile("its tensors are not those of such an encoder")
    tensors = {}
    for entry in entries:
        wanted = expected[entry.name]
        if entry.count != np.prod(wanted, dtype=np.int64):
            raise DamagedFile(f"{entry.name} has {entry.count} values")
        if entry.offset < rest.place or entry.offset + entry.size > len(content):
            raise DamagedFile(f"{entry.name} lies outside of the file")
        values = _values(content[entry.offset : entry.offset + entry.size], entry)
        if not np.isfinite(values).all():
            raise DamagedFile(f"{entry.name} has values that are no numbers")
        tensors[entry.name] = values.reshape(wanted)
    return Q4Model(shape, tensors)


class _Rest:
    """What of a file is not read yet; `place` is where that begins."""

    def __init__(self, content: memoryview) -> None:
        self._content = content
        self.place = 0

    def bytes(self, count: int) -> bytes:
        if count < 0 or count > len(self._content) - self.place:
            raise DamagedFile(f"it ends within a field of {count} bytes at {self.place}")
        self.place += count
        return bytes(self._content[self.place - count : self.place])

    def take(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{layout}", self.bytes(struct.calcsize(f"<{layout}")))


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    count: int
    offset: int
    size: int


def _shape(rest: _Rest) -> Shape:
    hidden, layers, heads, feed_forward, words, positions, types, epsilon, block = rest.take("7ifi")
    shape = Shape(hidden, layers, heads, feed_forward, words, positions, types, round(epsilon, 15))
    for name, most in _MOST.items():
        if not 1 <= getattr(shape, name) <= most:
            raise DamagedFile(f"its {name} are {getattr(shape, name)}")
    if not 1 <= shape.types <= 16 or shape.hidden % shape.heads or block != _BLOCK or not 0 < epsilon < 1:
        raise DamagedFile("its sizes do not go together")
    return shape


def _skip_tokenizer(rest: _Rest) -> None:
    pieces, *_special = rest.take("5i")
    (size,) = rest.take("Q")
    if not 0 <= pieces <= _MOST["words"]:
        raise DamagedFile(f"its pieces are {pieces}")
    rest.bytes(4 * (pieces + 1))
    rest.bytes(4 * pieces)
    rest.bytes(size)
    rest.take("i")
    (table,) = rest.take("I")
    rest.bytes(table)


def _entries(rest: _Rest) -> Iterator[_Entry]:
    (count,) = rest.take("i")
    for _ in range(count):
        (length,) = rest.take("H")
        name = rest.bytes(length).decode("ascii", "replace")
        (kind,) = rest.take("B")
        (values,) = rest.take("I")
        yield _Entry(name, kind, values, *rest.take("QQ"))


def _values(content: memoryview, entry: _Entry) -> Array:
    """The values of a tensor, in a row."""
    if entry.kind == 0 and len(content) == 4 * entry.count:
        return np.frombuffer(content, "<f4").astype(np.float16)
    if entry.kind != 1 or entry.count % _BLOCK or len(content) != entry.count // _BLOCK * _Q4_BLOCK.itemsize:
        raise DamagedFile(f"{entry.name} is of kind {entry.kind} and has {len(content)} bytes")
    blocks = np.frombuffer(content, _Q4_BLOCK)
    found = np.empty((len(blocks), _BLOCK), np.float16)
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        some = blocks[start : start + _BLOCKS_AT_ONCE]
        halves = np.concatenate([some["halves"] & 15, some["halves"] >> 4], axis=1)
        found[start : start + len(some)] = (halves.astype(np.float32) - 8) * some["scale"][:, None].astype(np.float32)
    return found.reshape(-1)
