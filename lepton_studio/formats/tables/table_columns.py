"""A row as the cells of a table out: the columns that CSV, JSON Lines and `datasets` share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from lepton_studio.formats.base import Part, Row
from lepton_studio.formats.marks_json import questions_json, relations_json, spans_json
from lepton_studio.formats.spool import Spool
from lepton_studio.language import tr
from lepton_studio.project.marks import QUESTION, SECOND_TEXT, TURNS

FIRST = ("text", "label", "split", "note")
"""The columns that every table of ours has, in this order."""
_MARKS: tuple[tuple[Part, str], ...] = (
    ("spans", "spans"),
    ("relations", "relations"),
    ("questions", "questions"),
    ("targets", "target"),
    ("several_targets", "more_targets"),
    ("rating", "rating"),
    ("rejected", "rejected"),
    ("skipped", "skipped"),
)
EVERY_PART: frozenset[Part] = frozenset(
    (
        *(part for part, _ in _MARKS), "labels", "several_labels", "nested_spans", "several_questions", "second_text",
        "turns", "fields", "split", "note", "spacing", "attributes", "id",
    )
)  # fmt: skip
"""A table with JSON in its cells can hold everything."""
_BY_DESIGN = {SECOND_TEXT, QUESTION, TURNS}


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table holds: `marks` are the columns beside FIRST in use, `fields` maps an extra field to its column."""

    marks: tuple[str, ...]
    fields: Mapping[str, str]
    has_several_labels: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All columns in order."""
        return (*FIRST, *self.marks, *self.fields.values())

    @property
    def renamed(self) -> tuple[str, ...]:
        """The extra fields that had to give their name to a column of ours."""
        return tuple(name for name, column in self.fields.items() if name != column)


def columns_of(rows: Spool) -> Columns:
    """The columns for these rows. A field named like a column of ours becomes "source label"."""
    marks = [name for part, name in _MARKS if part in rows.parts | rows.said]
    if "id" in rows.parts and "id" not in rows.fields:
        marks.append("id")
    taken = {*FIRST, *marks}
    columns: dict[str, str] = {}
    for name in rows.fields:
        column = f"source {name}" if name in taken and name not in _BY_DESIGN else name
        while column in columns.values() or (column != name and column in rows.fields):
            column += " (2)"
        columns[name] = column
    return Columns(tuple(marks), columns, "several_labels" in rows.parts or rows.has_empty_labels)


def renamed_field() -> str:
    """The sentence part for a field under another name."""
    return tr("names of extra fields that clash with a built-in column")


def mark_cells(row: Row) -> dict[str, object]:
    """The cells of the columns beside FIRST, as JSON values; None for what a row says nothing of."""
    marks = row.marks
    targets = marks.targets
    return {
        "spans": None if marks.spans is None else spans_json(marks.spans, row.text),
        "relations": None if marks.relations is None else relations_json(marks.relations),
        "questions": None if marks.questions is None else questions_json(marks.questions, row.text),
        "target": targets[0] if targets else None,
        "more_targets": list(targets[1:]) if targets and len(targets) > 1 else None,
        "rating": marks.rating,
        "rejected": list(marks.rejected) or None,
        "skipped": True if row.skipped else None,
        "id": row.id or None,
    }


def json_cell(value: object) -> str:
    """JSON on one line, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
