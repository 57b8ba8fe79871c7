"""Which task a file was made for, so that a project made from a dropped file is of the right kind."""

from __future__ import annotations

from collections.abc import Callable

from lepton_studio.formats import Guess, Row
from lepton_studio.project.marks import TURNS
from lepton_studio.tasks import all_tasks

_SIGNS: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("relations", lambda row: bool(row.marks.relations)),
    ("spans", lambda row: row.marks.spans is not None),
    ("question_answering", lambda row: row.marks.questions is not None),
    ("dialogue", lambda row: bool(row.fields.get(TURNS))),
    ("text_to_text", lambda row: bool(row.marks.targets)),
    ("ratings", lambda row: row.marks.rating is not None),
    ("multi_label", lambda row: len(row.labels) > 1),
)
"""The id of a task and what tells it, those that say most first."""


def wants_of_all_tasks() -> tuple[str, ...]:
    """What to read a file for while nobody knows its task: `formats.sniff_all(paths, wants=...)`."""
    return tuple(dict.fromkeys(want for task in all_tasks().values() for want in task.wants))


def likely_task(guess: Guess) -> str:
    """The id of the task that the preview of the file fits; text classification where nothing says otherwise."""
    rows = [row for row in guess.preview if isinstance(row, Row)]
    known = all_tasks()
    found = (task for task, tells in _SIGNS if task in known and any(tells(row) for row in rows))
    return next(found, "text_classification")
