"""Vectors of texts on the disk: float16, a folder for each encoder, appended, found again by their text, bounded.

    <vectors>/<encoder>-<width>/00000001.f16    the vectors, one after another: `width` little-endian halves each
                                00000001.keys   at the same place 16 bytes that stand for the text
                                lock            held by the process that appends

After so many texts comes the next pair of files. Vectors are on the disk before their keys, so that what has a key has
its vector, whatever the writer dies of; the next writer cuts off what is torn. Where all encoders together take more
than the bound, the pairs that were written to longest ago go, and their texts are read anew when they are next wanted.

Several processes may read while one appends. Needs numpy only.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lepton_studio.files import Hold

MOST_BYTES = 2_000_000_000
"""Of all encoders of a project: 2.5 million texts with vectors of 384 numbers."""
_ROWS = 1 << 16
KEY = np.dtype([("first", "<u8"), ("second", "<u8")])
_BLOCK = 8192
"""Vectors that are in memory in full precision at once."""
_HALF = np.dtype("<f2")

_BETWEEN = "\0"

Halves = NDArray[np.float16]
Floats = NDArray[np.float32]
Keys = NDArray[Any]
"""16 bytes for each text."""


def kept_as(text: str, second: str | None = None) -> str:
    """The text that stands for a text, or for a pair of them, in what is kept."""
    return text if second is None else f"{text}{_BETWEEN}{second}"


def parted(kept: str) -> tuple[str, str | None]:
    """What `kept_as` put together."""
    text, between, second = kept.partition(_BETWEEN)
    return text, second if between else None


def encoder_folder(vectors: Path, *, encoder: str, width: int) -> Path:
    """Where the vectors of the encoder with this digest are, `width` numbers each."""
    return vectors / f"{encoder}-{width}"


def read_vectors(folder: Path, texts: Sequence[str]) -> tuple[Halves, NDArray[np.bool_]]:
    """The vectors of these texts, [n, width], and which are there: zeros stand for one that is not. Raises OSError."""
    keys = keys_of(texts)
    found: Halves = np.zeros((len(texts), _width(folder)), _HALF)
    there = np.zeros(len(texts), bool)
    for pair in reversed(_pairs(folder)):
        with contextlib.suppress(FileNotFoundError):  # dropped just now by who appends
            wanted, places = pair.look_up(keys, there)
            if len(wanted):
                found[wanted], there[wanted] = pair.vectors(places), True
    return found, there


@dataclass(frozen=True, slots=True)
class Stretch:
    """Vectors of one file, [rows, width], mapped: `places` in it are those of the texts with these `numbers`."""

    vectors: Halves
    places: NDArray[np.intp]
    numbers: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where the vectors of `count` texts lie: nothing is read before it is asked for. Any thread may ask."""

    count: int
    width: int
    stretches: tuple[Stretch, ...]

    @property
    def known(self) -> int:
        """How many texts have one."""
        return sum(len(one.numbers) for one in self.stretches)

    @property
    def there(self) -> NDArray[np.bool_]:
        """Of which texts there is one."""
        found = np.zeros(self.count, bool)
        for one in self.stretches:
            found[one.numbers] = True
        return found

    def blocks(self, rows: int = _BLOCK) -> Iterator[tuple[NDArray[np.intp], Floats]]:
        """All of them, a few at a time, in full precision: the texts' numbers, and [n, width]."""
        for one in self.stretches:
            order = np.argsort(one.places, kind="stable")
            for start in range(0, len(order), rows):
                some = order[start : start + rows]
                places = one.places[some]
                are_in_a_row = places[-1] - places[0] == len(places) - 1
                read = one.vectors[places[0] : places[-1] + 1] if are_in_a_row else one.vectors[places]
                yield one.numbers[some], read.astype(np.float32)

    def read(self, numbers: NDArray[np.intp]) -> Floats:
        """[n, width], of texts that have one."""
        found = np.zeros((len(numbers), self.width), np.float32)
        for one in self.stretches:
            place_of = np.full(self.count, -1, np.intp)
            place_of[one.numbers] = one.places
            here = np.flatnonzero(place_of[numbers] >= 0)
            found[here] = one.vectors[place_of[numbers[here]]]
        return found


def map_vectors(folder: Path, keys: Keys) -> Mapped:
    """Find the vectors of the texts with these keys. Raises OSError."""
    there = np.zeros(len(keys), bool)
    stretches = []
    for pair in reversed(_pairs(folder)):
        with contextlib.suppress(FileNotFoundError):
            wanted, places = pair.look_up(keys, there)
            if len(wanted):
                there[wanted] = True
                stretches.append(Stretch(pair.mapped(places), places, wanted))
    return Mapped(len(keys), _width(folder), tuple(stretches))


