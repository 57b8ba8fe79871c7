"""Label Studio out: a folder with the tasks and the labelling configuration to paste into a new project."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from lepton_studio.formats.base import Loss, OutLabel, Part, Row
from lepton_studio.formats.losses import Losses, part_title
from lepton_studio.formats.spool import Spool, spooled
from lepton_studio.formats.tools.label_studio_config import CONFIGURATION
from lepton_studio.formats.tools.label_studio_updating import (
    Controls,
    controls_of,
    record_of,
    relations_lost,
    updated_task,
)
from lepton_studio.project.marks import SpanMark

_TASKS = "tasks.json"


def write_label_studio(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """tasks.json, offsets in UTF-16 units; label_config.xml with colours and keys. A task that came from Label Studio
    goes back with all that it brought, others have one annotation. Raises OSError."""
    losses = Losses()
    target.mkdir()
    with spooled(rows) as kept, (target / _TASKS).open("w", encoding="utf-8", newline="\n") as stream:
        controls = controls_of(kept)
        stream.write("[")
        for number, row in enumerate(kept):
            task = _task(row, controls)
            losses.add(part_title("relations"), row, relations_lost(row, task))
            stream.write(",\n" if number else "\n")
            stream.write(json.dumps(task, ensure_ascii=False))
        stream.write("\n]\n")
        (target / CONFIGURATION).write_text(_configuration(kept, labels, controls), encoding="utf-8")
    return losses.found()


def _task(row: Row, controls: Controls) -> dict[str, object]:
    task: dict[str, object] = {}
    meta = {"split": row.split, "note": row.note}
    if row.id.isdecimal() and not row.id.startswith("0"):
        task["id"] = int(row.id)
    else:
        meta["source_id"] = row.id
    result = _results(row, controls)
    record = record_of(row)
    if record is not None:
        return updated_task(row, record, result, {"split": row.split, "note": row.note})
    marks = row.marks
    said = (marks.labels, marks.spans, marks.relations, marks.targets, marks.rating)
    annotated = row.skipped or any(part is not None for part in said)
    annotation = {"result": result, "was_cancelled": row.skipped, "ground_truth": False}
    return {
        **task,
        "data": {controls.text: row.text, **row.fields},
        "annotations": [annotation] if annotated else [],
        "predictions": [],
        "meta": {key: value for key, value in meta.items() if value},
    }


def _results(row: Row, controls: Controls) -> list[dict[str, Any]]:
    marks, to_name = row.marks, controls.to_name
    units = _Units(row.text)
    names = _names(marks.spans or ())
    regions: dict[str, dict[str, Any]] = {}
    found: list[dict[str, Any]] = []
    for span, name in zip(marks.spans or (), names, strict=True):
        if name in regions:  # one region with several labels
            regions[name]["value"]["labels"].append(span.label)
            continue
        place = {"start": units.before(span.start), "end": units.before(span.end)}
        value = {**place, "text": row.text[span.start : span.end], "labels": [span.label]}
        score = {} if span.score is None else {"score": span.score}
        regions[name] = {"id": name, "from_name": controls.spans, "to_name": to_name, "type": "labels", "value": value}
        regions[name] |= score
        found.append(regions[name])
        for key, words in span.attributes.items():
            about = {**place, "text": [words]}
            found.append({"id": name, "from_name": key, "to_name": to_name, "type": "textarea", "value": about})
    for link in marks.relations or ():
        ends = {"from_id": names[link.head], "to_id": names[link.tail]}
        found.append({**ends, "type": "relation", "direction": "right", "labels": [link.label]})
    if marks.labels and controls.has_taxonomy:
        found.append(_said(controls.labels, "taxonomy", [name.split("/") for name in marks.labels], to_name))
    elif marks.labels:
        found.append(_said(controls.labels, "choices", list(marks.labels), to_name))
    if marks.targets:
        found.append(_said(controls.targets, "textarea", list(marks.targets), to_name))
    if marks.rating is not None:
        found.append(_said(controls.rating, "number", marks.rating, to_name))
    return found


def _said(control: str, kind: str, value: object, to_name: str) -> dict[str, Any]:
    key = "text" if kind == "textarea" else kind
    return {"id": control, "from_name": control, "to_name": to_name, "type": kind, "value": {key: value}}


def _names(spans: Sequence[SpanMark]) -> list[str]:
    """The ids of regions, those of the source where they are of one place each."""
    places = {(span.id, span.start, span.end) for span in spans if span.id}
    times = Counter(name for name, _, _ in places)
    free = (name for number in count() if (name := f"s{number}") not in times)
    return [span.id if times[span.id] == 1 else next(free) for span in spans]


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


def _configuration(rows: Spool, labels: Sequence[OutLabel], controls: Controls) -> str:
    """The XML of a labelling interface for what these rows have."""
    parts: set[Part] = rows.parts | rows.said
    to_name = f"toName={quoteattr(controls.to_name)}"
    lines = ["<View>"]
    if "spans" in parts:
        lines.append(f"  <Labels name={quoteattr(controls.spans)} {to_name}>")
        lines += [f"    <Label{_attributes(one)}/>" for one in _of_kind(labels, rows, "span")]
        lines.append("  </Labels>")
    if "relations" in parts:
        lines.append("  <Relations>")
        lines += [f"    <Relation{_attributes(one)}/>" for one in _of_kind(labels, rows, "relation")]
        lines.append("  </Relations>")
    lines.append(f"  <Text name={quoteattr(controls.to_name)} value={quoteattr('$' + controls.text)}/>")
    if "second_text" in parts:
        lines.append('  <Text name="second_text" value="$second_text"/>')
    if "labels" in parts:
        several = "multiple" if "several_labels" in parts else "single"
        tag, choice = ("Taxonomy", "") if controls.has_taxonomy else ("Choices", f' choice="{several}"')
        lines.append(f"  <{tag} name={quoteattr(controls.labels)} {to_name}{choice}>")
        found = _of_kind(labels, rows, "label")
        lines += _nested(found) if controls.has_taxonomy else [f"    <Choice{_attributes(one)}/>" for one in found]
        lines.append(f"  </{tag}>")
    if "targets" in parts:
        lines.append(f'  <TextArea name={quoteattr(controls.targets)} {to_name} rows="4" editable="true"/>')
    if "rating" in parts:
        lines.append(f"  <Number name={quoteattr(controls.rating)} {to_name}/>")
    return "\n".join([*lines, "</View>", ""])


def _nested(labels: Sequence[OutLabel], *, depth: int = 2) -> list[str]:
    """The choices of a taxonomy: what stands before "/" in a name is above what stands behind."""
    below: dict[str, list[OutLabel]] = {}
    for one in labels:
        first, _, rest = one.name.partition("/")
        below.setdefault(first, []).extend([replace(one, name=rest)] if rest else [])
    own = {one.name: one for one in labels}
    lines, room = [], "  " * depth
    for name, inner in below.items():
        head = f"{room}<Choice{_attributes(own.get(name, OutLabel(name)))}"
        lines += [f"{head}>", *_nested(inner, depth=depth + 1), f"{room}</Choice>"] if inner else [f"{head}/>"]
    return lines


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
