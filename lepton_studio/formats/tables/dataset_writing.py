"""A folder as `datasets.DatasetDict.save_to_disk` writes it, by pyarrow alone: the window never imports `datasets`.

Layout: dataset_dict.json, and per split data-00000-of-00001.arrow (IPC stream), dataset_info.json, state.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from lepton_studio.formats.base import Loss, OutLabel, Row
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.spool import spooled
from lepton_studio.formats.tables.table_columns import Columns, columns_of, json_cell, mark_cells, renamed_field
from lepton_studio.language import tr
from lepton_studio.project.records import SPLITS, Split

_DATA = "data-00000-of-00001.arrow"
_ROWS_A_BATCH = 1000
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
    note and fields are strings. Raises OSError."""
    losses = Losses()
    with spooled(rows) as kept:
        names = dict.fromkeys(label.name for label in labels if label.kind == "label")
        names.update(dict.fromkeys(name for row in kept for name in row.labels))
        shape = _Shape({name: number for number, name in enumerate(names)}, columns_of(kept))
        target.mkdir()
        writers: dict[Split, _SplitWriter] = {}
        try:
            for row in kept:
                losses.add(renamed_field(), row, sum(name in row.fields for name in shape.columns.renamed))
                losses.add(tr("which samples are in no split (they are written to train)"), row, row.split is None)
                split = row.split or "train"
                if split not in writers:
                    writers[split] = _SplitWriter(target / split, shape)
                writers[split].add(row)
            if not writers:
                writers["train"] = _SplitWriter(target / "train", shape)
        finally:
            for writer in writers.values():
                writer.close()
    found = [split for split in SPLITS if split in writers]
    for split in found:
        _describe(target / split, split=split, features=shape.features)
    _write_json(target / "dataset_dict.json", {"splits": found})
    return losses.found()


@dataclass(slots=True)
class _SplitWriter:
    """The Arrow stream of one split, written a thousand rows at a time."""

    folder: Path
    shape: _Shape
    _rows: list[Row] = field(default_factory=list)
    _schema: Any = None
    _file: Any = None
    _stream: Any = None

    def __post_init__(self) -> None:
        import pyarrow as pa  # here: 0.1 s that only this export costs

        self.folder.mkdir()
        features = self.shape.features
        metadata = {"huggingface": json.dumps({"info": {"features": features}})}
        kinds = [(name, _arrow(kind)) for name, kind in features.items()]
        self._schema = pa.schema(kinds, metadata=metadata)
        self._file = pa.OSFile(str(self.folder / _DATA), "wb")
        self._stream = pa.ipc.new_stream(self._file, self._schema)

    def add(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) >= _ROWS_A_BATCH:
            self._flush()

    def close(self) -> None:
        try:
            self._flush()
        finally:
            self._stream.close()
            self._file.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            cells = [_cells(row, self.shape) for row in self._rows]
            self._stream.write_batch(pa.RecordBatch.from_pylist(cells, schema=self._schema))
            self._rows.clear()


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


def _arrow(kind: object) -> Any:
    """The Arrow type of a feature."""
    import pyarrow as pa

    if isinstance(kind, list):
        return pa.list_(_arrow(kind[0]))
    if isinstance(kind, Mapping) and "_type" in kind:
        by_name = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}
        return pa.int64() if kind["_type"] == "ClassLabel" else by_name[str(kind["dtype"])]
    assert isinstance(kind, Mapping)
    return pa.struct([(str(name), _arrow(inner)) for name, inner in kind.items()])


def _describe(folder: Path, *, split: Split, features: Mapping[str, object]) -> None:
    """The two JSON files that `datasets` reads beside the data."""
    described = {"citation": "", "description": "", "features": features, "homepage": "", "license": ""}
    _write_json(folder / "dataset_info.json", described)
    state: dict[str, object] = {
        "_data_files": [{"filename": _DATA}],
        "_fingerprint": uuid4().hex[:16],
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": split,
    }
    _write_json(folder / "state.json", state)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False), encoding="utf-8")
