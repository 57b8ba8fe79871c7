"""Where the files of the built-in models lie: fetched by a person, by set-up, or in packages, whose code never runs."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.models.built_in import BuiltInModel, PackagedFile
from lepton_studio.resources import resource_path
from lepton_studio.settings import user_folder


class ModelUnavailable(StudioError):
    """A built-in model is not there or damaged; the text is a sentence for a person."""


def data_folder() -> Path:
    """Where set-up puts files of models: in this Python environment, so that the first start needs no network."""
    return Path(sys.prefix) / "share" / "lepton-studio" / "models"


def own_folder() -> Path:
    """Where a person's models go that the app fetches: it can be written wherever the app is installed."""
    return user_folder() / "models"


def find_file(file: PackagedFile) -> Path | None:
    """Where it lies, whatever it holds; None where it is nowhere."""
    return next((place for path in (file.path, *file.older) for place in _places(path) if place.is_file()), None)


def is_installed(model: BuiltInModel) -> bool:
    """Whether all its files are there, whatever they hold."""
    return all(find_file(file) is not None for file in model.files)


def sound_file(file: PackagedFile, *, model: BuiltInModel) -> Path:
    """Where it lies, byte for byte as published. Reads it whole. Raises ModelUnavailable, OSError."""
    path = find_file(file)
    if path is None:
        raise ModelUnavailable(
            tr(
                "{model} is not on this computer yet. Download it with “Models…” in the Project menu, or with: "
                "lepton-studio models fetch {model}",
                model=model.name,
            )
        )
    if sha256_of(path) != file.sha256:
        raise ModelUnavailable(
            tr(
                "{model} is damaged or was changed ({path}). Download it again with “Models…” in the Project menu, or "
                "with: lepton-studio models fetch {model}",
                model=model.name,
                path=path,
            )
        )
    return path


def sha256_of(path: Path) -> str:
    """In hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _places(path: str) -> list[Path]:
    folder, _, inside = path.partition("/")
    places = [own_folder() / path, resource_path("models") / path, data_folder() / path]
    # The package's own code is never run: finding the specification of a top-level package does not import it.
    package = importlib.util.find_spec(folder)
    if package is not None and package.submodule_search_locations:
        places += [Path(place) / inside for place in package.submodule_search_locations]
    return places
