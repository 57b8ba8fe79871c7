"""The results of one Label Studio annotation as marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lepton_studio.formats.tables.json_objects import JsonObject
from lepton_studio.project.marks import Marks, RelationMark, SpanMark

T = TypeVar("T")
Result = Mapping[str, Any]

UNNAMED_RELATION = "related"
"""The label of a relation that has none."""
SPANS = frozenset({"labels", "hypertextlabels", "paragraphlabels"})
LABELS = frozenset({"choices", "taxonomy", "pairwise", "dateTime"})
TEXTS, NUMBERS = frozenset({"textarea"}), frozenset({"rating", "number"})
"""The types of result that say each part of the marks; "relation" says relations."""
EVERY_KIND = SPANS | LABELS | {"relation"}


@dataclass(slots=True)
class _Found:
    """Marks as they are gathered; `places` maps the id of a region to its spans."""

    labels: list[str] = field(default_factory=list)
    spans: list[SpanMark] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)
    relations: list[RelationMark] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    rating: float | None = None
    left: Counter[str] = field(default_factory=Counter)


def annotations_of(task: JsonObject) -> list[Mapping[str, Any]]:
    """The annotations of a task, under their name of today or that of old files."""
    found = task.get("annotations") or task.get("completions")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def results_of(annotation: Mapping[str, Any]) -> list[Result]:
    """What an annotation says."""
    found = annotation.get("result")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _type(result: Result) -> str:
    return str(result.get("type"))


def kinds_in(objects: Sequence[JsonObject]) -> frozenset[str]:
    """The types of result that the annotations of these tasks use: what another annotation lacks, it says there is
    none of."""
    return frozenset(
        _type(result) for task in objects for annotation in annotations_of(task) for result in results_of(annotation)
    )


def chosen_annotation(annotations: Sequence[Mapping[str, Any]]) -> int | None:
    """The place of the newest annotation that was submitted; None where all were cancelled."""
    submitted = [
        place for place, one in enumerate(annotations) if not one.get("was_cancelled") and not one.get("skipped")
    ]
    return max(submitted, key=lambda place: (_when(annotations[place]), place), default=None)


def _when(annotation: Mapping[str, Any]) -> str:
    """ISO times sort as text; old files count seconds, which sort before."""
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")


def label_values(result: Result) -> list[str]:
    """The labels that a result of a whole text says."""
    return [str(one) for one in _said(_type(result), _value(result)) or ()]


def marks_in(results: Sequence[Result], kinds: frozenset[str]) -> tuple[Marks, Counter[str]]:
    """The marks, offsets in UTF-16 units as they stand, and how many results of each type were left out."""
    found = _Found()
    for result in results:
        if _type(result) in SPANS:
            _span(found, result)
    for result in results:
        if _type(result) == "relation":
            _relation(found, result)
        elif _type(result) not in SPANS:
            _whole(found, result)
    used = {_type(result) for result in results} | kinds
    marks = Marks(
        labels=tuple(dict.fromkeys(found.labels)) if used & LABELS else None,
        spans=_unless_left(found.spans, found, SPANS) if used & SPANS else None,
        relations=_unless_left(found.relations, found, {"relation"}) if "relation" in used else None,
        targets=tuple(found.targets) if found.targets else None,
        rating=found.rating,
    )
    return marks, found.left


def _unless_left(kept: Sequence[T], found: _Found, kinds: Set[str]) -> tuple[T, ...] | None:
    """What was kept of these kinds; None where all of it was left out, so that nothing is known of them."""
    return tuple(kept) if kept or not kinds & found.left.keys() else None


def _span(found: _Found, result: Result) -> None:
    value = _value(result)
    whole = value.get("globalOffsets")
    offsets = whole if isinstance(whole, dict) else value
    start, end = offsets.get("start"), offsets.get("end")
    names = value.get("labels") or value.get(_type(result)) or ()
    if not isinstance(start, int) or not isinstance(end, int) or not names:
        found.left[_type(result)] += 1
        return
    identity = str(result.get("id") or "")
    quote = value.get("text")
    for name in names:
        found.places.setdefault(identity, []).append(len(found.spans))
        words = quote.replace("\\n", "\n") if isinstance(quote, str) else ""
        score = result.get("score")
        found.spans.append(
            SpanMark(
                start, end, str(name), words, identity, float(score) if isinstance(score, (int, float)) else None, {}
            )
        )


def _relation(found: _Found, result: Result) -> None:
    head = found.places.get(str(result.get("from_id")))
    tail = found.places.get(str(result.get("to_id")))
    if not head or not tail:
        found.left["relation"] += 1
        return
    direction = result.get("direction", "right")
    pairs = {"left": [(tail[0], head[0])], "bi": [(head[0], tail[0]), (tail[0], head[0])]}
    for name in result.get("labels") or [UNNAMED_RELATION]:
        for pair in pairs.get(direction, [(head[0], tail[0])]):
            found.relations.append(RelationMark(*pair, str(name)))


def _whole(found: _Found, result: Result) -> None:
    """What is said of the whole text, or of a region by its id."""
    kind, value = _type(result), _value(result)
    said = _said(kind, value)
    if said is None:
        found.left[kind] += 1
        return
    region = found.places.get(str(result.get("id") or ""))
    if region:
        name = str(result.get("from_name") or kind)
        for place in region:
            span = found.spans[place]
            about = {**span.attributes, name: ", ".join(map(str, said))}
            found.spans[place] = SpanMark(span.start, span.end, span.label, span.quote, span.id, span.score, about)
    elif kind in LABELS:
        found.labels += map(str, said)
    elif kind in TEXTS:
        found.targets += map(str, said)
    else:
        found.rating = float(said[0])


def _said(kind: str, value: Result) -> list[Any] | None:
    """What a value says, as a list; None for kinds that a text does not have."""
    if kind == "choices":
        return list(value.get("choices") or ())
    if kind == "taxonomy":
        return ["/".join(map(str, path)) for path in value.get("taxonomy") or ()]
    if kind == "pairwise":
        return [value["selected"]] if value.get("selected") else None
    if kind == "textarea":
        text = value.get("text")
        return [text] if isinstance(text, str) else list(text or ())
    if kind in NUMBERS:
        number = value.get(kind)
        return [number] if isinstance(number, (int, float)) else None
    return None


def _value(result: Result) -> Mapping[str, Any]:
    value = result.get("value")
    return value if isinstance(value, dict) else {}
