"""The writing half of a project: decisions, marks, splits and labels. The same methods on a project and on a change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager

from lepton_studio.language import tr
from lepton_studio.project import labels as label_list
from lepton_studio.project.changes import Changes
from lepton_studio.project.connection import Connection, storable, to_json
from lepton_studio.project.decisions import decide, decide_many, remove_samples
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.history import Step
from lepton_studio.project.labels import Relabel, check_labels, read_label
from lepton_studio.project.records import LabelId, Offered, Origin, SampleId, Split
from lepton_studio.project.reviews import ReviewAnswer, ReviewKind, write_review
from lepton_studio.project.sample_states import SampleState, write_state

Row = tuple[SampleId, object | None, tuple[LabelId, ...]]
"""What is decided of one of many samples: its value, as the task's JSON, and the label ids in it."""


class Writes(ABC):
    """Every method is one step of the history, or part of the change that it is called on, and says what it touched.

    All of them raise NoSuchSample or NoSuchLabel for an id that is not there (any more).
    """

    _db: Connection

    @abstractmethod
    def _step(self, name: str) -> AbstractContextManager[Step]:
        """The step that a write belongs to: one of its own, or that of the open change."""

    def annotate(
        self,
        sample_id: SampleId,
        value: object | None,
        *,
        labels: tuple[LabelId, ...] = (),
        origin: Origin = "manual",
        seconds: float | None = None,
        draft: object | None = None,
        split: Split | None = None,
        offered: Offered | None = None,
        name: str = "",
    ) -> Changes:
        """Decide on a sample; a value of None clears the annotation. It is no longer skipped then.

        `labels` are the label ids in the value, for counts and filters; `seconds` is how long the person took. `draft`:
        an annotation that is begun and not done, with a value of None: it is kept, and the sample stays to label.
        `split`: where the sample belongs from now on, unless it belongs somewhere already. `offered`: what was
        suggested to who decided.
        """
        check_labels(self._db, labels)
        with self._step(name or self._annotation_name(value, labels)) as step:
            decide(
                step,
                sample_id,
                value=value,
                labels=labels,
                origin=origin,
                seconds=seconds,
                draft=draft,
                offered=offered,
            )
            if split is not None and self._db.value("SELECT split FROM sample WHERE id = ?", (sample_id,)) is None:
                self._set(step, sample_id, column="split", value=split)
        return step.changes

    def annotate_many(
        self,
        rows: Iterable[Row],
        *,
        origin: Origin = "bulk",
        split: Split | None = None,
        name: str = "",
    ) -> Changes:
        """Decide on many samples at once: (sample, value, labels) each. `split` is as in `annotate`."""
        with self._step(name or tr("Label many samples")) as step, self._db.widened():
            decide_many(step, self._with_known_labels(rows), origin=origin, split=split)
        return step.changes

    def review(
        self,
        answers: Iterable[ReviewAnswer],
        *,
        kind: ReviewKind,
        origin: Origin = "manual",
        seconds: float | None = None,
        name: str = "",
    ) -> Changes:
        """Keep what a person says of samples that were looked at again, and give them the values answered.

        `seconds` is how long the person took for each. Of the kind "again" the samples stay as they are.
        """
        with self._step(name or tr("Review")) as step:
            for answer in answers:
                check_labels(self._db, answer.labels)
                write_review(step, answer, kind=kind, origin=origin, seconds=seconds)
        return step.changes

    def bring_back(self, sample_id: SampleId, state: SampleState) -> Changes:
        """Make a sample what it was once: its annotation, its split and its marks."""
        check_labels(self._db, state.labels)
        with self._step(tr("Restore an earlier state of sample {id}", id=sample_id)) as step:
            write_state(step, sample_id, state)
        return step.changes

    def skip(self, sample_id: SampleId, skipped: bool = True) -> Changes:
        """Pass a sample over, or take that back. An annotation it has stays."""
        return self._mark(tr("Skip") if skipped else tr("Do not skip"), sample_id, column="skipped", mark=int(skipped))

    def flag(self, sample_id: SampleId, flagged: bool = True) -> Changes:
        """Flag a sample for a second look, or take that back."""
        name = tr("Flag") if flagged else tr("Remove flag")
        return self._mark(name, sample_id, column="flagged", mark=int(flagged))

    def note(self, sample_id: SampleId, text: str) -> Changes:
        """Write a note on a sample; an empty one removes it."""
        note = storable(text).replace("\0", "").strip()
        return self._mark(tr("Note") if note else tr("Remove note"), sample_id, column="note", mark=note)

    def remove_samples(self, sample_ids: Iterable[SampleId]) -> Changes:
        """Take samples out of the project, with their texts and annotations, until that is undone."""
        with self._step(tr("Remove samples")) as step:
            remove_samples(step, sample_ids)
        return step.changes

    def skip_many(self, sample_ids: Iterable[SampleId], skipped: bool = True) -> Changes:
        """As `skip`, for many samples at once; ids that are not in the project are passed over."""
        name = tr("Skip") if skipped else tr("Do not skip")
        return self._mark_many(name, sample_ids, column="skipped", mark=int(skipped))

    def flag_many(self, sample_ids: Iterable[SampleId], flagged: bool = True) -> Changes:
        """As `flag`, for many samples at once; ids that are not in the project are passed over."""
        name = tr("Flag") if flagged else tr("Remove flag")
        return self._mark_many(name, sample_ids, column="flagged", mark=int(flagged))

    def set_split(self, sample_ids: Iterable[SampleId], split: Split | None) -> Changes:
        """Put samples into one split; ids that are not in the project are passed over."""
        return self._mark_many(tr("Change splits"), sample_ids, column="split", mark=split)

    def assign_splits(self, splits: Mapping[SampleId, Split | None]) -> Changes:
        """Put each sample into its split; ids that are not in the project are passed over."""
        with self._step(tr("Change splits")) as step:
            for sample_id, split in splits.items():
                self._set(step, sample_id, column="split", value=split)
        return step.changes

    def rename_label(self, label_id: LabelId, name: str) -> Changes:
        """Give a label another name. Raises BadLabel when it is empty or taken."""
        with self._step(tr("Rename label to “{name}”", name=name.strip())) as step:
            label_list.rename(step, label_id, name)
        return step.changes

    def recolor_label(self, label_id: LabelId, color: str) -> Changes:
        """Give a label another colour, "#rrggbb". Raises BadLabel."""
        with self._step(tr("Recolour label “{label}”", label=self._name_of(label_id))) as step:
            label_list.recolor(step, label_id, color)
        return step.changes

    def rekey_label(self, label_id: LabelId, key: str) -> Changes:
        """Give a label a key of one character, or none; a label that had the key loses it. Raises BadLabel."""
        with self._step(tr("Change key of label “{label}”", label=self._name_of(label_id))) as step:
            label_list.rekey(step, label_id, key)
        return step.changes

    def describe_label(self, label_id: LabelId, description: str) -> Changes:
        """Say what a label is for."""
        with self._step(tr("Describe label “{label}”", label=self._name_of(label_id))) as step:
            label_list.describe(step, label_id, description)
        return step.changes

    def set_label_options(self, label_id: LabelId, options: Mapping[str, object], *, name: str = "") -> Changes:
        """Set what a task and people read of a label (`Label.options`), in place of what was there."""
        with self._step(name or tr("Change label “{label}”", label=self._name_of(label_id))) as step:
            label_list.set_options(step, label_id, options)
        return step.changes

    def move_label(self, label_id: LabelId, position: int) -> Changes:
        """Put a label at a place in the order, counted from 0."""
        with self._step(tr("Move label “{label}”", label=self._name_of(label_id))) as step:
            label_list.move(step, label_id, position)
        return step.changes

    def merge_labels(self, source_id: LabelId, into_id: LabelId, *, relabel: Relabel) -> Changes:
        """Replace one label by another in every annotation, then delete it. Raises BadLabel."""
        label, into = self._name_of(source_id), self._name_of(into_id)
        name = tr("Merge label “{label}” into “{into}”", label=label, into=into)
        with self._step(name) as step:
            label_list.merge(step, source_id, into_id=into_id, relabel=relabel)
        return step.changes

    def delete_label(self, label_id: LabelId, *, relabel: Relabel) -> Changes:
        """Take a label out of every annotation, then delete it."""
        with self._step(tr("Delete label “{label}”", label=self._name_of(label_id))) as step:
            label_list.delete(step, label_id, relabel=relabel)
        return step.changes

    def _with_known_labels(self, rows: Iterable[Row]) -> Iterator[Row]:
        known: set[LabelId] = set()
        for row in rows:
            if not known.issuperset(row[2]):
                check_labels(self._db, row[2])
                known.update(row[2])
            yield row

    def _mark(self, name: str, sample_id: SampleId, *, column: str, mark: int | str) -> Changes:
        with self._step(name) as step:
            before = self._db.execute(f"SELECT {column} FROM sample WHERE id = ?", (sample_id,)).fetchone()
            if before is None:
                raise NoSuchSample(tr("This sample is no longer in the project."))
            if before[0] != mark:
                self._db.execute(f"UPDATE sample SET {column} = ? WHERE id = ?", (mark, sample_id))
                step.touch(sample_id)
        return step.changes

    def _mark_many(self, name: str, sample_ids: Iterable[SampleId], *, column: str, mark: int | str | None) -> Changes:
        with self._step(name) as step:
            marked = self._db.execute(
                f"""UPDATE sample SET {column} = ?1 WHERE id IN (SELECT value FROM json_each(?2))
                    AND {column} IS NOT ?1 RETURNING id""",
                (mark, to_json(list(sample_ids))),
            )
            step.touch(*(id for (id,) in marked.fetchall()))
        return step.changes

    def _set(self, step: Step, sample_id: SampleId, *, column: str, value: int | str | None) -> None:
        cursor = self._db.execute(
            f"UPDATE sample SET {column} = ?1 WHERE id = ?2 AND {column} IS NOT ?1", (value, sample_id)
        )
        if cursor.rowcount:
            step.touch(sample_id)

    def _name_of(self, label_id: LabelId) -> str:
        return read_label(self._db, label_id).name

    def _annotation_name(self, value: object | None, labels: tuple[LabelId, ...]) -> str:
        if value is None:
            return tr("Remove annotation")
        if not labels:
            return tr("Annotate")
        names = (self._name_of(label) for label in labels)
        return tr("Label as {labels}", labels=", ".join(names))
