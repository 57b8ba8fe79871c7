"""Folders written by `datasets`' save_to_disk, read by pyarrow alone: Arrow streams, dataset_info.json, state.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lepton_studio.formats.arrow_columns import Names, batch_records, class_names, class_names_in, label_column
from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.dataset_writing import write_dataset
from lepton_studio.formats.head import Head
from lepton_studio.formats.table_columns import EVERY_PART
from lepton_studio.language import tr

_SPLIT = "split"


def detect(head: Head) -> float:
    """One split (state.json) or several (dataset_dict.json)."""
    return 1.0 if head.is_folder and {"dataset_dict.json", "state.json"} & set(head.entries) else 0.0


def describe(head: Head) -> Guess:
    """Columns of the first split; a column "split" is added where the folder has several."""
    splits = _splits(head.path)
    first = splits[0][1]
    batches = _batches(first)
    schema = next(batches)
    columns = tuple(map(str, schema.names))
    names = _names(first, schema.metadata)
    label = label_column(columns, names)
    several = splits[0][0] != "" and _SPLIT not in columns
    return Guess(
        format="datasets",
        paths=(head.path,),
        columns=(*columns, _SPLIT) if several else columns,
        label=label,
        label_names={name: name for name in names.get(label or "", ())},
        split_column=_SPLIT if several else None,
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """Record numbers count the rows of a split from 1; the source is the split's folder."""
    for split, folder in _splits(path):
        batches = _batches(folder)
        schema = next(batches)
        for record in batch_records(batches, _names(folder, schema.metadata)):
            cells = {_SPLIT: split, **record.cells} if split else record.cells
            yield Record(record.row, cells, raw=record.raw, source=str(folder))


def _splits(path: Path) -> list[tuple[str, Path]]:
    if not (path / "dataset_dict.json").is_file():
        return [("", path)]
    names = _json(path / "dataset_dict.json").get("splits")
    if not isinstance(names, list) or not names:
        raise UnreadableFile(tr("{file} names no splits in its dataset_dict.json.", file=path.name))
    return [(str(name), path / str(name)) for name in names]


def _names(folder: Path, metadata: Any) -> Names:
    described = folder / "dataset_info.json"
    listed = class_names(_json(described).get("features")) if described.is_file() else {}
    return listed or class_names_in(metadata)


def _batches(folder: Path) -> Iterator[Any]:
    """First the schema, then the record batches of all data files in order."""
    import pyarrow as pa  # here: 0.1 s that only Arrow files cost

    listed = _json(folder / "state.json").get("_data_files")
    files = [folder / str(one["filename"]) for one in listed] if isinstance(listed, list) else []
    if not files:
        raise UnreadableFile(tr("{file} names no data files in its state.json.", file=folder.name))
    begun = False
    for file in files:
        try:
            with pa.OSFile(str(file), "rb") as source, pa.ipc.open_stream(source) as stream:
                if not begun:
                    begun = True
                    yield stream.schema
                yield from stream
        except (pa.ArrowException, OSError) as error:
            why = str(error).strip().splitlines()[0]
            raise UnreadableFile(
                tr("{file} is damaged ({why}).", file=f"{folder.name}/{file.name}", why=why)
            ) from error


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableFile(tr("{file} cannot be read.", file=f"{path.parent.name}/{path.name}")) from error
    return found if isinstance(found, dict) else {}


FORMAT = Format(
    id="datasets",
    title="Dataset saved to disk",
    detect=detect,
    describe=describe,
    records=records,
    write=write_dataset,
    holds=EVERY_PART,
)
