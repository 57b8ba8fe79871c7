"""The checkpoints of a run folder: which there are, and whether one is whole. No torch: a saved one is a zip file."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.runs.folder import RunFolder

_NAME = re.compile(r"step-(\d+)\.pt")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that is needed to go on after `step` optimiser steps."""

    step: int
    path: Path


def checkpoint_file(folder: RunFolder, step: int) -> Path:
    """Where the checkpoint after `step` steps belongs."""
    return folder.checkpoints / f"step-{step:08}.pt"


def all_checkpoints(folder: RunFolder) -> list[Checkpoint]:
    """Every checkpoint by its file name, newest first; nothing is opened."""
    if not folder.checkpoints.is_dir():
        return []
    found = [(_NAME.fullmatch(path.name), path) for path in folder.checkpoints.iterdir()]
    return sorted(
        (Checkpoint(int(match[1]), path) for match, path in found if match),
        key=lambda one: one.step,
        reverse=True,
    )


def newest_sound_checkpoint(folder: RunFolder) -> Checkpoint | None:
    """The newest checkpoint whose every byte reads back with the check sum it was written with.

    Takes about a second for a gigabyte.
    """
    return next(sound_checkpoints(folder), None)


def sound_checkpoints(folder: RunFolder) -> Iterator[Checkpoint]:
    """All of them, newest first; one is opened when it is its turn."""
    return (one for one in all_checkpoints(folder) if _is_whole(one.path))


def _is_whole(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.infolist()) and archive.testzip() is None
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return False
