"""A task of Label Studio brought up to date: what of its annotation has changed is written anew, all else stays."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from lepton_studio.formats.base import Row
from lepton_studio.formats.sources import is_unchanged, other_fields, unchanged
from lepton_studio.formats.tools.label_studio_groups import GROUP, is_of_another, of_group
from lepton_studio.formats.tools.label_studio_results import (
    LABELS,
    NUMBERS,
    SPANS,
    TEXTS,
    annotations_of,
    chosen_annotation,
    label_values,
    results_of,
)
from lepton_studio.formats.values import flat

Result = Mapping[str, Any]
_LOOKED_AT = 1000
_PARTS = ("spans", "region", "relations", "labels", "targets", "rating", "other")
_ABOUT = ("annotator", "lead_time", "note")
"""Fields that reading makes of an annotation and of a task's meta."""


@dataclass(frozen=True, slots=True)
class Controls:
    """What a project of Label Studio calls its text and what is said of it: names of tags, `text` a key of the data."""

    text: str = "text"
    to_name: str = "text"
    spans: str = "label"
    labels: str = "topic"
    targets: str = "written"
    rating: str = "rating"
    has_taxonomy: bool = False


def controls_of(rows: Iterable[Row]) -> Controls:
    """The names that the records of these rows use, each by its first use; ours where none has any."""
    found: dict[str, Any] = {}
    for row in islice(rows, _LOOKED_AT):
        record = record_of(row)
        if record is None:
            continue
        if (key := _text_key(record, row.text)) is not None:
            found.setdefault("text", key)
        for result in (one for annotation in annotations_of(record) for one in results_of(annotation)):
            part = _part_of(result, regions=())
            if is_of_another(result, [result], str(record.get(GROUP, ""))):
                continue
            name, to_name = result.get("from_name"), result.get("to_name")
            if part in ("spans", "labels", "targets", "rating") and isinstance(name, str):
                found.setdefault(part, name)
                found.setdefault("to_name", to_name)
            if part == "labels" and result.get("type") == "taxonomy":
                found.setdefault("has_taxonomy", found.get("labels") == name)
    return replace(Controls(), **found)


def record_of(row: Row) -> Mapping[str, Any] | None:
    """The task that the sample came from."""
    return row.raw if row.said is not None and isinstance(row.raw, Mapping) else None


def updated_task(
    row: Row, record: Mapping[str, Any], results: Sequence[dict[str, Any]], meta: Mapping[str, object]
) -> dict[str, object]:
    """The record with `results` (all that the row says) in place of what it said otherwise, in the annotation that was
    read; annotations of others and predictions stay. `meta` is added to what the task says of itself."""
    data = {**(record.get("data") or {})}
    data |= {name: value for name, value in other_fields(row, flat(data)).items() if name not in _ABOUT}
    about = {**(record.get("meta") or {}), **{key: value for key, value in meta.items() if value}}
    task: dict[str, object] = {**record, "data": data, **({"meta": about} if about else {})}
    task.pop(GROUP, None)
    key = "completions" if "completions" in record and "annotations" not in record else "annotations"
    annotations = annotations_of(record)
    chosen = chosen_annotation(annotations)
    cancelled = bool(annotations) and chosen is None
    says = any(part is not None for part in (row.marks.labels, row.marks.spans, row.marks.targets, row.marks.rating))
    group = str(record.get(GROUP, ""))
    is_as_it_was = is_unchanged(row) and row.skipped == cancelled and (chosen is not None or not says)
    if is_as_it_was or not (says or row.skipped):
        return task
    old = {} if chosen is None else annotations[chosen]
    others = [one for one in results_of(old) if is_of_another(one, results_of(old), group)]
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    new = {
        **{name: value for name, value in old.items() if name != "result_count"},
        "result": [*_merged(row, of_group(results_of(old), group), results), *others],
        "was_cancelled": row.skipped,
        "ground_truth": old.get("ground_truth", False),
        "updated_at": now,
    }
    task[key] = [*annotations, new] if chosen is None else [*annotations[:chosen], new, *annotations[chosen + 1 :]]
    return {name: value for name, value in task.items() if name not in ("total_annotations", "cancelled_annotations")}


