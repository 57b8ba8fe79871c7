"""How a job names its model: never by an absolute path, so that a run folder says the same wherever it lies.

The built-in model and those of the Hub have names. A model beside the run folder (another run's) is named by the way
there: `../run-3/model`. Any other folder is named by what is in it, `sha256:...`; where this machine has that stands in
the run folder's models.json, which a place that the folder is pushed to writes anew. Jobs of older versions hold
absolute paths, which stay what they are.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from lepton_studio.models.built_in import built_in

_DIGEST = "sha256:"
_UP = "../"
_OF_MODEL = (".safetensors", ".json", ".txt", ".model", ".spm", ".tiktoken")
"""What a model's files are; beside them lie papers and what other programs make of the weights."""


def reference(model: str, *, at: Path) -> str:
    """What the job in the run folder `at` calls a model, which is given as in `Job.model`.

    Reads the whole of a model that lies elsewhere; raises OSError.
    """
    if built_in(model) is not None or not Path(model).is_dir():
        return model
    path = Path(os.path.abspath(model))
    beside = Path(os.path.abspath(at)).parent
    if beside in path.parents:
        return _UP + path.relative_to(beside).as_posix()
    return _DIGEST + model_digest(path)


def is_digest(name: str) -> bool:
    """Whether a model is named by what is in it."""
    return name.startswith(_DIGEST)


def resolved(name: str, *, at: Path, known: Mapping[str, str]) -> str:
    """The model of a job in the run folder `at`, as `Job.model`; `known`: what its models.json says."""
    if name.startswith(_UP):
        return str(Path(os.path.abspath(at)).parent / PurePosixPath(name.removeprefix(_UP)))
    return known.get(name, name)


def model_digest(folder: Path) -> str:
    """What tells the model in a folder from every other, wherever it lies. Reads all of it; raises OSError."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in _OF_MODEL and file.is_file():
            with file.open("rb") as stream:
                whole.update(hashlib.file_digest(stream, "sha256").digest())
            whole.update(f"{file.relative_to(folder).as_posix()}\n".encode())
    return whole.hexdigest()


def read_known(file: Path) -> dict[str, str]:
    """What a models.json says; nothing where there is none."""
    try:
        stored = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(path) for name, path in stored.items()} if isinstance(stored, dict) else {}
