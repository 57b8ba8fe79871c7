"""Argilla's records: nested (`to_dict`), flattened (as on the Hub) and those of its first version, as JSON or lines.

A record's text is its field `text`, else all its fields; an answer that was submitted counts, one that was discarded
puts the record aside. Several people may have answered: the first submitted answer is taken, the others are counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Foreign, Format, Guess, Loss, OutLabel, Problem, Record, Row
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.sources import Said, other_fields, unchanged
from lepton_studio.formats.tables.json_objects import JsonObject, each_record, peek, share
from lepton_studio.formats.values import as_text, share_of
from lepton_studio.language import tr, trn
from lepton_studio.project.marks import Marks, SpanMark

_RESPONSES, _SUGGESTION = ".responses", ".suggestion"
_FIRST_VERSION = frozenset({"annotation", "prediction", "annotation_agent", "prediction_agent", "multi_label"})
_TEXT = "text"
_SPAN_QUESTIONS = frozenset({"spans", "span", "ner", "entities"})
"""What the question of spans is called where an empty answer does not show its kind."""


def detect(head: FileStart) -> float:
    """Its own names of fields in most objects."""
    return 0.97 * share(head, _is_record)


def _is_record(one: JsonObject) -> bool:
    nested = isinstance(one.get("fields"), dict) and ("responses" in one or "suggestions" in one)
    flat = any(key.endswith((".responses", ".responses.status", ".suggestion.agent")) for key in one)
    return nested or flat or len(_FIRST_VERSION & one.keys()) >= 2


def describe(head: FileStart) -> Guess:
    """Text, the further fields and the metadata as columns; what people answered is among the marks."""
    columns = dict.fromkeys(name for one in peek(head).objects for name in _cells(one))
    return Guess(
        format="argilla",
        paths=(head.path,),
        encoding=head.encoding,
        columns=tuple(columns),
        text=_TEXT,
        split_column="split" if "split" in columns else None,
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record for each object."""
    return each_record(path, guess.encoding, partial(_read, path=path, wants=guess.wants))


def _read(number: int, one: JsonObject, *, path: Path, wants: Sequence[str]) -> Record | Problem:
    cells = _cells(one)
    if not _is_record(one) or not as_text(cells.get(_TEXT)).strip():
        return Problem(str(path), number, tr("This object is not an Argilla record with a text."))
    answers, discarded, others = _answers(one)
    marks, remark = _marks(answers, wants=wants)
    if others:
        more = trn(
            "{count} further answer by another person was left out.",
            "{count} further answers by other people were left out.",
            others,
        )
        remark = f"{remark} {more}".strip()
    return Record(
        number, cells, raw=dict(one), marks=marks, skipped=discarded, remark=remark, id=as_text(one.get("id"))
    )


def _cells(one: JsonObject) -> dict[str, object]:
    """The text and what else is said beside questions and bookkeeping."""
    if isinstance(one.get("fields"), Mapping):
        fields: dict[str, object] = {**one["fields"], **_metadata(one)}
    elif _FIRST_VERSION & one.keys():
        inputs = one.get("inputs")
        fields = dict(inputs) if isinstance(inputs, Mapping) else {_TEXT: inputs or one.get("text")}
        fields |= _metadata(one)
    else:
        hidden = {key.partition(".")[0] for key in one if _RESPONSES in key or _SUGGESTION in key}
        fields = {
            key: value
            for key, value in one.items()
            if key.partition(".")[0] not in hidden and key not in ("id", "_server_id", "status", "vectors")
        }
    if _TEXT not in fields:
        own = [name for name, value in fields.items() if isinstance(value, str)]
        if own:
            fields = {_TEXT: fields.pop(own[0]), **fields}
    return fields


def _metadata(one: JsonObject) -> Mapping[str, object]:
    return found if isinstance(found := one.get("metadata"), Mapping) else {}


def _answers(one: JsonObject) -> tuple[dict[str, Any], bool, int]:
    """(question -> the answer taken, whether all were discarded, how many submitted answers were not taken)."""
    taken: dict[str, Any] = {}
    others, discarded = 0, False
    for question, status, value in _said(one):
        if status == "discarded":
            discarded = True
        elif status == "draft" or value is None:
            continue
        elif question in taken:
            others += 1
        else:
            taken[question] = value
    return taken, discarded and not taken, others


def _said(one: JsonObject) -> Iterator[tuple[str, str, Any]]:
    """(question, status, value) of each answer."""
    if isinstance(one.get("responses"), Mapping):
        for question, answers in one["responses"].items():
            for answer in answers or ():
                yield question, str(answer.get("status") or "submitted"), answer.get("value")
    elif _FIRST_VERSION & one.keys():
        status = "discarded" if one.get("status") == "Discarded" else "submitted"
        yield "annotation", status, one.get("annotation")
    else:
        for key, values in one.items():
            if key.endswith(_RESPONSES) and isinstance(values, Sequence):
                states = one.get(f"{key}.status") or ["submitted"] * len(values)
                for value, status in zip(values, states, strict=False):
                    yield key.removesuffix(_RESPONSES), str(status), value