def _merged(row: Row, old: Sequence[Result], new: Sequence[Result]) -> list[Result]:
    """The results of a record, with those of each part that has changed as we have them."""
    same, marks = unchanged(row), row.marks
    regions = {str(one["id"]): one for one in old if one.get("type") in SPANS and "id" in one}
    before, now = _by_part(old), _by_part(new)
    merged = [*before["other"]]
    if "spans" in same:
        merged += [*before["spans"], *before["region"]]
        standing = set(regions)
    else:
        ours = {str(one["id"]): one for one in now["spans"]}
        standing = regions.keys() & ours.keys()
        merged += [_relabelled(regions[name], one) if name in standing else one for name, one in ours.items()]
        merged += [one for one in before["region"] if str(one.get("id")) in standing]
        merged += [one for one in now["region"] if str(one.get("id")) not in standing]
    merged += (
        [one for one in before["relations"] if _ends(one) <= standing] if "relations" in same else now["relations"]
    )
    merged += before["labels"] if "labels" in same else _chosen(before["labels"], now["labels"], marks.labels or ())
    for part in ("targets", "rating"):
        merged += before[part] if part in same else [_like(before[part], one) for one in now[part]]
    return merged


def relations_lost(row: Row, task: Mapping[str, Any]) -> int:
    """Relations of the record between spans that do not stand any more, where the samples have none themselves."""
    record = record_of(row)
    if record is None or row.marks.relations is not None:
        return 0
    before, after = (
        [one for annotation in annotations_of(found) for one in results_of(annotation) if one.get("type") == "relation"]
        for found in (record, task)
    )
    return len(before) - len(after)


def _relabelled(old: Result, new: Result) -> Result:
    """A region as it was, with the labels that stand."""
    value = dict(old.get("value") or {})
    name = "labels" if "labels" in value else str(old.get("type"))
    return {**old, "value": {**value, name: new["value"]["labels"]}}


def _chosen(old: Sequence[Result], new: Sequence[Result], labels: Sequence[str]) -> list[Result]:
    """Each choice with those of its values that still hold; labels that no choice had go to the first one."""
    if not old:
        return list(new)
    before = [label_values(one) for one in old]
    added = [name for name in labels if not any(name in values for values in before)]
    merged: list[Result] = []
    for place, (result, values) in enumerate(zip(old, before, strict=True)):
        kind = str(result.get("type"))
        names = [name for name in values if name in labels] + (added if place == 0 else [])
        if names and kind == "taxonomy":
            merged.append({**result, "value": {kind: [name.split("/") for name in names]}})
        elif names and kind == "choices":
            merged.append({**result, "value": {**result["value"], kind: names}})
        elif names:
            merged += new[:1]
    return merged


def _like(old: Sequence[Result], new: Result) -> Result:
    """Our result under the name and of the kind of the first one that stood for it."""
    if not old:
        return new
    kind, value = old[0]["type"], new["value"]
    if kind in NUMBERS:
        number = float(value["number"])
        value = {kind: int(number) if number.is_integer() else number}
    return {**old[0], "value": value}


def _by_part(results: Sequence[Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {name: [] for name in _PARTS}
    regions = {str(one["id"]) for one in results if one.get("type") in SPANS and "id" in one}
    for one in results:
        found[_part_of(one, regions=regions)].append(one)
    return found


def _part_of(result: Result, *, regions: Container[str]) -> str:
    """What a result is about; "region" for what is said of a span by itself, "other" for what a text does not have."""
    kind = result.get("type")
    if kind in SPANS:
        return "spans"
    if kind == "relation":
        return "relations"
    if str(result.get("id")) in regions:
        return "region"
    return "labels" if kind in LABELS else "targets" if kind in TEXTS else "rating" if kind in NUMBERS else "other"


def _ends(relation: Result) -> set[str]:
    return {str(relation.get("from_id")), str(relation.get("to_id"))}


def _text_key(record: Mapping[str, Any], text: str) -> str | None:
    data = record.get("data")
    return next((key for key, value in data.items() if value == text), None) if isinstance(data, Mapping) else None
