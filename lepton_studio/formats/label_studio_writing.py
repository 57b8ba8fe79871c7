"""Label Studio out: a folder with the tasks and the labelling configuration to paste into a new project."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from lepton_studio.formats.base import Loss, OutLabel, Part, Row
from lepton_studio.formats.label_studio_config import CONFIGURATION
from lepton_studio.formats.spool import Spool, spooled
from lepton_studio.project.marks import SpanMark

_TASKS = "tasks.json"
_NUMBERS = range(10)


def write_label_studio(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """tasks.json, one annotation a task, offsets in UTF-16 units; label_config.xml with colours and keys. Raises
    OSError."""
    target.mkdir()
    with spooled(rows) as kept, (target / _TASKS).open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for number, row in enumerate(kept):
            stream.write(",\n" if number else "\n")
            stream.write(json.dumps(_task(row), ensure_ascii=False))
        stream.write("\n]\n")
        (target / CONFIGURATION).write_text(_configuration(kept, labels), encoding="utf-8")
    return ()


def _task(row: Row) -> dict[str, object]:
    task: dict[str, object] = {}
    meta = {"split": row.split, "note": row.note}
    if row.id.isdecimal() and not row.id.startswith("0"):
        task["id"] = int(row.id)
    else:
        meta["source_id"] = row.id
    result = _results(row)
    marks = row.marks
    said = (marks.labels, marks.spans, marks.relations, marks.targets, marks.rating)
    annotated = row.skipped or any(part is not None for part in said)
    annotation = {"result": result, "was_cancelled": row.skipped, "ground_truth": False}
    return {
        **task,
        "data": {"text": row.text, **row.fields},
        "annotations": [annotation] if annotated else [],
        "predictions": [],
        "meta": {key: value for key, value in meta.items() if value},
    }


def _results(row: Row) -> list[dict[str, object]]:
    marks, found = row.marks, []
    units = _Units(row.text)
    names = _names(marks.spans or ())
    for span, name in zip(marks.spans or (), names, strict=True):
        value = {
            "start": units.before(span.start),
            "end": units.before(span.end),
            "text": row.text[span.start : span.end],
            "labels": [span.label],
        }
        score = {} if span.score is None else {"score": span.score}
        found.append({"id": name, "from_name": "label", "to_name": "text", "type": "labels", "value": value, **score})
        for key, words in span.attributes.items():
            about = {"start": value["start"], "end": value["end"], "text": [words]}
            found.append({"id": name, "from_name": key, "to_name": "text", "type": "textarea", "value": about})
    for link in marks.relations or ():
        ends = {"from_id": names[link.head], "to_id": names[link.tail]}
        found.append({**ends, "type": "relation", "direction": "right", "labels": [link.label]})
    if marks.labels:
        found.append(_said("topic", "choices", {"choices": list(marks.labels)}))
    if marks.targets:
        found.append(_said("written", "textarea", {"text": list(marks.targets)}))
    if marks.rating is not None:
        found.append(_said("rating", "number", {"number": marks.rating}))
    return found


def _said(control: str, kind: str, value: dict[str, object]) -> dict[str, object]:
    return {"id": control, "from_name": control, "to_name": "text", "type": kind, "value": value}


def _names(spans: Sequence[SpanMark]) -> list[str]:
    """The ids of regions, those of the source where they are all different."""
    given = [span.id for span in spans]
    return given if all(given) and len(set(given)) == len(given) else [f"s{place}" for place in range(len(spans))]


class _Units:
    """How many UTF-16 units stand before a code point."""

    def __init__(self, text: str) -> None:
        self._counts: list[int] | None = None
        if not text.isascii():
            self._counts = [0]
            for char in text:
                self._counts.append(self._counts[-1] + 1 + (char > "\uffff"))

    def before(self, place: int) -> int:
        return place if self._counts is None else self._counts[place]


def _configuration(rows: Spool, labels: Sequence[OutLabel]) -> str:
    """The XML of a labelling interface for what these rows have."""
    parts: set[Part] = rows.parts | rows.said
    lines = ["<View>"]
    if "spans" in parts:
        lines.append('  <Labels name="label" toName="text">')
        lines += [f"    <Label{_attributes(one)}/>" for one in _of_kind(labels, rows, "span")]
        lines.append("  </Labels>")
    if "relations" in parts:
        lines.append("  <Relations>")
        lines += [f"    <Relation{_attributes(one)}/>" for one in _of_kind(labels, rows, "relation")]
        lines.append("  </Relations>")
    lines.append('  <Text name="text" value="$text"/>')
    if "second_text" in parts:
        lines.append('  <Text name="second_text" value="$second_text"/>')
    if "labels" in parts:
        choice = "multiple" if "several_labels" in parts else "single"
        lines.append(f'  <Choices name="topic" toName="text" choice="{choice}">')
        lines += [f"    <Choice{_attributes(one)}/>" for one in _of_kind(labels, rows, "label")]
        lines.append("  </Choices>")
    if "targets" in parts:
        lines.append('  <TextArea name="written" toName="text" rows="4" editable="true"/>')
    if "rating" in parts:
        lines.append('  <Number name="rating" toName="text"/>')
    return "\n".join([*lines, "</View>", ""])


def _of_kind(labels: Sequence[OutLabel], rows: Spool, kind: str) -> list[OutLabel]:
    """The labels of a kind in their order, then those that only rows have."""
    found = {label.name: label for label in labels if label.kind == kind}
    for row in rows:
        marks = row.marks
        used = {"span": marks.spans, "relation": marks.relations}.get(kind, ())
        names = row.labels if kind == "label" else [one.label for one in used or ()]
        for name in names:
            found.setdefault(name, OutLabel(name, kind=kind))
    return list(found.values())


def _attributes(label: OutLabel) -> str:
    said = {"value": label.name, "background": label.color, "hotkey": label.key, "hint": label.description}
    return "".join(f" {name}={quoteattr(value)}" for name, value in said.items() if value)