def _marks(answers: Mapping[str, Any], *, wants: Sequence[str]) -> tuple[Marks, str]:
    """The answers by their shape: spans, labels, a rating, or a text. A sentence names what has no place."""
    only_texts = "target" in wants and not {"label", "spans"} & set(wants)
    labels: tuple[str, ...] | None = None
    spans: tuple[SpanMark, ...] | None = None
    targets: tuple[str, ...] | None = None
    rating: float | None = None
    unknown = []
    for question, value in answers.items():
        parts = value if isinstance(value, list) else [value]
        found = [_span(part) for part in parts]
        if found and all(one is not None for one in found):
            spans = (*(spans or ()), *(one for one in found if one is not None))
        elif isinstance(value, list) and not value and question == "spans":
            spans = spans or ()
        elif isinstance(value, list) and not value:
            if question.casefold() in _SPAN_QUESTIONS:
                spans = spans or ()
            else:
                labels = labels or ()
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            labels = (*(labels or ()), *value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            rating = float(value)
        elif isinstance(value, str) and _is_label(value) and not only_texts and question != "target":
            labels = (*(labels or ()), value)
        elif isinstance(value, str):
            targets = (*(targets or ()), value)
        else:
            unknown.append(question)
    remark = tr("Answers of a kind that is not supported: {names}.", names=", ".join(unknown)) if unknown else ""
    return Marks(labels=labels, spans=spans, targets=targets, rating=rating), remark


def _is_label(value: str) -> bool:
    """Argilla's files do not say whether a string is a label or a written text; a label is short and on one line."""
    return len(value) <= 60 and "\n" not in value and len(value.split()) <= 6


def _span(part: object) -> SpanMark | None:
    if isinstance(part, Mapping) and {"start", "end", "label"} <= part.keys():
        score = part.get("score")
        return SpanMark(
            int(part["start"]), int(part["end"]), str(part["label"]), score=None if score is None else float(score)
        )
    if isinstance(part, (list, tuple)) and len(part) >= 3 and isinstance(part[0], str) and isinstance(part[1], int):
        return SpanMark(part[1], int(part[2]), part[0])
    return None


def marks_of(raw: Any, text: str) -> Marks | None:
    """What the answers of a record said that were taken, if it is one of this text. Strings count as labels and texts
    alike."""
    if not isinstance(raw, dict) or not _is_record(raw) or text not in _cells(raw).values():
        return None
    answers = _answers(raw)[0]
    texts = tuple(value for value in answers.values() if isinstance(value, str))
    labels = tuple(one for value in answers.values() for one in _words(value))
    marks = _marks(answers, wants=())[0]
    return replace(marks, labels=labels if labels else marks.labels, targets=texts or None)


def foreign_of(raw: Any, text: str, wants: Sequence[str]) -> Foreign | None:
    """The suggestions of a record, or the prediction of one of the first version, if it is one of this text."""
    if not isinstance(raw, dict) or not _is_record(raw) or text not in _cells(raw).values():
        return None
    said = {question: one for question, one in _suggested(raw) if one.get("value") is not None}
    if not said:
        return None
    marks, _remark = _marks({question: one["value"] for question, one in said.items()}, wants=wants)
    agents = [str(one["agent"]) for one in said.values() if one.get("agent")]
    scores = [share_of(score) for one in said.values() for score in _list(one.get("score"))]
    known = [score for score in scores if score is not None]
    return Foreign(agents[0] if agents else "Argilla", marks, min(known) if known else None)


def _suggested(one: JsonObject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(question, {"value", "score", "agent"}) of each suggestion."""
    if isinstance(one.get("suggestions"), Mapping):
        yield from ((question, said) for question, said in one["suggestions"].items() if isinstance(said, Mapping))
    elif isinstance(one.get("prediction"), list):
        yield from _of_first_version(one, one["prediction"])
    else:
        for key, value in one.items():
            if key.endswith(_SUGGESTION):
                more = {name: one.get(f"{key}.{name}") for name in ("score", "agent")}
                yield key.removesuffix(_SUGGESTION), {"value": value, **more}


def _of_first_version(one: JsonObject, said: Sequence[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Labels with their scores, of which the likeliest is meant (with several labels: the likely ones); or spans."""
    agent = one.get("prediction_agent")
    labels = [part for part in said if isinstance(part, Mapping) and "label" in part and "start" not in part]
    if labels:
        score = {part["label"]: part.get("score") for part in labels}
        best = max(score, key=lambda label: float(score[label] or 0))
        likely = [label for label in score if float(score[label] or 0) >= 0.5] if one.get("multi_label") else best
        yield "prediction", {"value": likely, "score": score[best], "agent": agent}
    elif said:
        yield "prediction", {"value": list(said), "agent": agent}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _words(value: object) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """Nested records, a line each: `rg.Dataset.from_dict` and `records.log` take their parts. A nested record that came
    from Argilla goes back with its suggestions and vectors. Raises OSError."""
    losses = Losses()
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(json.dumps(_record(row, losses), ensure_ascii=False) + "\n")
    return losses.found()


def _record(row: Row, losses: Losses) -> dict[str, object]:
    record = row.raw if row.said is not None and isinstance(row.raw, dict) else {}
    split = {"split": row.split} if row.split else {}
    if isinstance(record.get("fields"), Mapping):
        metadata = {**(record.get("metadata") or {}), **other_fields(row, _cells(record)), **split}
        return {**record, "metadata": metadata, "responses": _updated(row, record, losses)}
    # flattened records, and those of the first version, become nested ones
    losses.add(_beside(), row, sum(any(sign in key for sign in _BESIDE) and bool(record[key]) for key in record))
    status = "discarded" if row.skipped else "submitted"
    answers = {question: value for question, value, _ in _answers_out(row, {})}
    if row.skipped and not answers:
        answers["labels"] = None
    return {
        "id": row.id or str(row.row),
        "fields": {_TEXT: row.text},
        "metadata": {**row.fields, **split},
        "suggestions": {},
        "responses": {name: [{"value": value, "status": status}] for name, value in answers.items()},
    }


_BESIDE = (_SUGGESTION, ".responses.users", "_server_id", "vectors", "prediction")


def _beside() -> str:
    return tr("suggestions, vectors and further answers of Argilla records")


def _updated(row: Row, record: JsonObject, losses: Losses) -> dict[str, Any]:
    """The responses of a record: the answer that was read is brought up to date, others stay."""
    responses = {question: list(answers or ()) for question, answers in (record.get("responses") or {}).items()}
    same = unchanged(row)
    known = _questions(record)
    for question, value, part in _answers_out(row, known):
        if part in same:
            continue
        for one in known.get(part, ()):  # several questions whose answers were read as one
            if one != question:
                losses.add(_beside(), row, len(responses.pop(one, ())))
        answers = responses.setdefault(question, [])
        place = next((n for n, one in enumerate(answers) if _counts(one)), len(answers))
        before = answers[place] if place < len(answers) else {}
        answers[place : place + 1] = [{**before, "value": value, "status": "submitted"}]
    if row.skipped:
        return {name: [{**one, "status": "discarded"} for one in answers] for name, answers in responses.items()}
    return responses


def _counts(answer: Mapping[str, Any]) -> bool:
    return (answer.get("status") or "submitted") == "submitted" and answer.get("value") is not None


def _answers_out(row: Row, known: Mapping[Said, Sequence[str]]) -> Iterator[tuple[str, Any, Said]]:
    """(question, value, what it says) of all that the row says, under the `known` names where a part has one."""
    marks = row.marks
    named = {part: questions[0] for part, questions in known.items() if len(questions) == 1}
    if marks.labels is not None:
        one_string = len(marks.labels) == 1 and "targets" in named
        question = named.get("labels", "labels")
        yield question, marks.labels[0] if one_string else list(marks.labels), "labels"
    if marks.spans is not None:
        found = [{"start": one.start, "end": one.end, "label": one.label} for one in marks.spans]
        yield named.get("spans", "spans"), found, "spans"
    if marks.rating is not None:
        yield named.get("rating", "rating"), marks.rating, "rating"
    if marks.targets:
        yield named.get("targets", "target"), marks.targets[0], "targets"


def _questions(record: JsonObject) -> dict[Said, list[str]]:
    """What each part is called in a record, by the shape of the answers; a string may be a label or a text."""
    values: dict[str, Any] = {}
    for question, _, value in _said(record):
        values.setdefault(question, value)
    found: dict[Said, list[str]] = {}
    for question, value in values.items():
        marks = _marks({question: value}, wants=())[0]
        if isinstance(value, str):
            found.setdefault("targets", []).append(question)
        parts: dict[Said, object] = {"spans": marks.spans, "labels": _words(value), "rating": marks.rating}
        for part, said in parts.items():
            if said not in (None, []):
                found.setdefault(part, []).append(question)
    return found


FORMAT = Format(
    id="argilla",
    title="Argilla records",
    detect=detect,
    describe=describe,
    records=records,
    marks_of=marks_of,
    foreign_of=foreign_of,
    write=write,
    holds=frozenset(
        {"labels", "several_labels", "spans", "nested_spans", "rating", "targets", "fields", "split", "spacing",
         "skipped", "id", "second_text", "turns"}
    ),
    suffix=".jsonl",
)  # fmt: skip
