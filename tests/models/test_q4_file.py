"""A file of 4-bit weights is read value by value, and a damaged one is refused before anything is made of it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lepton_studio.models.q4_file import DamagedFile, Shape, read_q4

SHAPE = Shape(hidden=32, layers=1, heads=2, feed_forward=64, words=5, positions=4, types=2, epsilon=1e-12)


def q4(values: np.ndarray) -> bytes:
    """As ggml writes it, with a scale of 0.5."""
    halves = (np.rint(values.reshape(-1, 32) / 0.5) + 8).astype(np.uint8)
    return b"".join(np.float16(0.5).tobytes() + (row[:16] | row[16:] << 4).tobytes() for row in halves)


def tiny(*, change: Callable[[list[list]], object] = lambda _entries: None, sizes: tuple[int, ...] = ()) -> bytes:
    """A whole file; `change` may alter its entries: name, kind, count, offset, size."""
    numbers = sizes or (SHAPE.hidden, SHAPE.layers, SHAPE.heads, SHAPE.feed_forward, SHAPE.words, 4, 2)
    pieces = [b"<s>", b"<pad>", b"</s>", b"<unk>", b"a"]
    places = [sum(len(one) for one in pieces[:count]) for count in range(len(pieces) + 1)]
    head = b"E5S1" + struct.pack("<I7ifi", 1, *numbers, 1e-12, 32) + struct.pack("<5iQ", 5, 0, 2, 1, 3, places[-1])
    head += struct.pack("<6I", *places) + struct.pack("<5f", *range(5)) + b"".join(pieces) + struct.pack("<iI", 1, 3)
    head += b"xyz"
    contents = []
    for name, shape in SHAPE.tensors().items():
        values = expected(name, shape)
        contents.append((name, 0, values.astype("<f4").tobytes()) if len(shape) == 1 else (name, 1, q4(values)))
    length = len(head) + 4 + sum(2 + len(name) + 1 + 4 + 16 for name, _, _ in contents)
    entries: list[list] = []
    for name, kind, content in contents:
        count = int(np.prod(SHAPE.tensors()[name]))
        entries.append([name, kind, count, length, len(content)])
        length += len(content)
    change(entries)
    table = struct.pack("<i", len(entries))
    for name, kind, count, offset, size in entries:
        table += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, offset, size)
    return head + table + b"".join(content for _, _, content in contents)


def expected(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Values that four bits hold: halves from -4 to 3.5, other ones in each tensor."""
    return np.random.default_rng(len(name)).integers(-8, 8, shape).astype(np.float32) / 2


def test_every_value_is_read(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(tiny())
    read = read_q4(tmp_path / "model.bin")
    assert read.shape == SHAPE
    assert read.tensors.keys() == SHAPE.tensors().keys()
    for name, shape in SHAPE.tensors().items():
        assert np.array_equal(read.tensors[name], expected(name, shape)), name


def altered(place: int, value: object) -> Callable[[list[list]], object]:
    return lambda entries: entries[0].__setitem__(place, value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "ends within"),
        (b"E5S2" + tiny()[4:], "does not begin"),
        (b"E5S1" + struct.pack("<I", 7) + tiny()[8:], "version"),
        (tiny()[:40], "ends within"),
        (tiny()[:120], "ends within"),
        (tiny()[:200], "ends within"),
        (tiny()[:-1], "outside of the file"),
        (tiny(sizes=(32, 1, 5, 64, 5, 4, 2)), "do not go together"),
        (tiny(sizes=(-32, 1, 2, 64, 5, 4, 2)), "hidden"),
        (tiny(sizes=(32, 1, 2, 64, 2**31 - 1, 4, 2)), "words"),
        (tiny(sizes=(32, 2, 2, 64, 5, 4, 2)), "not those of such an encoder"),
        (tiny(change=altered(0, "emb.wort")), "not those of such an encoder"),
        (tiny(change=altered(0, "emb.pos")), "not those of such an encoder"),
        (tiny(change=lambda entries: entries.pop()), "not those of such an encoder"),
        (tiny(change=altered(1, 2)), "kind 2"),
        (tiny(change=altered(1, 0)), "kind 0"),
        (tiny(change=altered(2, 64)), "64 values"),
        (tiny(change=altered(3, 0)), "outside of the file"),
        (tiny(change=altered(3, 2**63)), "outside of the file"),
        (tiny(change=altered(4, 2**63)), "outside of the file"),
        (tiny(change=altered(4, 17)), "17 bytes"),
        (tiny()[:-4] + struct.pack("<f", float("nan")), "no numbers"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(DamagedFile, match=why):
        read_q4(tmp_path / "model.bin")
