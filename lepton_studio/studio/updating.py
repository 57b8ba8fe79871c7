"""An edited export that comes back: which sample of the project each of its rows is, and what it changes there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_studio.formats import Row
from lepton_studio.language import tr
from lepton_studio.project.records import LabelId, Sample, SampleId, Split
from lepton_studio.studio.naming import Taken

if TYPE_CHECKING:
    from lepton_studio.project.change import Change
    from lepton_studio.project.project import Project


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a row of a file changes of the sample that it is; None and "": nothing. `before` is the sample's value.

    `value` and `labels` are as in `Taken`.
    """

    sample: SampleId
    source: str
    row: int
    before: object | None = None
    value: object | None = None
    labels: tuple[LabelId, ...] = ()
    split: Split | None = None
    note: str = ""
    skip: bool = False

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return self.value is not None or self.split is not None or bool(self.note) or self.skip


class Known:
    """The samples of a project as rows of a file find them: each only once, the oldest first.

    A row is the sample of its id and its text; where one of the two has no id, that of its text.
    """

    def __init__(self, project: Project) -> None:
        self._by_both: dict[tuple[str, int], deque[SampleId]] = {}
        self._by_text: dict[int, deque[tuple[SampleId, str]]] = {}
        self._ids: set[str] = set()
        self._ids_used: set[str] = set()
        self._used: set[SampleId] = set()
        for sample, text, id in project.identities():
            self._by_both.setdefault((id, text), deque()).append(sample)
            self._by_text.setdefault(text, deque()).append((sample, id))
            self._ids.add(id)
        self._ids.discard("")

    def why_not(self, id: str) -> str:
        """Why a row with this id that is no sample of the project is no new one either; "" where it is one."""
        if id in self._ids_used:
            return tr("An earlier row has the same id ({id}), so this one was not imported.", id=id)
        if id in self._ids:
            return tr("The sample with the id {id} has a different text and was left unchanged.", id=id)
        return ""

    def sample_of(self, row: Row, text: int) -> SampleId | None:
        """The sample that the row is, which no other row is then; None for a new one. `text`: see `text_hash`."""
        same = self._by_both.get((row.id, text))
        if same:
            found = same.popleft()
        else:
            others = self._by_text.get(text, deque())
            while others and others[0][0] in self._used:
                others.popleft()
            free = (one for one, id in others if one not in self._used and not (id and row.id))
            found = next(free, 0)
        if not found:
            return None
        self._used.add(found)
        if row.id:
            self._ids_used.add(row.id)
        return found


def what_changes(sample: Sample, row: Row, taken: Taken) -> RowChange | None:
    """What the row says otherwise than the sample is; None for nothing. What a row leaves blank stays as it is."""
    value = taken.value if taken.value != sample.value else None
    split = row.split if row.split != sample.split else None
    note = row.note.strip() if row.note.strip() != sample.note else ""
    skip = row.skipped and not sample.skipped
    labels = taken.labels if value is not None else ()
    return RowChange(sample.id, row.source, row.row, sample.value, value, labels, split, note, skip) or None


def apply(change: Change, updates: list[RowChange]) -> None:
    """Write what rows change, as part of an open change."""
    labelled = [(one.sample, one.value, one.labels) for one in updates if one.value is not None]
    if labelled:
        change.annotate_many(labelled, origin="import")
    if splits := {one.sample: one.split for one in updates if one.split is not None}:
        change.assign_splits(splits)
    for one in updates:
        if one.note:
            change.note(one.sample, one.note)
        if one.skip:
            change.skip(one.sample)
