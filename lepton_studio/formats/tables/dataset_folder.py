"""Folders written by `datasets`' save_to_disk, without it: Arrow streams, dataset_info.json, state.json."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.tables.arrow_columns import (
    About,
    Features,
    class_names,
    features_in,
    label_column,
    media_notices,
    read_table,
    row_records,
    shown_columns,
)
from lepton_studio.formats.tables.dataset_writing import write_dataset
from lepton_studio.formats.tables.table_columns import EVERY_PART
from lepton_studio.language import tr

_SPLIT = "split"
_MOST_BYTES = 64 << 20


def detect(head: FileStart) -> float:
    """One split (state.json) or several (dataset_dict.json)."""
    return 1.0 if head.is_folder and {"dataset_dict.json", "state.json"} & set(head.entries) else 0.0


def describe(head: FileStart) -> Guess:
    """Columns of the first split; a column "split" is added where the folder has several."""
    splits = _splits(head.path)
    first = splits[0][1]
    with closing(_table(first)) as opened:
        about = next(opened)
    features = _features(first, about)
    names, columns = class_names(features), shown_columns(about.columns, features)
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
        with closing(_table(folder)) as opened:
            about = next(opened)
            for record in row_records(opened, about, _features(folder, about)):
                cells = {_SPLIT: split, **record.cells} if split else record.cells
                yield Record(record.row, cells, raw=record.raw, source=str(folder))


def notices(path: Path, _guess: Guess) -> tuple[str, ...]:
    """Which columns are left out."""
    first = _splits(path)[0][1]
    with closing(_table(first)) as opened:
        about = next(opened)
        return media_notices(about.columns, _features(first, about))


def _splits(path: Path) -> list[tuple[str, Path]]:
    if not (path / "dataset_dict.json").is_file():
        return [("", path)]
    names = _json(path / "dataset_dict.json").get("splits")
    if not isinstance(names, list) or not names:
        raise UnreadableFile(tr("{file} lists no splits in its dataset_dict.json.", file=path.name))
    return [(str(name), _inside(path, str(name))) for name in names]


def _features(folder: Path, about: About) -> Features:
    described = folder / "dataset_info.json"
    listed = _json(described).get("features") if described.is_file() else None
    return listed if isinstance(listed, dict) and class_names(listed) else features_in(about.described) or listed or {}


def _table(folder: Path) -> Generator[Any, None, None]:
    """First what the tables of a split are, then the rows of all of them in order."""
    listed = _json(folder / "state.json").get("_data_files")
    names = [one.get("filename") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    if not names:
        raise UnreadableFile(tr("{file} lists no data files in its state.json.", file=folder.name))
    first: About | None = None
    for file in [_inside(folder, str(name)) for name in names]:
        if not file.is_file():
            raise UnreadableFile(tr("The file {file} does not exist.", file=f"{folder.name}/{file.name}"))
        damaged = tr("{file} is damaged.", file=f"{folder.name}/{file.name}")
        with closing(read_table("arrow", file, damaged=damaged)) as opened:
            about = next(opened)
            if first is None:
                yield about
            elif about.columns != first.columns:
                raise UnreadableFile(damaged)
            first = about
            yield from opened


def _inside(folder: Path, name: str) -> Path:
    """The part of the folder with this name. Raises UnreadableFile where it lies elsewhere: a foreign folder may name
    any file of this computer."""
    part = folder / name
    if part.parent != folder or name in {"", ".", ".."} or part.is_symlink():
        raise UnreadableFile(
            tr("{file} refers to files outside it ({name}), which are not read.", file=folder.name, name=name)
        )
    return part


def _json(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            raise ValueError("no file of a size that describes a dataset")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableFile(tr("Cannot read {file}.", file=f"{path.parent.name}/{path.name}")) from error
    return found if isinstance(found, dict) else {}


FORMAT = Format(
    id="datasets",
    title="Dataset saved to disk",
    detect=detect,
    describe=describe,
    records=records,
    notices=notices,
    write=write_dataset,
    holds=EVERY_PART,
)
