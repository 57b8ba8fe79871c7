"""Built-in models from a folder that a person brings: wheels, or the files themselves as another computer has them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.language import tr
from lepton_studio.models.built_in import BUILT_IN_MODELS, BuiltInModel, PackagedFile, Wheel
from lepton_studio.models.package_index import is_wheel_of
from lepton_studio.models.places import ModelUnavailable, sha256_of
from lepton_studio.models.taking_out import has_wheel, is_there, join_parts, put, take_out

_MOST_FILES = 100_000
"""Of a folder, looked at: somebody may choose a whole disk."""


@dataclass(frozen=True, slots=True)
class Added:
    """`models` are whole now. `lacking`: of some there were files, but not all: those that are still missing, by name
    of the model."""

    models: tuple[BuiltInModel, ...]
    lacking: Mapping[str, tuple[str, ...]]


def add_folder(folder: Path, *, into: Path, models: Sequence[BuiltInModel] = BUILT_IN_MODELS) -> Added:
    """Copy what built-in models need out of `folder` and the folders in it. Nothing of it is changed. Blocks.

    Raises ModelUnavailable where there is nothing of them, or a wheel is not as it was published; OSError.
    """
    if not folder.is_dir():
        raise ModelUnavailable(tr("The folder {folder} does not exist.", folder=folder))
    found = _by_name(folder)
    whole, lacking = [], {}
    for model in models:
        took = any([_take_wheel(wheel, found, into=into) for wheel in model.wheels])
        if model.archive:
            took = _take_bare(model.archive, found, into=into) or took
            if all(is_there(wheel.file, into=into) for wheel in model.wheels):
                join_parts(model, into=into)
        missing = _missing(model, into=into)
        if took and not missing:
            whole.append(model)
        elif took:
            lacking[model.name] = missing
    if not whole and not lacking:
        raise ModelUnavailable(
            tr(
                "{folder} has no files of a built-in model. It should contain the packages as they are downloaded, "
                "such as {example}, or the files in them.",
                folder=folder,
                example=f"{models[0].wheels[0].package.replace('-', '_')}-{models[0].wheels[0].version}-….whl",
            )
        )
    return Added(tuple(whole), lacking)


def _take_wheel(wheel: Wheel, found: Mapping[str, Sequence[Path]], *, into: Path) -> bool:
    """Out of the wheel where it is there, else its files; whether anything of it was there."""
    packed = [path for name, paths in found.items() if is_wheel_of(name, wheel) for path in paths]
    if not packed:
        return _take_bare((wheel.file, *wheel.beside), found, into=into)
    if not has_wheel(wheel, into=into):
        take_out(wheel, packed[0], into=into)
    return True


def _take_bare(files: Sequence[PackagedFile], found: Mapping[str, Sequence[Path]], *, into: Path) -> bool:
    """The files with these digests, the first one last; nothing where one of them is not there."""
    sources = []
    for file in files:
        of_name = found.get(file.path.rpartition("/")[2], ())
        source = next((path for path in of_name if sha256_of(path) == file.sha256), None)
        if source is None:
            return False
        sources.append((file, source))
    for file, source in reversed(sources):
        if not is_there(file, into=into):
            with source.open("rb") as read:
                put(read, file, into=into)
    return True


def _missing(model: BuiltInModel, *, into: Path) -> tuple[str, ...]:
    """The wheels of which files are missing."""
    if model.archive and all(is_there(file, into=into) for file in model.archive):
        return ()
    return tuple(wheel.package for wheel in model.wheels if not has_wheel(wheel, into=into))


def _by_name(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    count = 0
    for place, _, names in os.walk(folder):
        for name in names:
            found.setdefault(name, []).append(Path(place) / name)
        count += len(names)
        if count > _MOST_FILES:
            raise ModelUnavailable(
                tr("{folder} holds too many files. Choose the folder that the models are in.", folder=folder)
            )
    return found
