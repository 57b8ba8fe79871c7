"""Digests of a tuned model, and of what it was tuned on: damaged weights still predict, only wrongly, and nobody would
notice.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from lepton_studio.runs.folder import RunFolder, read_json, write_whole

UNLABELLED = "unlabelled.jsonl"
"""Among the data files of a run: what it reads beside its samples, and does not keep."""


def keep_digests(folder: RunFolder) -> None:
    """Write down what the files of the model are now, unless that was done since they were written."""
    files = _files(folder.model)
    kept = folder.digests_file
    if files and not (kept.exists() and all(one.stat().st_mtime <= kept.stat().st_mtime for one in files.values())):
        write_whole(kept, json.dumps(model_digests(folder), indent=1))


def damaged_files(folder: RunFolder) -> list[str]:
    """The files of the model that are not what was written, or not there; none where no digests were kept.

    Reads the whole model. Raises OSError.
    """
    try:
        kept = read_json(folder.digests_file)
    except FileNotFoundError:
        return []  # of a run of an older version
    except ValueError:
        return [folder.digests_file.name]
    files = _files(folder.model)
    return [name for name, digest in kept.items() if name not in files or _digest(files[name]) != digest]


def data_digests(folder: RunFolder) -> dict[str, str]:
    """Name of a data file -> the SHA-256 of what a run trained and was judged on. Raises OSError."""
    return {file.name: _digest(file) for file in sorted(folder.data_file("train").parent.glob("*.jsonl"))}


def keep_data_digests(folder: RunFolder) -> None:
    """Write down what its data are, once all of them lie there. Raises OSError."""
    write_whole(folder.data_digests_file, json.dumps(data_digests(folder), indent=1))


def kept_data_digests(folder: RunFolder) -> dict[str, str]:
    """As `data_digests`, from when they were frozen; empty for a run of an older version. Raises OSError."""
    try:
        found = read_json(folder.data_digests_file)
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def changed_data(folder: RunFolder) -> list[str]:
    """The data files that are not what was frozen, or not there; none where no digests were kept. Unlabelled texts do
    not count: a run that has ended does not keep them. Raises OSError.
    """
    there = data_digests(folder)
    kept = kept_data_digests(folder)
    return [name for name, digest in kept.items() if name != UNLABELLED and there.get(name) != digest]


def kept_model_digests(folder: RunFolder) -> dict[str, str]:
    """As `model_digests`, from when the run ended; those of now where they were not kept. Raises OSError."""
    try:
        found = read_json(folder.digests_file)
    except (FileNotFoundError, ValueError):
        return model_digests(folder)
    return found if isinstance(found, dict) else model_digests(folder)


def model_digests(folder: RunFolder) -> dict[str, str]:
    """File of its model -> the SHA-256 of what it holds now; reads the whole model. Raises OSError."""
    return {name: _digest(file) for name, file in _files(folder.model).items()}


def _files(model: Path) -> dict[str, Path]:
    return {str(one.relative_to(model).as_posix()): one for one in sorted(model.rglob("*")) if one.is_file()}


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
