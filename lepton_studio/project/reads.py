"""The reading half of a project: samples by filter and page, labels, counts, history."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from lepton_studio.language import tr
from lepton_studio.project import answers, history, sources, statistics
from lepton_studio.project.active_time import Worked, sessions
from lepton_studio.project.agreement import Agreement, read_agreement
from lepton_studio.project.answers import Answer
from lepton_studio.project.connection import Connection
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.guidelines import read_guidelines
from lepton_studio.project.history import Decision, HistoryEntry
from lepton_studio.project.in_words import from_json, object_from_json, text_of
from lepton_studio.project.labels import former_labels, read_label, read_labels, rewritten_without
from lepton_studio.project.paging import by_id, page_ids
from lepton_studio.project.queries import selection
from lepton_studio.project.records import (
    AS_ADDED,
    SPLITS,
    Filter,
    Label,
    LabelId,
    Labels,
    Origin,
    Sample,
    SampleId,
    Scale,
    Split,
)
from lepton_studio.project.reviews import ReviewReads
from lepton_studio.project.sample_states import SampleState, sample_states
from lepton_studio.project.scales import read_scale
from lepton_studio.project.sources import ImportProblem, SourceRow
from lepton_studio.project.statistics import DuplicateGroup, Statistics
from lepton_studio.project.suggestion_settings import SuggestionSettings, read_suggestion_settings
from lepton_studio.project.word_index import to_index

EVERYTHING = Filter()
SAMPLE_COLUMNS = "s.id, c.text, s.split, s.value, s.origin, s.skipped, s.flagged, s.note, c.fields, s.draft"
_ROWS_A_PAGE = 1000
_VALUES_KEPT = 1000


def sample_from_row(row: Sequence[object]) -> Sample:
    """The sample in the columns SAMPLE_COLUMNS. Raises ProjectDamaged."""
    id, text, split, value, origin, skipped, flagged, note, fields, draft = row
    text_of(text, note)
    return Sample(
        id=id,  # type: ignore[arg-type]  # the table's types
        text=text,  # type: ignore[arg-type]
        split=split,  # type: ignore[arg-type]
        value=None if value is None else from_json(value),
        origin=origin,  # type: ignore[arg-type]
        skipped=bool(skipped),
        flagged=bool(flagged),
        note=note,  # type: ignore[arg-type]
        fields=object_from_json(fields),
        draft=None if draft is None else from_json(draft),
    )


class Reads(ReviewReads):
    """What can be asked of a project. But for counts, ids and rows of a whole filter, it costs what is shown."""

    _db: Connection

    def labels(self) -> Labels:
        """All labels in the person's order."""
        return read_labels(self._db)

    def label(self, label_id: LabelId) -> Label:
        """One label. Raises NoSuchLabel."""
        return read_label(self._db, label_id)

    def label_named(self, name: str) -> Label | None:
        """The label of this name, letter by letter."""
        return next((label for label in self.labels() if label.name == name), None)

    def former_labels(self) -> Labels:
        """The labels that were merged or deleted, as they were last."""
        return former_labels(self._db)

    def rewritten_without(self, label_id: LabelId) -> list[tuple[object, object | None]]:
        """(before, after) of some annotations from which a merge or a delete took this label."""
        return rewritten_without(self._db, label_id)

    def sample(self, sample_id: SampleId) -> Sample:
        """One sample. Raises NoSuchSample."""
        row = self._db.execute(
            f"SELECT {SAMPLE_COLUMNS} FROM sample s JOIN content c ON c.id = s.id WHERE s.id = ?", (sample_id,)
        ).fetchone()
        if row is None:
            raise NoSuchSample(tr("This sample is no longer in the project."))
        return sample_from_row(row)

    def samples(
        self,
        filter: Filter = EVERYTHING,
        *,
        after: SampleId | None = None,
        before: SampleId | None = None,
        limit: int = 100,
    ) -> list[Sample]:
        """A page in the filter's order: the first, the one that follows `after`, or the one that ends before `before`.

        In another order than that of the ids a sample that is gone has no place: nothing follows it.
        """
        if before is not None:
            return self._page(filter, before, backwards=True, limit=limit)[::-1]
        return self._page(filter, after, limit=limit)

    def further_copies(self) -> tuple[SampleId, ...]:
        """The samples whose text stands in the project before, but for the one of each text to keep.

        Kept is one that has an annotation, else one that is begun, else the first. Texts that are annotated in two
        ways stay all: which is right only a person can say.
        """
        rows = self._db.execute(
            """SELECT id FROM (
                   SELECT s.id, row_number() OVER (
                              PARTITION BY s.text_hash ORDER BY s.value IS NULL, s.draft IS NULL, s.id) AS place,
                          min(s.value) OVER whole IS NOT max(s.value) OVER whole AS contrary
                   FROM sample s WHERE s.text_hash IN (SELECT text_hash FROM repeated)
                   WINDOW whole AS (PARTITION BY s.text_hash))
               WHERE place > 1 AND NOT contrary ORDER BY id"""
        )
        return tuple(id for (id,) in rows)

    def next_sample(self, filter: Filter = EVERYTHING, *, after: SampleId | None = None) -> Sample | None:
        """The first sample of the filter behind `after`."""
        return next(iter(self.samples(filter, after=after, limit=1)), None)

    def previous_sample(self, filter: Filter = EVERYTHING, *, before: SampleId | None = None) -> Sample | None:
        """The last sample of the filter in front of `before`, or the last of all."""
        return next(iter(self._page(filter, before, backwards=True, limit=1)), None)

    def sample_ids(self, filter: Filter = EVERYTHING) -> array[int]:
        """All ids of the filter, ascending; 8 bytes each."""
        chosen = selection(self._db, filter)
        rows = self._db.execute(
            f"SELECT {chosen.key} FROM {chosen.source} WHERE {chosen.condition} ORDER BY {chosen.key}", chosen.values
        )
        return array("q", (id for (id,) in rows))

    def usual_length(self) -> int:
        """Nine of ten texts have no more characters than this; 0 without samples."""
        skipped = max(0, self.count() * 9 // 10 - 1)
        return int(
            self._db.value("SELECT ifnull((SELECT length FROM sample ORDER BY length LIMIT 1 OFFSET ?), 0)", (skipped,))
        )

    def count(self, filter: Filter = EVERYTHING) -> int:
        """How many samples the filter holds."""
        if replace(filter, order=AS_ADDED) == EVERYTHING:
            return int(self._db.value("SELECT total(samples) FROM split_tally"))
        chosen = selection(self._db, filter)
        return int(self._db.value(f"SELECT count(*) FROM {chosen.source} WHERE {chosen.condition}", chosen.values))

    def all_rows(self, filter: Filter = EVERYTHING) -> Iterator[Sample]:
        """Every sample of the filter by id, read in pages as it goes. Inside `snapshot` they are of one state."""
        filter, after = replace(filter, order=AS_ADDED), None
        while page := self.samples(filter, after=after, limit=_ROWS_A_PAGE):
            yield from page
            after = page[-1].id

    def seconds_by_length(self, *, limit: int) -> list[tuple[int, float]]:
        """(characters of the text, seconds) of the newest decisions of which it is known how long they took."""
        return history.seconds_by_length(self._db, limit=limit)

    def decided_by_hand(self) -> list[SampleId]:
        """The samples that a person annotated one by one, in the order in which that was done first."""
        return history.decided_by_hand(self._db)

    def annotations(self, filter: Filter = EVERYTHING) -> Iterator[tuple[SampleId, object | None, Origin | None]]:
        """(id, value, where it came from) of each sample of the filter, ascending. Reads no texts."""
        chosen = selection(self._db, filter)
        rows = self._db.execute(
            f"SELECT s.id, s.value, s.origin FROM {chosen.source} WHERE {chosen.condition} ORDER BY {chosen.key}",
            chosen.values,
        )
        for id, value, origin in rows:
            yield id, None if value is None else from_json(value), origin

    def decided(self, filter: Filter = EVERYTHING) -> Iterator[tuple[SampleId, object | None, Split | None]]:
        """(id, value, split) of each sample of the filter, ascending. Equal values are one object; reads no texts."""
        chosen = selection(self._db, filter)
        rows = self._db.execute(
            f"SELECT s.id, s.value, s.split FROM {chosen.source} WHERE {chosen.condition} ORDER BY {chosen.key}",
            chosen.values,
        )
        known: dict[str | None, object | None] = {None: None}
        for id, value, split in rows:
            if value not in known:
                if len(known) > _VALUES_KEPT:
                    known = {None: None}
                known[value] = from_json(value)
            yield id, known[value], split

    def labelled_rows(self, split: Split | None = None) -> Iterator[Sample]:
        """Every labelled sample of a split, or of all."""
        return self.all_rows(Filter(state="labelled", split=split))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside see one state of the project, whoever writes meanwhile through another connection."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK")

    def ended_when(self, asked: Callable[[], bool]) -> AbstractContextManager[None]:
        """End what is read inside as soon as `asked` says so. Raises ReadingEnded."""
        return self._db.ended_when(asked)

    def label_counts(self, *, split: Split | None = None) -> dict[LabelId, int]:
        """How many samples carry each label, in the person's order; of one split, or of all samples."""
        return dict(
            self._db.execute(
                """SELECT l.id, ifnull(sum(t.samples), 0)
                   FROM label l LEFT JOIN label_tally t ON t.label = l.id AND (?1 IS NULL OR t.split = ?1)
                   GROUP BY l.id ORDER BY l.position, l.id""",
                (split,),
            )
        )

    def split_counts(self) -> dict[Split | None, int]:
        """How many samples each split has; None for those without."""
        return self._tally("samples")

    def labelled_split_counts(self) -> dict[Split | None, int]:
        """How many labelled samples each split has."""
        return self._tally("labelled")

    def affected_by_label(self, label_id: LabelId) -> int:
        """How many annotations a merge or a delete of this label would change."""
        return int(self._db.value("SELECT total(samples) FROM label_tally WHERE label = ?", (label_id,)))

    def samples_with_both(self, label_id: LabelId, other_id: LabelId) -> int:
        """How many samples have two labels at once."""
        return int(
            self._db.value(
                """SELECT count(*) FROM annotation_label a
                   JOIN annotation_label b ON b.sample = a.sample AND b.label = ? WHERE a.label = ?""",
                (other_id, label_id),
            )
        )

    def statistics(self) -> Statistics:
        """Counts, lengths, duplicates, leaks and conflicts."""
        return statistics.statistics(self._db)

    def duplicate_groups(
        self, *, leaks_only: bool = False, conflicts_only: bool = False, limit: int = 100
    ) -> list[DuplicateGroup]:
        """Identical texts; only those in several splits, or only those with different labels, when asked."""
        return statistics.duplicate_groups(self._db, leaks_only=leaks_only, conflicts_only=conflicts_only, limit=limit)

    def text_hashes(self, filter: Filter = EVERYTHING) -> Iterator[tuple[SampleId, int, Split | None]]:
        """(id, what identifies its text, split) of each sample; see `connection.text_hash`. Reads no texts."""
        chosen = selection(self._db, filter)
        rows = self._db.execute(
            f"SELECT s.id, s.text_hash, s.split FROM {chosen.source} WHERE {chosen.condition} ORDER BY {chosen.key}",
            chosen.values,
        )
        yield from rows

    @property
    def texts_to_index(self) -> int:
        """About how many texts the index of words lacks; a search reads all texts until there are none."""
        return to_index(self._db)

    def scale(self) -> Scale | None:
        """The scale of the ratings; None where nobody has said it and no file has shown it."""
        return read_scale(self._db)

    def guidelines(self) -> str:
        """The page that says how to label, in Markdown; "" where nothing is written."""
        return read_guidelines(self._db)

    def agreement(self) -> Agreement:
        """How often people agreed with suggestions, in view and hidden."""
        return read_agreement(self._db)

    def suggestion_settings(self) -> SuggestionSettings:
        """Which source suggests, and how much is hidden."""
        return read_suggestion_settings(self._db)

    def identities(self) -> Iterator[tuple[SampleId, int, str]]:
        """(id, what identifies its text, the id that it has in its file or "") of each sample, the oldest first."""
        yield from self._db.execute(
            """SELECT s.id, s.text_hash, ifnull(json_extract(c.fields, '$.id'), '')
               FROM sample s JOIN content c ON c.id = s.id ORDER BY s.id"""
        )

    def source_row(self, sample_id: SampleId) -> SourceRow:
        """The untouched row that a sample came from. Raises NoSuchSample."""
        return sources.source_row(self._db, sample_id)

    def import_problems(self) -> list[ImportProblem]:
        """The rows that the last import could not read."""
        return sources.last_problems(self._db)

    def history(self, *, before: int | None = None, limit: int = 100) -> list[HistoryEntry]:
        """Changes, the newest first, undone ones included; `before` is the id that the last page ended with."""
        return history.entries(self._db, before=before, limit=limit)

    def history_position(self) -> int:
        """The id of the last change that holds; 0 before the first."""
        return history.position(self._db)

    def decisions(self, sample_id: SampleId) -> list[Decision]:
        """All that was ever decided on a sample, the oldest first."""
        return history.decisions(self._db, sample_id)

    def answers(self, sample_id: SampleId | None = None) -> Iterator[Answer]:
        """What each person decided last on one sample, or on all; see `answers.last_answers`."""
        return answers.last_answers(self._db, sample_id)

    def people(self) -> list[str]:
        """Everybody who decided something in this project, or in a copy that was merged into it, by name."""
        return answers.people(self._db)

    def identity(self) -> str:
        """What a project and its copies have in common, and no other project has."""
        found = dict(self._db.execute("SELECT key, value FROM meta WHERE key IN ('uid', 'created')"))
        return str(found.get("uid") or found.get("created") or "")  # older versions gave no uid

    def known_moments(self) -> Iterator[tuple[SampleId, str, str]]:
        """(sample, at, who) of everything that was ever decided, undone or not."""
        return answers.known_moments(self._db)

    def removed_samples(self) -> set[tuple[SampleId, int]]:
        """(id, what identifies its text) of the samples that were taken out of the project."""
        return answers.removed_samples(self._db)

    def former_names(self) -> dict[LabelId, set[str]]:
        """What each label was called before."""
        return answers.former_names(self._db)

    def sample_states(self, sample_id: SampleId) -> list[SampleState]:
        """What a sample was after each change that touched it, the oldest first; see `sample_states`."""
        return sample_states(self._db, sample_id)

    def sessions(self) -> list[Worked]:
        """Every stretch of work without a pause, the oldest first; reads the whole log."""
        return sessions(self._db)

    def annotated_at(self, samples: Iterable[SampleId]) -> dict[SampleId, str]:
        """When each of some samples was annotated last (ISO 8601, UTC); without those that have no annotation."""
        return history.annotated_at(self._db, samples)

    def next_undo(self) -> HistoryEntry | None:
        """The change that `undo` would take back."""
        return history.next_undo(self._db)

    def next_redo(self) -> HistoryEntry | None:
        """The change that `redo` would do again."""
        return history.next_redo(self._db)

    def undo_name(self) -> str | None:
        """What `undo` would take back."""
        entry = self.next_undo()
        return None if entry is None else entry.name

    def redo_name(self) -> str | None:
        """What `redo` would do again."""
        entry = self.next_redo()
        return None if entry is None else entry.name

    def _page(self, filter: Filter, edge: SampleId | None, *, backwards: bool = False, limit: int) -> list[Sample]:
        """From one end, or from `edge`, on towards the other."""
        if not filter.by_id:  # the ids first: a sort is not to carry the texts along
            ids = page_ids(self._db, filter, behind=edge, backwards=backwards, limit=limit)
            return [self.sample(id) for id in ids]
        upwards = filter.order.descending is backwards
        chosen = by_id(self._db, filter)
        sign, way = (">", "ASC") if upwards else ("<", "DESC")
        behind, values = ("", chosen.values) if edge is None else (f"AND {chosen.key} {sign} ?", (*chosen.values, edge))
        rows = self._db.execute(
            f"""SELECT {SAMPLE_COLUMNS} FROM {chosen.source} CROSS JOIN content c ON c.id = s.id
                WHERE {chosen.condition} {behind} ORDER BY {chosen.key} {way} LIMIT ?""",
            (*values, limit),
        )
        return [sample_from_row(row) for row in rows]

    def _tally(self, column: str) -> dict[Split | None, int]:
        found = dict(self._db.execute(f"SELECT split, {column} FROM split_tally"))
        return {split: found.get(split or "", 0) for split in (*SPLITS, None)}
