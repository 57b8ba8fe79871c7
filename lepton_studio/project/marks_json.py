"""Marks as JSON and back: what is written into files of our own, and into the sample projects.

    {"labels": ["refund"], "spans": [{"start": 0, "end": 4, "label": "PER"}], "relations": [{"head": 0, "tail": 1,
     "label": "works for"}], "questions": [{"question": "Who?", "answers": [{"start": 0, "end": 4}]}],
     "targets": ["..."], "rating": 4.0, "rejected": ["card"]}

Offsets are code points, `end` exclusive; `head` and `tail` are places in "spans". What is not said is absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lepton_studio.project.marks import AnswerMark, Marks, QuestionMark, RelationMark, SpanMark


def marks_to_json(marks: Marks, *, text: str | None = None) -> dict[str, object]:
    """A JSON-able dict. With the `text`, each span and answer says what stands there, for people who read the file."""

    def place(start: int, end: int, quote: str) -> dict[str, object]:
        return {"start": start, "end": end, **_if_any(text=quote if text is None else text[start:end])}

    said: dict[str, object] = {}
    if marks.labels is not None:
        said["labels"] = list(marks.labels)
    if marks.spans is not None:
        said["spans"] = [
            {
                **place(one.start, one.end, one.quote),
                "label": one.label,
                **_if_any(id=one.id, attributes=dict(one.attributes)),
                **({} if one.score is None else {"score": one.score}),
            }
            for one in marks.spans
        ]
    if marks.relations is not None:
        said["relations"] = [
            {"head": one.head, "tail": one.tail, "label": one.label, **_if_any(id=one.id)} for one in marks.relations
        ]
    if marks.questions is not None:
        said["questions"] = [
            {
                "question": one.question,
                **_if_any(answers=[place(answer.start, answer.end, answer.quote) for answer in one.answers]),
                **_if_any(impossible=one.impossible, id=one.id),
            }
            for one in marks.questions
        ]
    if marks.targets is not None:
        said["targets"] = list(marks.targets)
    if marks.rating is not None:
        said["rating"] = marks.rating
    if marks.rejected:
        said["rejected"] = list(marks.rejected)
    return said


def marks_from_json(stored: Mapping[str, Any]) -> Marks:
    """The marks that `marks_to_json` wrote; other keys are passed over. Raises KeyError, TypeError or ValueError."""
    return Marks(
        labels=_each(stored, "labels", str),
        spans=_each(
            stored,
            "spans",
            lambda one: SpanMark(
                start=int(one["start"]),
                end=int(one["end"]),
                label=str(one["label"]),
                quote=str(one.get("text", "")),
                id=str(one.get("id", "")),
                score=one.get("score"),
                attributes=dict(one.get("attributes", {})),
            ),
        ),
        relations=_each(
            stored,
            "relations",
            lambda one: RelationMark(int(one["head"]), int(one["tail"]), str(one["label"]), str(one.get("id", ""))),
        ),
        questions=_each(stored, "questions", _question),
        targets=_each(stored, "targets", str),
        rating=None if stored.get("rating") is None else float(stored["rating"]),
        rejected=_each(stored, "rejected", str) or (),
    )


def _question(stored: Mapping[str, Any]) -> QuestionMark:
    return QuestionMark(
        question=str(stored["question"]),
        answers=tuple(
            AnswerMark(int(one["start"]), int(one["end"]), str(one.get("text", "")))
            for one in stored.get("answers", ())
        ),
        impossible=bool(stored.get("impossible", False)),
        id=str(stored.get("id", "")),
    )


def _each(stored: Mapping[str, Any], name: str, read: Any) -> tuple[Any, ...] | None:
    found: Sequence[Any] | None = stored.get(name)
    return None if found is None else tuple(read(one) for one in found)


def _if_any(**said: object) -> dict[str, object]:
    """What is empty need not be said."""
    return {name: value for name, value in said.items() if value}
