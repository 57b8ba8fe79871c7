"""The first rows of a file in the words of the project's task: what each would become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.formats import Guess, Row
from lepton_studio.project.marks import SECOND_TEXT, media_name
from lepton_studio.project.records import Labels, Split
from lepton_studio.words import on_one_line

_SHOWN = 240
"""Code points of a text that a row shows at most."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """`text` is the reason where `is_problem`; `value` is the value in words, "" for none."""

    number: int
    text: str
    value: str = ""
    split: Split | None = None
    is_problem: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A guess and what it makes of the first rows."""

    guess: Guess
    rows: tuple[PreviewRow, ...]


def look(guess: Guess, *, task: Task[Any], labels: Labels) -> Look:
    """What would come in. Slow where texts are long: call it beside the window."""
    from lepton_studio.studio.naming import LabelResolver

    naming = LabelResolver(task, labels)
    rows = []
    for row in guess.preview:
        if not isinstance(row, Row):
            rows.append(PreviewRow(row.row, row.reason, is_problem=True))
            continue
        taken = naming.take(row.marks, row.text)
        said = taken.problem
        if (begun := taken.draft if taken.value is None else taken.value) is not None:
            known = (*labels, *naming.new)
            said = task.words(task.parse(begun, known), known)
        second = row.fields.get(SECOND_TEXT, "") if SECOND_TEXT in task.reads else ""
        text = "  ·  ".join(on_one_line(part, _SHOWN) for part in (row.text or media_name(row.fields), second) if part)
        rows.append(PreviewRow(row.row, text, said, row.split))
    return Look(guess, tuple(rows))
