"""doccano's JSON Lines and JSON: marks as triples or entities with relations, labels as lists, texts as lists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.guessing.roles import guess_roles
from lepton_studio.formats.losses import Losses, part_title
from lepton_studio.formats.marks_json import BadMarks
from lepton_studio.formats.sources import other_fields, unchanged
from lepton_studio.formats.tables.json_objects import JsonObject, each_record, extra_columns, peek, share
from lepton_studio.formats.values import flat
from lepton_studio.language import tr
from lepton_studio.project.marks import NOWHERE, Marks, RelationMark, SpanMark

_USED = frozenset({"entities", "relations", "cats", "Comments", "comments"})


def detect(head: FileStart) -> float:
    """Spans as [start, end, label], entities with offsets, or the comments that every export of doccano has."""
    if share(head, _is_doccano) > 0.5:
        return 0.975
    return 0.97 if share(head, lambda one: _triples_key(one) is not None or _is_doccano(one)) > 0.3 else 0.0


def _is_doccano(one: JsonObject) -> bool:
    entities = one.get("entities")
    if isinstance(entities, list) and entities:
        return all(_is_entity(entity) for entity in entities) and "tokens" not in one
    if entities == [] and {"cats", "relations"} & one.keys():
        return True
    return "Comments" in one and "label" in one


def _is_entity(entity: object) -> bool:
    return _is_triple(entity) or (isinstance(entity, dict) and "start_offset" in entity)


def _is_triple(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and all(type(at) is int for at in value[:2])
        and isinstance(value[2], str)
    )


def _triples_key(one: JsonObject) -> str | None:
    """The key that holds a list of triples, whatever it is called."""
    return next(
        (key for key, value in one.items() if isinstance(value, list) and value and all(map(_is_triple, value))), None
    )


def describe(head: FileStart) -> Guess:
    """The text is "text" or the wordiest string."""
    objects = peek(head).objects
    columns = extra_columns(tuple(map(flat, objects)), _USED)
    text = "text" if "text" in columns else guess_roles(columns, objects).text
    keys = (_triples_key(one) for one in objects)
    label = next((key for key in keys if key not in (None, "entities")), None) or ""
    return Guess(
        format="doccano",
        paths=(head.path,),
        encoding=head.encoding,
        columns=tuple(name for name in columns if name != (label or "label")),
        text=text,
        table=label,
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per object; `guess.table` is the key of spans, "" where there are none. What an object lacks, its file
    says nothing of."""
    return each_record(path, guess.encoding, partial(_record, guess=guess))


def _record(number: int, one: JsonObject, *, guess: Guess) -> Record:
    marks = _marks(one, guess)
    cells = {key: value for key, value in flat(one).items() if key not in _USED and key != (guess.table or "label")}
    comments = one.get("Comments") or one.get("comments")
    if comments:
        cells["note"] = "\n".join(map(str, comments)) if isinstance(comments, list) else str(comments)
    identity = one.get("id")
    return Record(number, cells, raw=one, marks=marks, id="" if identity is None else str(identity))


def _marks(one: JsonObject, guess: Guess) -> Marks:
    said = one.get(guess.table or "label")
    labels: tuple[str, ...] | None = None
    spans: list[SpanMark] | None = None
    targets: tuple[str, ...] | None = None
    if isinstance(said, list) and said and all(map(_is_triple, said)):
        spans = [SpanMark(start, end, label) for start, end, label in said]
    elif said is not None:
        names = tuple(map(str, said)) if isinstance(said, list) else (str(said),)
        if guess.table and not names:
            spans = []
        elif "target" in guess.wants and "label" not in guess.wants:
            targets = names
        else:
            labels = names if names or isinstance(said, list) else None
    if isinstance(one.get("cats"), list):
        labels = tuple(map(str, one["cats"]))
    relations = None
    if isinstance(one.get("entities"), list):
        spans = [_entity(entity) for entity in one["entities"]]
        if isinstance(one.get("relations"), list):
            places = {span.id: place for place, span in enumerate(spans)}
            relations = tuple(_relation(found, places) for found in one["relations"])
    return Marks(labels, None if spans is None else tuple(spans), relations, targets=targets)


def _entity(entity: object) -> SpanMark:
    if isinstance(entity, list) and _is_triple(entity):
        return SpanMark(entity[0], entity[1], entity[2])
    if not isinstance(entity, Mapping) or not isinstance(entity.get("start_offset"), int):
        raise BadMarks(tr("an entity has no offsets"))
    return SpanMark(
        entity["start_offset"], int(entity["end_offset"]), str(entity.get("label", "")), id=str(entity.get("id", ""))
    )


def _relation(found: object, places: Mapping[str, int]) -> RelationMark:
    if not isinstance(found, Mapping):
        raise BadMarks(tr("not a JSON object"))
    head, tail = (places.get(str(found.get(end)), NOWHERE) for end in ("from_id", "to_id"))
    return RelationMark(head, tail, str(found.get("type", "")), str(found.get("id", "")))


