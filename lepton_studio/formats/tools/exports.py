"""What the exports of annotation services have in common: an object for each text, with all that is marked on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.guessing.file_start import FileStart, look_at
from lepton_studio.formats.marks_json import BadMarks
from lepton_studio.formats.tables.json_objects import OTHER_SHAPE, JsonObject, each_record, peek, share
from lepton_studio.language import tr
from lepton_studio.project.marks import NOWHERE, Marks, RelationMark, SpanMark
from lepton_studio.project.records import Split

Part = Literal["labels", "spans", "relations"]
_PARTS: tuple[Part, ...] = ("labels", "spans", "relations")
_SURE = 0.99
_ADDRESS = re.compile(r"\s*(?:https?|s3|gs|gcs|file)://\S+\s*")


@dataclass(frozen=True, slots=True)
class Said:
    """What an object says of its text. `fields` are what else it tells; "" as `text`: it stands somewhere else."""

    text: str
    marks: Marks = Marks()
    fields: Mapping[str, object] = field(default_factory=dict)
    id: str = ""
    split: Split | None = None
    skipped: bool = False
    remark: str = ""


def export_format(
    id: str,
    title: str,
    *,
    is_one: Callable[[JsonObject], bool],
    said: Callable[[JsonObject], Said],
    elsewhere: str,
    offsets: str = "",
) -> Format:
    """The format of a service: `is_one` knows its objects, `said` reads one (it may raise what OTHER_SHAPE names);
    `elsewhere` says what to export instead where the file holds no texts, `offsets` is how it counts its spans."""

    def detect(head: FileStart) -> float:
        """Most objects are of this service."""
        return _SURE if share(head, is_one) > 0.5 else 0.0

    def describe(head: FileStart) -> Guess:
        """The text and what else the objects tell. Raises UnreadableFile where no object has its text."""
        found = _read(peek(head).objects, said)
        if found and not any(map(_has_text, found)):
            raise UnreadableFile(f"{_no_texts(head.path, title)} {tr(elsewhere)}")
        columns = dict.fromkeys(name for one in found for name in one.fields)
        return Guess(
            format=id, paths=(head.path,), encoding=head.encoding, columns=("text", *columns), text="text",
            offsets=offsets,
        )  # fmt: skip

    def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
        """A record per object. Of parts that no object at the head of the file marks, it says nothing."""
        found = _read(peek(look_at(path, encoding=guess.encoding)).objects, said)
        parts = {part for part in _PARTS if any(getattr(one.marks, part) for one in found)}
        return each_record(path, guess.encoding, partial(_record, path=path, said=said, parts=parts))

    def marks_of(raw: Any, text: str) -> Marks | None:
        """What an object said, if it is one of this text."""
        if not isinstance(raw, dict) or not is_one(raw):
            return None
        found = said(raw)
        return found.marks if found.text == text else None

    return Format(id, title, detect, describe, records, marks_of=marks_of)


def _read(objects: Iterable[JsonObject], said: Callable[[JsonObject], Said]) -> list[Said]:
    found = []
    for one in objects:
        try:
            found.append(said(one))
        except OTHER_SHAPE:
            continue  # its record will say so
    return found


def _record(
    number: int, one: JsonObject, *, path: Path, said: Callable[[JsonObject], Said], parts: set[Part]
) -> Record | Problem:
    found = said(one)
    if found.text and not _has_text(found):
        return Problem(str(path), number, tr("It has the address of its text instead of the text itself."))
    return Record(
        number,
        {"text": found.text, **found.fields},
        raw=one,
        marks=_known(found.marks, parts),
        split=found.split,
        skipped=found.skipped,
        remark=found.remark,
        id=found.id,
    )


def _known(marks: Marks, parts: set[Part]) -> Marks:
    """The marks without the empty ones of parts that the file marks nowhere."""
    return replace(
        marks,
        labels=marks.labels if marks.labels or "labels" in parts else None,
        spans=marks.spans if marks.spans or "spans" in parts else None,
        relations=marks.relations if marks.relations or "relations" in parts else None,
    )


def _has_text(said: Said) -> bool:
    return bool(said.text.strip()) and not _ADDRESS.fullmatch(said.text)


def _no_texts(path: Path, title: str) -> str:
    return tr("{file} is an export from {tool} without texts.", file=path.name, tool=title)


# --------------------------------------------------------------------------------- what the objects are built of


def listed(found: object) -> list[Mapping[str, Any]]:
    """The objects of a list; none for anything else."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def inner(found: object, *keys: str) -> Mapping[str, Any]:
    """The object under these keys, one in the other; an empty one where there is none."""
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def place(found: object) -> int:
    """An offset, which some services write as a string. Raises BadMarks."""
    if isinstance(found, bool) or not isinstance(found, (int, float, str)):
        raise BadMarks(tr("an offset is not a number"))
    return int(found)


def relations(found: Iterable[tuple[object, object, str]], names: Sequence[object]) -> tuple[RelationMark, ...]:
    """Relations as (head, tail, label), whose ends are what `names` calls the spans, in their order."""
    places = {str(name): number for number, name in enumerate(names)}
    return tuple(
        RelationMark(places.get(str(head), NOWHERE), places.get(str(tail), NOWHERE), label)
        for head, tail, label in found
    )


def newest(found: Sequence[Mapping[str, Any]], *keys: str) -> tuple[Mapping[str, Any], str]:
    """The last of several annotations by the first of these times that they have, and a sentence where there are
    others."""
    chosen = max(enumerate(found), key=lambda one: (_when(one[1], keys), one[0]))[1]
    others = tr("The newest of {count} annotations was used.", count=len(found)) if len(found) > 1 else ""
    return chosen, others


def _when(annotation: Mapping[str, Any], keys: Sequence[str]) -> str:
    return next((str(annotation[key]) for key in keys if annotation.get(key)), "")


def span(start: object, end: object, label: object, quote: object = "", **more: Any) -> SpanMark:
    """A span as a service gives it. Raises BadMarks."""
    if label is None or label == "":
        raise BadMarks(tr("a span has no label"))
    return SpanMark(place(start), place(end), str(label), str(quote or ""), **more)
