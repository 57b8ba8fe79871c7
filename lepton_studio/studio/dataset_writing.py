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

from lepton_studio.project.records import SPLITS, Split
from lepton_studio.studio.atomic import new_folder

_DATA = "data-00000-of-00001.arrow"
_ROWS_A_BATCH = 1000
_UNLABELLED = -1


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One labelled sample on its way out; `fields` under the names of their columns."""

    text: str
    labels: tuple[str, ...]
    split: Split | None
    note: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shape:
    """What all rows have in common: the project's label names in order, and the columns of extra fields."""

    labels: tuple[str, ...]
    fields: tuple[str, ...]


def write_dataset(target: Path, rows: Iterable[ExportRow], shape: Shape) -> None:
    """A split for each that has rows; rows without one go to train. `label` is a ClassLabel of the project's labels in
    their order (a row with several labels gives its first), note and fields are strings. Raises OSError."""
    features = _features(shape)
    with new_folder(target) as temporary:
        temporary.mkdir()
        writers: dict[Split, _SplitWriter] = {}
        try:
            for row in rows:
                split = row.split or "train"
                if split not in writers:
                    writers[split] = _SplitWriter(temporary / split, shape, features)
                writers[split].add(row)
            if not writers:
                writers["train"] = _SplitWriter(temporary / "train", shape, features)
        finally:
            for writer in writers.values():
                writer.close()
        found = [split for split in SPLITS if split in writers]
        for split in found:
            _describe(temporary / split, split=split, features=features)
        _write_json(temporary / "dataset_dict.json", {"splits": found})


@dataclass(slots=True)
class _SplitWriter:
    """The Arrow stream of one split, written a thousand rows at a time."""

    folder: Path
    shape: Shape
    features: Mapping[str, object]
    _rows: list[ExportRow] = field(default_factory=list)
    _schema: Any = None
    _file: Any = None
    _stream: Any = None

    def __post_init__(self) -> None:
        import pyarrow as pa  # here: 0.1 s that only this export costs

        self.folder.mkdir()
        kinds = {name: pa.int64() if name == "label" else pa.string() for name in self.features}
        metadata = {"huggingface": json.dumps({"info": {"features": self.features}})}
        self._schema = pa.schema(kinds.items(), metadata=metadata)
        self._file = pa.OSFile(str(self.folder / _DATA), "wb")
        self._stream = pa.ipc.new_stream(self._file, self._schema)

    def add(self, row: ExportRow) -> None:
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
            self._stream.write_batch(pa.RecordBatch.from_pylist(_cells(self._rows, self.shape), schema=self._schema))
            self._rows.clear()


def _cells(rows: Sequence[ExportRow], shape: Shape) -> list[dict[str, object]]:
    numbers = {name: number for number, name in enumerate(shape.labels)}
    return [
        {
            "text": row.text,
            "label": numbers[row.labels[0]] if row.labels else _UNLABELLED,
            "note": row.note,
            **{name: row.fields.get(name) for name in shape.fields},
        }
        for row in rows
    ]


def _features(shape: Shape) -> dict[str, object]:
    text = {"dtype": "string", "_type": "Value"}
    label = {"names": list(shape.labels), "_type": "ClassLabel"}
    return {"text": text, "label": label, "note": text, **dict.fromkeys(shape.fields, text)}


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
