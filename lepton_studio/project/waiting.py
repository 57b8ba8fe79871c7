"""The writes that wait for their turn, on the disk: `waiting.jsonl` beside the project file.

A large write (an import, a large undo) is one transaction, so that it is there whole or not at all; what a person
decides meanwhile is appended here, one line each, and written to the project in order when the large write is done. A
process that dies in between loses neither: the next opening writes what still waits (docs/decisions/0025).

Each write has a number, one more than the one before; the project file keeps the number of the last one that was
written to it, in the same transaction, so that none is written twice. A line that is cut off was never acknowledged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.files import sync_folder
from lepton_studio.language import tr, trn
from lepton_studio.private import private_opener
from lepton_studio.project.connection import to_json
from lepton_studio.project.errors import NoSuchLabel, NoSuchSample, ProjectError
from lepton_studio.project.sample_writes import SampleWrite, from_stored, to_stored

if TYPE_CHECKING:
    from lepton_studio.project.project import Project

_FILE_NAME = "waiting.jsonl"

Line = tuple[int, SampleWrite | None]
"""A number and its write; None: the person took that write back before it was made."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What the opening wrote, and how many writes could not be made: their sample or label is not there."""

    written: int = 0
    lost: int = 0

    def sentence(self) -> str:
        """For the person; "" where nothing waited."""
        if not (self.written or self.lost):
            return ""
        said = tr(
            "The app closed while a large change was being written. If that change is missing from the "
            "history, make it again."
        )
        if self.written:
            said += " " + trn(
                "{count} edit that was waiting for it has been saved.",
                "{count} edits that were waiting for it have been saved.",
                self.written,
            )
        if self.lost:
            said += " " + trn(
                "{count} edit could not be saved: its sample or label is no longer in the project.",
                "{count} edits could not be saved: their samples or labels are no longer in the project.",
                self.lost,
            )
        return said


def waiting_file(folder: Path) -> Path:
    """Of the project in `folder`."""
    return folder / _FILE_NAME


def catch_up(project: Project) -> CaughtUp:
    """Write what still waits. Raises ProjectError where the project cannot be written to; it waits on then."""
    file = waiting_file(project.folder)
    try:
        waits = read_waiting(file)
        last, written, lost = (project.last_waiting() if waits else 0), 0, 0
        for number, write in waits:
            if number > last:
                try:
                    project.write_waiting(number, write)
                    written += 1
                except (NoSuchSample, NoSuchLabel):
                    lost += 1
        forget_waiting(file)
    except OSError as error:
        raise ProjectError(
            tr("Cannot read or remove “{file}”. It holds edits that are not in the project yet.", file=file)
        ) from error
    return CaughtUp(written, lost)


def append_waiting(file: Path, lines: Iterable[Line]) -> None:
    """They are on the disk when this returns. Raises OSError."""
    is_new = not file.exists()
    with open(file, "a", encoding="utf-8", opener=private_opener) as appended:
        for number, write in lines:
            stored = {"taken_back": number} if write is None else {"number": number, **to_stored(write)}
            appended.write(f"\n{to_json(stored)}\n")  # before it: a line that was cut off on a full disk
        appended.flush()
        os.fsync(appended.fileno())
    if is_new:
        sync_folder(file.parent)


def read_waiting(file: Path) -> list[tuple[int, SampleWrite]]:
    """What waits, in order; without what was taken back, and without lines that cannot be read. Raises OSError."""
    found: dict[int, SampleWrite] = {}
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        try:
            stored = json.loads(line)
            if "taken_back" in stored:
                found.pop(int(stored["taken_back"]), None)
            else:
                found[int(stored["number"])] = from_stored(stored)
        except (ValueError, TypeError, KeyError):
            continue
    return sorted(found.items())


def forget_waiting(file: Path) -> None:
    """All of it is in the project. Raises OSError."""
    file.unlink(missing_ok=True)