def has_vectors(folder: Path, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which of these texts have one. Raises OSError."""
    keys = keys_of(texts)
    there = np.zeros(len(texts), bool)
    for pair in reversed(_pairs(folder)):
        with contextlib.suppress(FileNotFoundError):
            wanted, _ = pair.look_up(keys, there)
            there[wanted] = True
    return there


class VectorWriter:
    """Appends to the folder of one encoder, made where it is missing; used with `with`, by one thread.

    `most`: bytes that all encoders beside it may take together. Raises BlockingIOError where another process appends,
    and OSError.
    """

    def __init__(self, folder: Path, *, most: int = MOST_BYTES, rows: int = _ROWS) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._most = most
        self._rows = rows
        self._hold = Hold(folder / "lock", seconds=5)
        pairs = _pairs(folder)
        self._newest = pairs[-1] if pairs else _Pair(folder, 1)
        self._newest.cut_torn()

    def add(self, texts: Sequence[str], vectors: Halves) -> None:
        """Append [n, width] vectors of texts that have none yet."""
        keys = keys_of(texts)
        while len(keys):
            room = self._rows - self._newest.count()
            if room <= 0:
                self._newest = _Pair(self._folder, self._newest.number + 1)
                self._newest.cut_torn()  # vectors without a key may be there
                continue
            self._newest.append(keys[:room], vectors[:room])
            keys, vectors = keys[room:], vectors[room:]
        self._keep_bound()

    def _keep_bound(self) -> None:
        pairs = [pair for folder in self._folder.parent.iterdir() for pair in _pairs(folder)]
        total = sum(pair.bytes() for pair in pairs)
        for pair in sorted(pairs, key=_Pair.written):
            if total <= self._most:
                return
            if pair != self._newest:
                total -= pair.bytes()
                pair.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hold.release()


@dataclass(frozen=True, slots=True)
class _Pair:
    folder: Path
    number: int

    @property
    def keys_file(self) -> Path:
        return self.folder / f"{self.number:08}.keys"

    @property
    def vectors_file(self) -> Path:
        return self.folder / f"{self.number:08}.f16"

    def count(self) -> int:
        """How many texts are in both files."""
        of_vectors = _HALF.itemsize * _width(self.folder)
        return min(_size(self.keys_file) // KEY.itemsize, _size(self.vectors_file) // of_vectors)

    def bytes(self) -> int:
        return _size(self.keys_file) + _size(self.vectors_file)

    def written(self) -> float:
        """When it was last appended to."""
        with contextlib.suppress(FileNotFoundError):
            return self.keys_file.stat().st_mtime
        return 0.0

    def look_up(self, keys: NDArray[Any], there: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Of the keys that are not there yet, the positions of those in this pair, and their places in it."""
        stored = np.fromfile(self.keys_file, KEY, count=self.count())
        positions = np.flatnonzero(~there)
        if not len(stored) or not len(positions):
            return positions[:0], positions[:0]
        order = np.argsort(stored["first"], kind="stable")
        at = np.searchsorted(stored["first"][order], keys["first"][positions])
        places = order[np.minimum(at, len(stored) - 1)]
        is_same = stored[places] == keys[positions]
        return positions[is_same], places[is_same]

    def mapped(self, places: NDArray[np.intp]) -> Halves:
        """All vectors up to the last of these places."""
        shape = (int(places.max()) + 1, _width(self.folder))
        return np.memmap(self.vectors_file, _HALF, "r", shape=shape)

    def vectors(self, places: NDArray[np.intp]) -> Halves:
        return np.asarray(self.mapped(places)[places])

    def append(self, keys: NDArray[Any], vectors: Halves) -> None:
        with self.vectors_file.open("ab") as file:
            file.write(np.ascontiguousarray(vectors, _HALF).tobytes())
            file.flush()
            os.fsync(file.fileno())
        with self.keys_file.open("ab") as file:
            file.write(keys.tobytes())

    def cut_torn(self) -> None:
        """Let both files end behind the last text that is whole."""
        count = self.count()
        for file, each in ((self.keys_file, KEY.itemsize), (self.vectors_file, _HALF.itemsize * _width(self.folder))):
            if _size(file) > count * each:
                os.truncate(file, count * each)

    def remove(self) -> None:
        for file in (self.keys_file, self.vectors_file):
            with contextlib.suppress(OSError):  # gone, or read just now (Windows): the next time
                file.unlink()


def _pairs(folder: Path) -> list[_Pair]:
    """In the order in which they were begun."""
    names = folder.glob("*.keys") if folder.is_dir() else ()
    return [_Pair(folder, number) for number in sorted(int(one.stem) for one in names if one.stem.isdigit())]


def _width(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def keys_of(texts: Iterable[str]) -> Keys:
    """What stands for each text."""
    digests = (hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts)
    return np.frombuffer(b"".join(digests), KEY)
