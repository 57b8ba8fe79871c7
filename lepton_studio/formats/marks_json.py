"""Marks as JSON, the way our own files and sample projects write them; what is empty or unknown is left out.

{"labels": ["x"], "spans": [{"start": 0, "end": 5, "label": "PER", "text": "Maria"}],
 "relations": [{"head": 0, "tail": 1, "label": "works for"}],
 "questions": [{"question": "Who?", "answers": [{"start": 0, "end": 5, "text": "Maria"}], "impossible": false}],
 "targets": ["..."], "rating": 4.5, "rejected": ["y"]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lepton_studio.language import tr
from lepton_studio.project.marks import AnswerMark, Marks, QuestionMark, RelationMark, SpanMark


class BadMarks(ValueError):
    """JSON that says no marks; its text names what is wrong."""


def spans_json(spans: Sequence[SpanMark], text: str) -> list[dict[str, object]]:
    """Each span with the text it covers, so that whoever reads it can check."""
    found = []
    for span in spans:
        one: dict[str, object] = {"start": span.start, "end": span.end, "label": span.label}
        one["text"] = text[span.start : span.end]
        if span.id:
            one["id"] = span.id
        if span.score is not None:
            one["score"] = span.score
        if span.attributes:
            one["attributes"] = dict(span.attributes)
        found.append(one)
    return found


def relations_json(relations: Sequence[RelationMark]) -> list[dict[str, object]]:
    """Heads and tails are places in the list of spans, from 0."""
    return [
        {"head": one.head, "tail": one.tail, "label": one.label, **({"id": one.id} if one.id else {})}
        for one in relations
    ]


def questions_json(questions: Sequence[QuestionMark], text: str) -> list[dict[str, object]]:
    """Each question with its answers and the text they cover."""
    return [
        {
            "question": one.question,
            "answers": [{"start": at.start, "end": at.end, "text": text[at.start : at.end]} for at in one.answers],
            **({"impossible": True} if one.impossible else {}),
            **({"id": one.id} if one.id else {}),
        }
        for one in questions
    ]


def marks_from_json(found: object) -> Marks:
    """The marks that a JSON object says. Raises BadMarks."""
    if not isinstance(found, Mapping):
        raise BadMarks(tr("not a JSON object"))
    spans, relations, questions = (found.get(name) for name in ("spans", "relations", "questions"))
    labels, targets, rating = (found.get(name) for name in ("labels", "targets", "rating"))
    return Marks(
        labels=None if labels is None else _strings(labels),
        spans=None if spans is None else spans_from_json(spans),
        relations=None if relations is None else relations_from_json(relations),
        questions=None if questions is None else questions_from_json(questions),
        targets=None if targets is None else _strings(targets),
        rating=None if rating is None else _number(rating),
        rejected=_strings(found.get("rejected") or ()),
    )


def spans_from_json(found: object) -> tuple[SpanMark, ...]:
    """Spans as `{"start", "end", "label"}`, with our names or those of other tools, or as `[start, end, label]`."""
    return tuple(_span(one) for one in _list(found))


def _span(found: object) -> SpanMark:
    if isinstance(found, (list, tuple)) and len(found) == 3:
        return SpanMark(_whole(found[0]), _whole(found[1]), str(found[2]))
    if not isinstance(found, Mapping):
        raise BadMarks(tr("a span is not a JSON object"))
    start = _first(found, "start", "start_offset", "begin", "startOffset")
    end = _first(found, "end", "end_offset", "stop", "endOffset")
    label = _first(found, "label", "labels", "type", "entity_group", "entity", "tag", "name")
    if isinstance(label, list):
        label = label[0] if label else None
    if label is None:
        raise BadMarks(tr("a span has no label"))
    found = {**found, **_about(found.get("about"))}
    score, attributes = found.get("score"), found.get("attributes")
    return SpanMark(
        _whole(start),
        _whole(end),
        str(label),
        quote=str(_first(found, "text", "quote", "word") or ""),
        id=str(found.get("id") or "") if found.get("id") != 0 else "0",
        score=None if score is None else _number(score),
        attributes={str(key): str(value) for key, value in attributes.items()} if isinstance(attributes, dict) else {},
    )


def relations_from_json(found: object) -> tuple[RelationMark, ...]:
    """Relations as `{"head", "tail", "label"}` with places in the list of spans."""
    return tuple(
        RelationMark(
            _whole(_first(one, "head")),
            _whole(_first(one, "tail", "child")),
            str(_first(one, "label", "type") or ""),
            str(one.get("id") or ""),
        )
        for one in map(_object, _list(found))
    )


def questions_from_json(found: object) -> tuple[QuestionMark, ...]:
    """Questions with their answers as `{"start", "end"}`."""
    return tuple(
        QuestionMark(
            str(_first(one, "question") or ""),
            tuple(
                AnswerMark(_whole(at.get("start")), _whole(at.get("end")), str(at.get("text") or ""))
                for at in map(_object, _list(one.get("answers") or ()))
            ),
            bool(one.get("impossible") or one.get("is_impossible")),
            str(one.get("id") or ""),
        )
        for one in map(_object, _list(found))
    )


def _about(stored: object) -> Mapping[str, object]:
    """What a table of fixed columns keeps as JSON: the score and the attributes of a span."""
    try:
        about = json.loads(stored) if isinstance(stored, str) and stored.startswith("{") else {}
    except (ValueError, RecursionError):
        return {}
    return about if isinstance(about, dict) else {}


def _first(found: Mapping[str, Any], *names: str) -> Any:
    return next((found[name] for name in names if found.get(name) is not None), None)


def _list(found: object) -> Sequence[object]:
    if isinstance(found, (list, tuple)):
        return found
    raise BadMarks(tr("not a JSON list"))


def _object(found: object) -> Mapping[str, Any]:
    if isinstance(found, Mapping):
        return found
    raise BadMarks(tr("not a JSON object"))


def _strings(found: object) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(str(one) for one in _list(found))


def _number(found: object) -> float:
    try:
        return float(found)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise BadMarks(tr("not a number: {value}", value=repr(found))) from error


def _whole(found: object) -> int:
    if isinstance(found, bool) or not isinstance(found, (int, float, str)):
        raise BadMarks(tr("not a position in the text: {value}", value=repr(found)))
    try:
        return int(found)
    except (ValueError, OverflowError) as error:
        raise BadMarks(tr("not a position in the text: {value}", value=repr(found))) from error