def marks_of(raw: Any, text: str) -> Marks | None:
    """What an object said, if it is one of this text. A list of words may be labels or texts: it counts as both."""
    if not isinstance(raw, dict) or text not in raw.values() or not (_is_doccano(raw) or _triples_key(raw)):
        return None
    key = _key(raw)
    marks = _marks(raw, Guess("doccano", (), table="" if key == "label" else key))
    said = raw.get(key)
    texts = tuple(map(str, said)) if isinstance(said, list) and all(isinstance(one, str) for one in said) else None
    return replace(marks, targets=texts)


def _key(one: JsonObject) -> str:
    """What the marks of an object are called, where they are no entities."""
    return next((key for key in (_triples_key(one),) if key not in (None, "entities")), None) or "label"


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """JSON Lines: triples for spans, entities where there are relations or ids, `label` for labels and texts. Offsets
    are code points. What came from doccano keeps its names and what else stood there. Raises OSError."""
    losses = Losses()
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        for number, row in enumerate(rows, start=1):
            one = _object(row, number)
            if row.said is not None and row.marks.relations is None:
                losses.add(part_title("relations"), row, len(row.said.relations or ()) - len(_list(one, "relations")))
            stream.write(json.dumps(one, ensure_ascii=False) + "\n")
    return losses.found()


def _list(one: Mapping[str, object], key: str) -> list[Any]:
    found = one.get(key)
    return found if isinstance(found, list) else []


def _object(row: Row, number: int) -> dict[str, object]:
    """The sample as an object: its own record with what has changed, or a new one."""
    record: Mapping[str, Any] = row.raw if row.said is not None and isinstance(row.raw, Mapping) else {}
    same, marks = unchanged(row), row.marks
    identity = int(row.id) if row.id.isdecimal() and not row.id.startswith("0") else row.id or number
    one: dict[str, object] = {**record} if record else {"id": identity, "text": row.text}
    key = _key(record) if record else "label"
    if marks.spans is not None and not {"spans", "relations"} <= same:
        one |= _spans(row, marks.spans, record, key)
    if marks.labels is not None and "labels" not in same:
        one["cats" if marks.spans is not None or "cats" in record else "label"] = list(marks.labels)
    if marks.targets is not None and marks.labels is None and marks.spans is None and "targets" not in same:
        one["label"] = list(marks.targets)
    fields = {name: value for name, value in other_fields(row, flat(dict(record))).items() if name not in one}
    comments = [str(found) for found in record.get("Comments") or record.get("comments") or ()]
    if comments and fields.get("note") == "\n".join(comments):
        del fields["note"]  # reading made it of them
    comments += [row.note] if row.note and row.note not in comments else []
    return {**one, **fields, **({"Comments": comments} if comments or not record else {})}


def _spans(row: Row, spans: Sequence[SpanMark], record: Mapping[str, Any], key: str) -> dict[str, object]:
    """Entities with numbers, those of the source kept, where relations or the source name them; else triples."""
    said = _list(record, "relations")
    numbered = any(span.id.isdecimal() for span in spans) or any(
        isinstance(one, dict) for one in _list(record, "entities")
    )
    if row.marks.relations is None and not numbered:
        triples = [[span.start, span.end, span.label] for span in spans]
        entities = row.marks.labels is not None or "entities" in record or "cats" in record
        return {"entities" if entities and key == "label" else key: triples}
    ids = _numbers([span.id for span in spans])
    found: dict[str, object] = {
        "entities": [
            {"id": name, "label": span.label, "start_offset": span.start, "end_offset": span.end}
            for name, span in zip(ids, spans, strict=True)
        ]
    }
    if row.marks.relations is None:
        return found | {"relations": [one for one in said if {one.get("from_id"), one.get("to_id")} <= set(ids)]}
    numbers = _numbers([link.id for link in row.marks.relations])
    found["relations"] = [
        {"id": name, "from_id": ids[link.head], "to_id": ids[link.tail], "type": link.label}
        for name, link in zip(numbers, row.marks.relations, strict=True)
    ]
    return found


def _numbers(given: Sequence[str]) -> list[int]:
    """The names that are numbers, each once, and free numbers for the others."""
    taken: set[int] = set()
    kept = []
    for name in given:
        number = int(name) if name.isdecimal() else 0
        kept.append(number if number and number not in taken else 0)
        taken.add(number)
    free = (number for number in count(1) if number not in taken)
    return [number or next(free) for number in kept]


FORMAT = Format(
    id="doccano",
    title="doccano (JSON Lines)",
    detect=detect,
    describe=describe,
    records=records,
    marks_of=marks_of,
    write=write,
    holds=frozenset(
        {
            "labels", "several_labels", "spans", "nested_spans", "relations", "targets", "several_targets",
            "second_text", "turns", "fields", "note", "spacing", "id",
        }
    ),
    suffix=".jsonl",
)  # fmt: skip
