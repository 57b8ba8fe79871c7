"""Prodigy's JSON Lines: answers kept as what they are, spans, choices, relations and written texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.losses import Losses, part_title
from lepton_studio.formats.marks_json import spans_from_json
from lepton_studio.formats.splits import split_named
from lepton_studio.formats.tables.json_objects import JsonObject, each_record, extra_columns, peek, share
from lepton_studio.formats.tools.exports import listed
from lepton_studio.formats.tools.prodigy_review import decided, is_review
from lepton_studio.formats.tools.prodigy_writing import task_of
from lepton_studio.formats.values import flat
from lepton_studio.language import trn
from lepton_studio.project.marks import NOWHERE, Marks, RelationMark, SpanMark

_ANSWERS = {"accept", "reject", "ignore"}
_SIGNS = {"_input_hash", "_task_hash", "_view_id"}
_USED = frozenset(
    {
        "spans", "tokens", "relations", "options", "accept", "label", "answer", "config", "user_input", "_input_hash",
        "_task_hash", "_view_id", "_session_id", "_timestamp", "_is_binary", "versions", "sessions", "html", "priority",
        "view_id",
    }
)  # fmt: skip
_OURS = frozenset({"meta.id", "meta.split", "meta.note"})
"""What our own files say of a sample beside its marks."""


def detect(head: FileStart) -> float:
    """Answers, hashes, or texts with spans."""
    return 0.98 if share(head, _is_task) > 0.5 else 0.0


def _is_task(one: JsonObject) -> bool:
    if not isinstance(one.get("text"), str):
        return False
    if is_review(one):
        return True
    answer = one.get("answer")
    answered = (
        isinstance(answer, str)
        and answer in _ANSWERS
        and bool((_SIGNS | {"spans", "label", "accept", "options", "user_input", "meta"}) & set(one))
    )
    spans = one.get("spans")
    plain = isinstance(spans, list) and {"tokens", "meta"} & set(one) and not {"split", "note"} <= set(one)
    return answered or bool(_SIGNS & set(one)) or bool(plain)


def describe(head: FileStart) -> Guess:
    """The text, what the source said of it, and who annotated it."""
    objects = tuple(map(flat, peek(head).objects))
    columns = tuple(name for name in extra_columns(objects, _USED | _OURS) if not name.startswith("config."))
    return Guess(format="prodigy", paths=(head.path,), encoding=head.encoding, columns=columns, text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per task. A rejected label or choice is a label that does not hold; rejected spans are no annotation; an
    ignored task is skipped."""
    return each_record(path, guess.encoding, partial(_record, guess=guess))


def _record(number: int, raw: JsonObject, *, guess: Guess) -> Record:
    task, unreviewed = decided(raw)
    marks, remark = _marks(task)
    cells = {name: value for name, value in flat(dict(task)).items() if name in guess.columns}
    meta = about if isinstance(about := task.get("meta"), dict) else {}
    cells |= {"note": meta["note"]} if meta.get("note") else {}
    return Record(
        number,
        cells,
        raw=raw,
        marks=marks,
        split=split_named(str(meta.get("split", ""))),
        skipped=task.get("answer") == "ignore",
        remark=" ".join(one for one in (unreviewed, remark) if one),
        id=str(meta.get("id", "")) or str(task.get("_task_hash", "")),
    )


def marks_of(raw: Any, text: str) -> Marks | None:
    """What a task said, if it is one of this text."""
    return _marks(decided(raw)[0])[0] if isinstance(raw, dict) and raw.get("text") == text and _is_task(raw) else None


def _marks(task: JsonObject) -> tuple[Marks, str]:
    answer = task.get("answer", "accept")
    labels = _labels(task)
    spans, relations = _spans(task)
    written = task.get("user_input")
    targets = None if written in (None, "") else tuple(written) if isinstance(written, list) else (str(written),)
    if answer == "reject":
        remark = ""
        if spans:
            remark = trn(
                "Rejected in Prodigy: its {count} span was left out.",
                "Rejected in Prodigy: its {count} spans were left out.",
                len(spans),
            )
        return Marks(rejected=labels or ()), remark
    if answer == "ignore":
        return Marks(), ""
    return Marks(labels, spans, relations, targets=targets), ""


