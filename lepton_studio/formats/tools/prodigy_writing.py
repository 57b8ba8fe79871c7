"""A sample as a Prodigy task: with tokens; what its own record said stays, hashes of new ones are left to Prodigy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lepton_studio.formats.base import Row
from lepton_studio.formats.sources import Said, is_unchanged, other_fields, unchanged
from lepton_studio.formats.tokens import Place, cut
from lepton_studio.formats.values import flat
from lepton_studio.project.marks import SpanMark

_KEYS: Mapping[Said, tuple[str, ...]] = {
    "labels": ("label", "options", "accept", "config"),
    "spans": ("spans", "tokens", "relations"),
    "relations": ("relations",),
    "targets": ("user_input",),
}
"""What a task says of each part: what is changed is written anew."""


def task_of(row: Row, names: Sequence[str]) -> dict[str, object]:
    """The task as `prodigy db-in` takes it. `names` are the project's labels, the options of a choice.

    A label that was rejected is a binary task with the answer "reject"; `token_end` belongs to its span. The record of
    a sample that came from Prodigy keeps its hashes and all else that is not about its marks.
    """
    record: Mapping[str, Any] = row.raw if row.said is not None and isinstance(row.raw, Mapping) else {}
    same, marks = unchanged(row), row.marks
    changed = [part for part in _KEYS if part not in same]
    task: dict[str, object] = {"text": row.text, **record}
    for key in (key for part in changed for key in _KEYS[part]):
        task.pop(key, None)
    if changed and ("label" in record or record.get("_is_binary")):
        for key in ("_task_hash", "_is_binary"):  # a binary task asks for its label: this is another one
            task.pop(key, None)
    if (meta := _meta(row, record, known_as=str(task.get("_task_hash", "")))) or not record:
        task["meta"] = meta
    if marks.spans is not None and {"spans", "relations"} & set(changed):
        task |= _spans(row, marks.spans, record)
    answer = "accept"
    if marks.rejected and marks.labels is None:
        answer = "reject"
        task["label"] = marks.rejected[0] if len(marks.rejected) == 1 else list(marks.rejected)
    elif marks.labels is not None and "labels" in changed:
        task |= _labels(marks.labels, names, record)
    if marks.targets and "targets" in changed:
        task["user_input"] = marks.targets[0] if len(marks.targets) == 1 else list(marks.targets)
    task |= {name: value for name, value in _fields(row, record).items() if name not in task}
    if row.skipped:
        return task | {"answer": "ignore"}
    return task if is_unchanged(row) and record.get("answer") != "ignore" else task | {"answer": answer}


def _meta(row: Row, record: Mapping[str, Any], *, known_as: str) -> dict[str, object]:
    """What the record says about its text, the fields that stood there, and what we say of the sample: its name too
    where the task is not `known_as` that."""
    about = record.get("meta")
    meta: dict[str, object] = dict(about) if isinstance(about, Mapping) else {}
    meta |= {name.removeprefix("meta."): value for name, value in _fields(row, record, of_meta=True).items()}
    known = {known_as, str(meta.get("id", ""))}
    ours = {"id": "" if row.id in known else row.id, "split": row.split, "note": row.note}
    return meta | {key: value for key, value in ours.items() if value}


def _fields(row: Row, record: Mapping[str, Any], *, of_meta: bool = False) -> dict[str, str]:
    """The fields that the record does not have, those of its meta or all others."""
    cells = {**flat(dict(record)), "note": ""} if (record.get("meta") or {}).get("note") else flat(dict(record))
    new = other_fields(row, cells)
    return {name: value for name, value in new.items() if name.startswith("meta.") is of_meta}


def _labels(labels: Sequence[str], names: Sequence[str], record: Mapping[str, Any]) -> dict[str, object]:
    """A choice; the one label of a binary task is its label."""
    if len(labels) == 1 and "label" in record:
        return {"label": labels[0]}
    options = record.get("options")
    known = list(dict.fromkeys([*names, *labels]))
    if isinstance(options, list) and {str(one.get("id")) for one in options if isinstance(one, dict)} >= set(labels):
        return {"options": options, "accept": list(labels), "config": record.get("config", {})}
    style = "single" if len(labels) == 1 else "multiple"
    options = [{"id": name, "text": name} for name in known]
    return {"options": options, "accept": list(labels), "config": {"choice_style": style}}


def _spans(row: Row, spans: Sequence[SpanMark], record: Mapping[str, Any]) -> dict[str, object]:
    text = row.text
    own = _tokens_of(record, text, spans)
    tokens = own or _cut(text, cut(text, (edge for span in spans for edge in (span.start, span.end))))
    places = [(token["start"], token["end"]) for token in tokens]
    known = {(one.get("start"), one.get("end"), one.get("label")): one for one in record.get("spans") or ()}
    said = []
    for span in spans:
        inside = [place for place, (start, end) in enumerate(places) if span.start <= start and end <= span.end]
        one: dict[str, object] = {**known.get((span.start, span.end, span.label), {})}
        one |= {"start": span.start, "end": span.end, "label": span.label}
        if inside:
            one |= {"token_start": tokens[inside[0]]["id"], "token_end": tokens[inside[-1]]["id"]}
        one |= {"id": span.id} if span.id else {}
        one |= {} if span.score is None else {"score": span.score}
        one |= {"attributes": dict(span.attributes)} if span.attributes else {}
        said.append(one)
    found: dict[str, object] = {"tokens": tokens, "spans": said}
    if row.marks.relations is not None:
        found["relations"] = [
            {
                "head": said[link.head].get("token_end"),
                "child": said[link.tail].get("token_end"),
                "head_span": said[link.head],
                "child_span": said[link.tail],
                "label": link.label,
            }
            for link in row.marks.relations
        ]
    elif own and record.get("relations"):
        stand = {(span.start, span.end) for span in spans}
        found["relations"] = [one for one in record["relations"] if _ends(one) <= stand]
    return found


def _ends(relation: Mapping[str, Any]) -> set[tuple[object, object]]:
    sides = [relation.get(f"{side}_span") or {} for side in ("head", "child")]
    return {(side.get("start"), side.get("end")) for side in sides}


def _cut(text: str, places: Sequence[Place]) -> list[dict[str, Any]]:
    return [
        {"text": text[start:end], "start": start, "end": end, "id": place, "ws": text[end : end + 1].isspace()}
        for place, (start, end) in enumerate(places)
    ]


def _tokens_of(record: Mapping[str, Any], text: str, spans: Sequence[SpanMark]) -> list[dict[str, Any]]:
    """The tokens of the record, where they stand in the text as they say and all spans begin and end with one."""
    tokens = [one for one in record.get("tokens") or () if isinstance(one, dict)]
    starts, ends = {one.get("start") for one in tokens}, {one.get("end") for one in tokens}
    names = {"id", "start", "end", "text"}
    stand = all(names <= one.keys() and text[one["start"] : one["end"]] == one["text"] for one in tokens)
    return tokens if stand and all(span.start in starts and span.end in ends for span in spans) else []
