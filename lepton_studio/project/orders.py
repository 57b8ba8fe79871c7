"""In which order samples are read: by which column, along which index, page by page behind the last one of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lepton_studio.project.connection import Connection
from lepton_studio.project.fields import has_path, index_name, sort_key
from lepton_studio.project.records import Order, OrderKey, SampleId

# The last decision that holds, and it gave an annotation.
_DECIDED = """d.after IS NOT NULL AND d.id = (
    SELECT max(l.id) FROM decision l JOIN entry e ON e.id = l.entry WHERE l.sample = d.sample AND e.undone IS NULL)"""


@dataclass(frozen=True, slots=True)
class Walk:
    """`key` and the sample's `id` in the tables of `source`, to which samples `s` are joined by `id`.

    `condition` with `values` chooses its rows: those that have the key.
    """

    source: str
    key: str
    id: str
    condition: str = "true"
    values: tuple[object, ...] = ()

    @property
    def of_sample(self) -> bool:
        """Whether the key is a column of the sample itself."""
        return self.id == "s.id"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of the rows in their order: those of the walk, or (`bare`) those of samples without a key.

    `behind`: the key, or None, and the id of the sample to start behind.
    """

    walk: Walk
    bare: bool
    descending: bool
    behind: tuple[object, SampleId] | None = None


_COLUMNS: dict[OrderKey, str] = {
    "length": "length",
    "labels": "labels",
    "split": "split",
    "twins": "text_hash",
}


def walk_of(order: Order) -> Walk:
    """How to walk through the samples in this order, which is not that of their ids."""
    if order.key in _COLUMNS:
        return Walk("sample s", f"s.{_COLUMNS[order.key]}", "s.id", f"s.{_COLUMNS[order.key]} IS NOT NULL")
    if order.key == "time":
        return Walk("decision d", "d.id", "d.sample", _DECIDED)
    if order.key == "marks":
        return Walk("sample s", _marks("s."), "s.id", f"{_marks('s.')} IS NOT NULL")
    if order.key == "suggestion":
        return Walk("prediction p", "p.labels", "p.sample", "p.predictor = ?", (order.by,))
    if order.key == "field":
        key = sort_key(order.field)
        return Walk("content w", key, "w.id", f"{key} IS NOT NULL")
    judged = " AND p.split IS NOT NULL" if order.key == "quality" else ""
    condition = f"p.predictor = ? AND p.{order.key} IS NOT NULL{judged}"
    return Walk("prediction p", f"p.{order.key}", "p.sample", condition, (order.by,))


def index_of(order: Order) -> tuple[str, str] | None:
    """(name, table and columns) of the index that the order is walked along and that is made when it is first asked
    for; None where there always is one. A field without a path has none.
    """
    if order.key == "field" and has_path(order.field):
        return index_name("sort", order.field), f"content ({sort_key(order.field, '')})"
    made = {"marks": f"sample ({_marks('')})", "suggestion": "prediction (predictor, labels, sample)"}
    return (f"order_by_{order.key}", made[order.key]) if order.key in made else None


def _marks(row: str) -> str:
    return f"({row}flagged * 4 + {row}skipped * 2 + ({row}note <> ''))"


def stretches(
    db: Connection, order: Order, *, behind: SampleId | None = None, backwards: bool = False
) -> Sequence[Stretch]:
    """What gives the rows, one after another; () behind a sample that is gone. `backwards`: from the end on.

    Samples that have no key are a stretch of their own, so that each is walked along an index. Those without what the
    order asks for come last, but by their own columns they come first where it ascends.
    """
    walk = walk_of(order)
    descending = order.descending is not backwards
    keyed, bare = Stretch(walk, False, descending), Stretch(walk, True, descending)
    bare_first = (walk.of_sample and not order.descending) is not backwards
    both = [bare, keyed] if bare_first else [keyed, bare]
    if behind is None:
        return both
    if db.value("SELECT 1 FROM sample WHERE id = ?", (behind,)) is None:
        return ()
    key = db.value(
        f"SELECT {walk.key} FROM {walk.source} WHERE {walk.id} = ? AND {walk.condition}", (behind, *walk.values)
    )
    at = both.index(keyed if key is not None else bare)
    return [replace(both[at], behind=(key, behind)), *both[at + 1 :]]


def steps(stretch: Stretch) -> tuple[str, str, tuple[object, ...]]:
    """(condition, terms of ORDER BY, values of the condition) of a stretch, on its walk and samples `s`."""
    walk = stretch.walk
    sign, way = ("<", "DESC") if stretch.descending else (">", "ASC")
    if stretch.bare:
        condition, values = _bare(walk)
        if stretch.behind is not None:
            condition, values = f"{condition} AND s.id {sign} ?", (*values, stretch.behind[1])
        return condition, f"s.id {way}", values
    terms = f"{walk.key} {way}, {walk.id} {way}"
    if stretch.behind is None:
        return walk.condition, terms, walk.values
    return f"{walk.condition} AND ({walk.key}, {walk.id}) {sign} (?, ?)", terms, (*walk.values, *stretch.behind)


def _bare(walk: Walk) -> tuple[str, tuple[object, ...]]:
    if walk.of_sample:
        return f"{walk.key} IS NULL", ()
    there = f"SELECT 1 FROM {walk.source} WHERE {walk.id} = s.id AND {walk.condition}"
    return f"NOT EXISTS ({there})", walk.values
