"""Packed files: what is in a .zip or .gz is unpacked beside nothing of the person's, and read like any other file."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from lepton_studio.formats.base import UnreadableFile
from lepton_studio.language import tr
from lepton_studio.private import temporary_folder
from lepton_studio.stopping import go_on

_MOST_BYTES = 8 << 30
_CHUNK = 1 << 20
_names: dict[str, str] = {}
"""A file that the person never saw -> what they call it: for an unpacked one its archive, and its place in there."""


def is_packed(path: Path) -> bool:
    """Whether this is a packed file by its name."""
    return path.suffix.lower() in {".zip", ".gz"} and path.is_file()


def unpacked(paths: Sequence[Path]) -> list[Path]:
    """The paths with packed files replaced by what is in them, files of one folder side by side. What is unpacked goes
    away with the program. Raises UnreadableFile."""
    found: list[Path] = []
    for path in paths:
        if not is_packed(path):
            found.append(path)
            continue
        try:
            found += _unzipped(path) if path.suffix.lower() == ".zip" else [_gunzipped(path)]
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
            raise UnreadableFile(
                tr("Cannot unpack {file}: it is damaged, protected by a password, or compressed in an unknown way.",
                   file=path.name)
            ) from error  # fmt: skip
    return found


def source_name(path: str) -> str:
    """What a person knows this file by: for an unpacked one its archive and its name in there."""
    return _names.get(path, path)


def call(path: Path, name: str) -> None:
    """From now on the rows of this file come from `name`: it was fetched from there."""
    _names[str(path)] = name


def _unzipped(path: Path) -> list[Path]:
    folder = _room() / _tag(path) / path.name
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
        if sum(one.file_size for one in members) > _MOST_BYTES:
            raise UnreadableFile(tr("{file} is too large to be unpacked here. Unpack it first.", file=path.name))
        found = {Path(archive.extract(one, folder)): one.filename for one in members}
        _names.update((str(file), str(path / name)) for file, name in found.items())
        return sorted(found)


def _gunzipped(path: Path) -> Path:
    target = _room() / _tag(path.parent) / path.stem
    target.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "rb") as packed, target.open("wb") as stream:
        size = 0
        while chunk := packed.read(_CHUNK):
            go_on()
            size += len(chunk)
            if size > _MOST_BYTES:
                raise UnreadableFile(tr("{file} is too large to be unpacked here. Unpack it first.", file=path.name))
            stream.write(chunk)
    _names[str(target)] = str(path)
    return target


@cache
def _room() -> Path:
    """A folder of this run of the program."""
    return temporary_folder("unpacked")


def _tag(path: Path) -> str:
    return f"{abs(hash(path.resolve())):x}"


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
