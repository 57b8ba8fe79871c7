"""What Potato keeps of each annotator: `user_state.json`, with the items in a file of the task beside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.tables.json_file import load
from lepton_studio.formats.tables.json_objects import read_objects
from lepton_studio.formats.tables.json_values import reason
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, SpanMark

_LABELS, _SPANS = "instance_id_to_label_to_value", "instance_id_to_span_to_value"
_LEVELS = 4


def detect(head: FileStart) -> float:
    """By what it is called inside."""
    return 0.99 if not head.is_folder and f'"{_LABELS}"' in head.text else 0.0


def describe(head: FileStart) -> Guess:
    """Items with the labels of one annotator."""
    columns = ("text", "annotator")
    return Guess(format="potato", paths=(head.path,), encoding=head.encoding, columns=columns, text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per item that the annotator has seen to. Raises UnreadableFile where the items are not found."""
    try:
        state = json.loads(load(path, guess.encoding))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(tr("{file} is not valid JSON ({why}).", file=path.name, why=reason(error))) from error
    labels, spans = state.get(_LABELS) or {}, state.get(_SPANS) or {}
    items = _items(path, {*labels, *spans})
    for number, name in enumerate(dict.fromkeys((*labels, *spans)), start=1):
        if name not in items:
            yield Problem(str(path), number, tr("The item {id} is not in the task's file.", id=name))
            continue
        said = [str(pair[0].get("name", "")) for pair in labels.get(name, ()) if pair[1] not in (None, False, "")]
        marks = Marks(labels=tuple(said) or None, spans=_spans(spans.get(name)))
        cells = {"text": items[name], "annotator": str(state.get("user_id", ""))}
        raw = {"id": name, "labels": labels.get(name), "spans": spans.get(name)}
        yield Record(number, cells, raw=raw, marks=marks, id=name)


def _spans(found: Any) -> tuple[SpanMark, ...] | None:
    pairs = [pair[0] for pair in found or () if isinstance(pair, list) and pair and isinstance(pair[0], Mapping)]
    placed = [one for one in pairs if isinstance(one.get("start"), int) and isinstance(one.get("end"), int)]
    return tuple(SpanMark(one["start"], one["end"], str(one.get("name", ""))) for one in placed) if placed else None


def _items(path: Path, names: set[str]) -> dict[str, str]:
    """Id -> text, from the first file of items in a folder above that knows these ids."""
    for folder in path.parents[1 : 1 + _LEVELS]:
        for file in sorted((*folder.glob("*.json*"), *folder.glob("data/*.json*"), *folder.glob("data_files/*.json*"))):
            try:
                found = [one[1] for one in read_objects(file, "utf-8") if not isinstance(one, Problem)]
            except (UnreadableFile, OSError, UnicodeError):
                continue
            texts = {
                str(one["id"]): str(one["text"]) for one in found if "id" in one and isinstance(one.get("text"), str)
            }
            if names & set(texts):
                return texts
    raise UnreadableFile(
        tr(
            "{file} gives its items by number only. Put it into the folder of its task, with the items in “data”.",
            file=path.name,
        )
    )


FORMAT = Format(id="potato", title="Potato", detect=detect, describe=describe, records=records)
