"""Rows that repeat their text, once for each label or question, as one sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lepton_studio.formats.base import Problem, Row
from lepton_studio.language import tr
from lepton_studio.project.marks import MEDIA, QUESTION, SECOND_TEXT, Marks

Key = tuple[str, str, str]


@dataclass(slots=True)
class _Waiting:
    """A sample that more rows belong to."""

    rows: list[Row]
    left: int


def folded(rows: Callable[[], Iterator[Row | Problem]]) -> Iterator[Row | Problem]:
    """The rows with those of the same text (and second text) made one; `rows` is gone through twice.

    A sample keeps the row number, id and source of its first row; what further rows say differently in an extra field
    is joined by "; ". Holds only samples that are not complete yet, and a hash of each text.
    """
    counts = Counter(hash(_key(row)) for row in rows() if isinstance(row, Row))
    waiting: dict[Key, _Waiting] = {}
    for row in rows():
        if isinstance(row, Problem):
            yield row
            continue
        key = _key(row)
        if counts[hash(key)] == 1:
            yield row
            continue
        held = waiting.setdefault(key, _Waiting([], counts[hash(key)]))
        held.rows.append(row)
        held.left -= 1
        if not held.left:
            del waiting[key]
            yield one_of(held.rows)
    for held in waiting.values():  # only where two texts share a hash
        yield one_of(held.rows)


def one_of(rows: list[Row]) -> Row:
    """One sample of rows with the same text."""
    first, *others = rows
    if not others:
        return first
    fields = dict(first.fields)
    for row in others:
        for name, value in row.fields.items():
            joiner = "\n" if name == QUESTION else "; "
            if name not in fields:
                fields[name] = value
            elif value not in fields[name].split(joiner):
                fields[name] += joiner + value
    splits = {row.split for row in rows}
    remarks = list(dict.fromkeys(row.remark for row in rows if row.remark))
    if len(splits) > 1:
        remarks.append(tr("Its rows are in several splits; the first one is used."))
    return replace(
        first,
        marks=_union([row.marks for row in rows]),
        fields=fields,
        raw=[row.raw for row in rows],
        remark=" ".join(remarks),
        skipped=all(row.skipped for row in rows),
    )


def _key(row: Row) -> Key:
    return row.text, row.fields.get(SECOND_TEXT, ""), row.fields.get(MEDIA, "")


def _union(all_marks: list[Marks]) -> Marks:
    """What any of them says. Relations stay with the spans of the row they are of."""
    spans, relations = [], []
    for marks in all_marks:
        places = []
        for span in marks.spans or ():
            if span not in spans:
                spans.append(span)
            places.append(spans.index(span))
        for one in marks.relations or ():
            moved = replace(one, head=places[one.head], tail=places[one.tail])
            if moved not in relations:
                relations.append(moved)
    ratings = [marks.rating for marks in all_marks if marks.rating is not None]

    def joined(name: str) -> tuple[object, ...] | None:
        said = [getattr(marks, name) for marks in all_marks if getattr(marks, name) is not None]
        return tuple(dict.fromkeys(one for some in said for one in some)) if said else None

    return Marks(
        labels=joined("labels"),  # type: ignore[arg-type]
        spans=tuple(spans) if any(marks.spans is not None for marks in all_marks) else None,
        relations=tuple(relations) if any(marks.relations is not None for marks in all_marks) else None,
        questions=joined("questions"),  # type: ignore[arg-type]
        targets=joined("targets"),  # type: ignore[arg-type]
        rating=sum(ratings) / len(ratings) if ratings else None,
        rejected=joined("rejected") or (),  # type: ignore[arg-type]
    )
