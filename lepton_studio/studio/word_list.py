"""The word list that a project suggests from: a dictionary or pattern file, kept as a copy in the project's folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from lepton_studio.files import remove_tree

"""What a task's `patterns` gives: a value for a sample, or None."""

_FOLDER = "word_list"


def kept_word_list(project: Path) -> Path | None:
    """The word list of the project in this folder."""
    folder = project / _FOLDER
    return next(iter(sorted(folder.iterdir())), None) if folder.is_dir() else None


def keep_word_list(project: Path, chosen: Path | None) -> Path:
    """Copy a word list into the project in place of the one it had; None takes it out. Raises OSError.

    The file keeps its name, as a plain list of words is named as its label.
    """
    folder = project / _FOLDER
    if chosen is None:
        remove_tree(folder, inside=project)
        return folder
    kept = folder / chosen.name
    if chosen.resolve() != kept.resolve():
        remove_tree(folder, inside=project)
        folder.mkdir()
        shutil.copyfile(chosen, kept)
    return kept