def _labels(task: JsonObject) -> tuple[str, ...] | None:
    if isinstance(task.get("accept"), list):
        return tuple(map(str, task["accept"]))
    label = task.get("label")
    if isinstance(label, list):
        return tuple(map(str, label))
    return None if label is None else (str(label),)


def _spans(task: JsonObject) -> tuple[tuple[SpanMark, ...] | None, tuple[RelationMark, ...] | None]:
    """The spans and relations. Relations name tokens, or bring their spans along."""
    found = task.get("spans")
    manual = str(task.get("_view_id", task.get("view_id", ""))) in {
        "ner_manual",
        "spans_manual",
        "relations",
        "ner",
        "spans",
    }
    spans = list(spans_from_json(found)) if isinstance(found, list) else []
    by_token = {_last_token(one): place for place, one in enumerate(found or ()) if isinstance(one, Mapping)}
    relations = []
    for one in listed(task.get("relations")):
        head, tail = (_end(task, one, side, spans=spans, by_token=by_token) for side in ("head", "child"))
        relations.append(RelationMark(head, tail, str(one.get("label", ""))))
    said = found is not None or manual
    return (tuple(spans) if said or spans else None, tuple(relations) if task.get("relations") is not None else None)


_UNMARKED = "token"
"""The label of a token that a relation is of though no span marks it."""


def _end(
    task: JsonObject, relation: Mapping[str, Any], side: str, *, spans: list[SpanMark], by_token: Mapping[object, int]
) -> int:
    """The place among the spans that one end of a relation has; a span or token that is not among them joins them."""
    brought = relation.get(f"{side}_span")
    if isinstance(brought, Mapping) and brought.get("start") is not None:
        (span,) = spans_from_json([{"label": _UNMARKED, **{k: v for k, v in brought.items() if v is not None}}])
        same = (place for place, one in enumerate(spans) if (one.start, one.end) == (span.start, span.end))
        if (place := next(same, None)) is not None:
            return place
    else:
        if (place := by_token.get(relation.get(side))) is not None:
            return place
        token = _token(task, relation.get(side))
        if token is None:
            return NOWHERE
        span = SpanMark(int(token["start"]), int(token["end"]), _UNMARKED, str(token.get("text", "")))
    spans.append(span)
    return len(spans) - 1


def _token(task: JsonObject, number: object) -> Mapping[str, Any] | None:
    """The token of this number, if it has its place in the text."""
    tokens = task.get("tokens")
    if not isinstance(tokens, list) or not isinstance(number, int) or not 0 <= number < len(tokens):
        return None
    token = tokens[number]
    return token if isinstance(token, Mapping) and {"start", "end"} <= token.keys() else None


def _last_token(span: Mapping[str, Any]) -> object:
    return span.get("token_end")


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """One task per line. Raises OSError."""
    names = [label.name for label in labels if label.kind == "label"]
    losses = Losses()
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            if row.marks.labels is not None:
                losses.add(part_title("rejected"), row, len(row.marks.rejected))
            task = task_of(row, names)
            losses.add(part_title("relations"), row, _relations_lost(row, task))
            stream.write(json.dumps(task, ensure_ascii=False) + "\n")
    return losses.found()


def _relations_lost(row: Row, task: Mapping[str, Any]) -> int:
    """Relations of the record between spans that do not stand any more, where the samples have none themselves."""
    if row.said is None or row.marks.relations is not None:
        return 0
    return len(row.said.relations or ()) - len(task.get("relations") or ())


FORMAT = Format(
    id="prodigy",
    title="Prodigy (JSON Lines)",
    detect=detect,
    describe=describe,
    records=records,
    marks_of=marks_of,
    write=write,
    holds=frozenset(
        {
            "labels", "several_labels", "rejected", "spans", "nested_spans", "relations", "targets", "several_targets",
            "second_text", "turns", "fields", "split", "note", "spacing", "skipped", "attributes", "id",
        }
    ),
    suffix=".jsonl",
)  # fmt: skip
