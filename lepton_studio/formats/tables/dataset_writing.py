"""A folder of `datasets`, by the library in a process of its own: here is what stands in its rows and columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lepton_studio.formats.base import Loss, OutLabel, Row
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.spool import spooled
from lepton_studio.formats.tables.table_columns import Columns, columns_of, json_cell, mark_cells, renamed_field
from lepton_studio.hub_datasets.asking import save
from lepton_studio.language import tr
from lepton_studio.private import give_back, temporary_folder
from lepton_studio.project.records import SPLITS, Split

_UNLABELLED = -1
_TEXT = {"dtype": "string", "_type": "Value"}
_NUMBER = {"dtype": "int64", "_type": "Value"}
_FEATURES: Mapping[str, object] = {
    "spans": [{"start": _NUMBER, "end": _NUMBER, "label": _TEXT, "text": _TEXT, "id": _TEXT, "about": _TEXT}],
    "relations": [{"head": _NUMBER, "tail": _NUMBER, "label": _TEXT, "id": _TEXT}],
    "questions": [
        {
            "question": _TEXT,
            "answers": [{"start": _NUMBER, "end": _NUMBER, "text": _TEXT}],
            "impossible": {"dtype": "bool", "_type": "Value"},
            "id": _TEXT,
        }
    ],
    "more_targets": [_TEXT],
    "rejected": [_TEXT],
    "rating": {"dtype": "float64", "_type": "Value"},
    "skipped": {"dtype": "bool", "_type": "Value"},
}
"""The columns of marks that are more than a string, as `datasets` describes them; `about` is JSON."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What all rows have in common: the labels with their numbers, and the columns."""

    labels: Mapping[str, int]
    columns: Columns

    @property
    def features(self) -> dict[str, object]:
        """Column -> its type, as `datasets` describes it."""
        one = {"names": list(self.labels), "_type": "ClassLabel"}
        label = {"labels": [one]} if self.columns.has_several_labels else {"label": one}
        marks = {name: _FEATURES.get(name, _TEXT) for name in self.columns.marks}
        return {"text": _TEXT, **label, "note": _TEXT, **marks, **dict.fromkeys(self.columns.fields.values(), _TEXT)}


def write_dataset(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """A split for each that has rows; rows without one go to train. `label` is a ClassLabel of the labels in their
    order, `labels` a list of them where any row has several; spans, relations and questions are lists of structures,
    note and fields are strings. The folder is written by the library itself, in its process. Raises OSError."""
    losses = Losses()
    with spooled(rows) as kept:
        names = dict.fromkeys(label.name for label in labels if label.kind == "label")
        names.update(dict.fromkeys(name for row in kept for name in row.labels))
        shape = _Shape({name: number for number, name in enumerate(names)}, columns_of(kept))
        room = temporary_folder("dataset")
        try:
            files: dict[Split, IO[str]] = {}
            with ExitStack() as opened:
                for row in kept:
                    losses.add(renamed_field(), row, sum(name in row.fields for name in shape.columns.renamed))
                    losses.add(tr("which samples are in no split (they are written to train)"), row, row.split is None)
                    split = row.split or "train"
                    if split not in files:
                        files[split] = opened.enter_context(_rows_of(room, split).open("w", encoding="utf-8"))
                    files[split].write(json.dumps(_cells(row, shape)) + "\n")
            if not files:
                _rows_of(room, "train").touch()
            rows_of: dict[str, Path] = {
                split: _rows_of(room, split) for split in SPLITS if _rows_of(room, split).exists()
            }
            save(rows_of, target, features=shape.features)
        finally:
            give_back(room)
    return losses.found()


def _rows_of(room: Path, split: Split) -> Path:
    return room / f"{split}.jsonl"


def _cells(row: Row, shape: _Shape) -> dict[str, object]:
    numbers = [shape.labels[name] for name in row.labels]
    marks = mark_cells(row)
    spans = marks["spans"]
    if isinstance(spans, list):
        marks["spans"] = [_flattened(span) for span in spans]
    return {
        "text": row.text,
        "label": numbers[0] if numbers else _UNLABELLED,
        "labels": None if row.marks.labels is None else numbers,
        "note": row.note,
        **{name: marks[name] for name in shape.columns.marks},
        **{column: row.fields.get(name) for name, column in shape.columns.fields.items()},
    }


def _flattened(span: dict[str, object]) -> dict[str, object]:
    about = {name: span[name] for name in ("score", "attributes") if name in span}
    return {**span, "about": json_cell(about) if about else None}
