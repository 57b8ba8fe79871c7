"""A page of a filter in its order: which samples, found along an index or, where they are few, sorted."""

from __future__ import annotations

from collections.abc import Sequence

from lepton_studio.project.connection import Connection
from lepton_studio.project.orders import Stretch, steps, stretches
from lepton_studio.project.queries import Selection, score_range, selection, selections
from lepton_studio.project.records import Filter, SampleId

_FEW = 10_000
"""So many samples are sorted sooner than an index is walked along until a page of them is found."""


def by_id(db: Connection, filter: Filter) -> Selection:
    """The samples of a filter in the order of their ids."""
    said = filter.suggested
    is_narrow = filter.has_more or (said is not None and said.there and said.has_range)
    few = _few(db, filter) if is_narrow else None
    return few or selection(db, filter)


def page_ids(
    db: Connection, filter: Filter, *, behind: SampleId | None = None, backwards: bool = False, limit: int
) -> list[SampleId]:
    """The samples of a page in an order that is not that of the ids: the first, or the one behind a sample.

    `backwards`: from the end, or from that sample on, to the beginning.
    """
    if filter.order.key == "given":
        return _as_given(db, filter, behind=behind, backwards=backwards)[:limit]
    few = _few(db, filter)
    found: list[SampleId] = []
    for stretch in stretches(db, filter.order, behind=behind, backwards=backwards):
        if len(found) < limit and not _is_empty(filter, stretch):
            sql, values = _sorted(few, stretch) if few is not None else _walked(db, filter, stretch)
            found += (id for (id,) in db.execute(f"{sql} LIMIT ?", (*values, limit - len(found))))
    return found


def _as_given(db: Connection, filter: Filter, *, behind: SampleId | None, backwards: bool) -> list[SampleId]:
    """All of them from the edge on; a sample that is not in the filter any more still has its place."""
    given = [*(filter.ids or ())]
    way = -1 if filter.order.descending is not backwards else 1
    given = given[::way]
    if behind is not None:
        given = given[given.index(behind) + 1 :] if behind in given else []
    chosen = selection(db, filter)
    fits = {
        id for (id,) in db.execute(f"SELECT {chosen.key} FROM {chosen.source} WHERE {chosen.condition}", chosen.values)
    }
    return [one for one in given if one in fits]


def _few(db: Connection, filter: Filter) -> Selection | None:
    """The way to find the samples of the filter among few; None where each way leads through many."""
    *narrower, through_all = selections(db, filter)
    for one in narrower:
        condition, values = one.entered
        counted = f"SELECT count(*) FROM (SELECT 1 FROM {one.source} WHERE {condition} LIMIT ?)"
        if db.value(counted, (*values, _FEW + 1)) <= _FEW:
            return one
    return through_all if filter.ids is not None and len(filter.ids) <= _FEW else None


def _is_empty(filter: Filter, stretch: Stretch) -> bool:
    """Whether the filter asks for what has no key and the stretch for what has one, or the other way round: to look
    for it would lead through all.
    """
    order, said = filter.order, filter.suggested
    if order.key == "time":
        return filter.state == "unlabelled" and not stretch.bare
    if said is None or said.by != order.by:
        return False
    return not stretch.bare if not said.there else stretch.bare and said.has_range and order.key == "score"


def _sorted(few: Selection, stretch: Stretch) -> tuple[str, Sequence[object]]:
    """All samples of the selection, sorted."""
    condition, terms, values = steps(stretch)
    walk = stretch.walk
    joined = "" if stretch.bare or walk.of_sample else f" CROSS JOIN {walk.source} ON {walk.id} = s.id"
    sql = f"SELECT s.id FROM {few.source}{joined} WHERE {few.condition} AND {condition} ORDER BY {terms}"
    return sql, (*few.values, *values)


def _walked(db: Connection, filter: Filter, stretch: Stretch) -> tuple[str, Sequence[object]]:
    """Along the index of the order; those without a key along the index of the filter."""
    condition, terms, values = steps(stretch)
    said = filter.suggested
    walk, chosen = stretch.walk, selection(db, filter) if stretch.bare else selections(db, filter)[-1]
    source = chosen.source
    if stretch.bare:
        condition, terms = (part.replace("s.id", chosen.key) for part in (condition, terms))
    elif not walk.of_sample:
        source = f"{walk.source} CROSS JOIN sample s ON s.id = {walk.id}"
        if said is not None and said.by == filter.order.by and said.there and said.has_range:
            of_range, more = score_range("p", said)
            condition, values = f"{condition} AND {of_range}", (*values, *more)
    sql = f"SELECT s.id FROM {source} WHERE {chosen.condition} AND {condition} ORDER BY {terms}"
    return sql, (*chosen.values, *values)
