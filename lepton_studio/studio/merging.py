"""Copies of a project that several people labelled come back into one: what is taken over, and where they differ.

Nothing that a person decided here is replaced by what another person decided. Who said what is kept in any case.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from lepton_studio.language import tr
from lepton_studio.project.answers import Answer
from lepton_studio.project.changes import Changes
from lepton_studio.project.errors import ProjectError
from lepton_studio.project.marks import media_digest
from lepton_studio.project.media import keep_media
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Label, LabelId, Labels, NewSample, SampleId
from lepton_studio.studio.answering import AnswerReader, agreed_on, former_of
from lepton_studio.studio.merging_marks import MergedMarks
from lepton_studio.tasks import task_named

Told = Callable[[int, int], object]
"""Called with (done, all) samples of the copies; may raise to stop."""
_TELL_EVERY = 2000


class NoCopy(ProjectError):
    """What is to be merged is no copy of the project; its text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A sample that has another annotation in a copy. It keeps the one that it has here until somebody settles it.

    `ours` and `theirs` are the task's values. `who` decided in the copy.
    """

    sample: SampleId
    ours: Any
    theirs: Any
    who: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """An annotation that comes from a copy. `replaces`: there was an older one of the same person, or of a file."""

    answer: Answer
    value: Any
    replaces: bool


@dataclass(frozen=True, slots=True)
class NewHere:
    """A sample that only a copy has; `copy` counts the copies, `id` is its id there."""

    copy: int
    id: SampleId


@dataclass
class MergePlan:
    """What a merge would do. New labels, and samples that only a copy has, have ids below 0 until it is done.

    `conflicts` and `answers` are by sample and person; the values of the latter are the task's. `people`: who decided
    how much in the copies that is not known here yet. `agreed`: samples that were decided here and there alike.
    """

    position: int
    labels: Labels
    new_labels: Labels = ()
    new_samples: dict[SampleId, NewHere] = field(default_factory=dict)
    taken: dict[SampleId, TakenOver] = field(default_factory=dict)
    conflicts: dict[tuple[SampleId, str], Conflict] = field(default_factory=dict)
    answers: dict[tuple[SampleId, str, str], Answer] = field(default_factory=dict)
    people: Counter[str] = field(default_factory=Counter)
    agreed: int = 0
    marks: MergedMarks = field(default_factory=MergedMarks)
    changes: Changes | None = None
    """What was touched, once it is done."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing new in the copies."""
        return not (self.new_samples or self.taken or self.answers or self.marks)

    @property
    def labelled(self) -> int:
        """How many samples had no annotation, and would have one."""
        return sum(not one.replaces for id, one in self.taken.items() if id > 0)

    @property
    def replaced(self) -> int:
        """How many would have a newer annotation."""
        return sum(one.replaces for one in self.taken.values())

    @property
    def differing(self) -> tuple[SampleId, ...]:
        """The samples with a conflict."""
        return tuple(dict.fromkeys(sample for sample, _who in self.conflicts))


def plan_merge(
    project: Project, copies: Sequence[Project], *, named: str = "", told: Told = lambda _done, _all: None
) -> MergePlan:
    """What merging these copies would do; changes nothing. For a worker thread.

    `named`: whose decisions the new ones of the copies are, whatever the copies call them. Raises NoCopy.
    """
    for copy in copies:
        _check(project, copy)
    with project.snapshot():
        return _Planning(project, named).plan(copies, told)


def merge(project: Project, copies: Sequence[Project], plan: MergePlan, *, named: str = "") -> MergePlan:
    """Do it, in one step that can be undone; what was done, with the ids of now. For a worker thread.

    Where the project was changed since the plan was made it is made anew. Raises NoCopy, ProjectError.
    """
    if plan.position != project.history_position():
        plan = plan_merge(project, copies, named=named)
    task = task_named(project.task_id)
    with project.change(_name_of(plan)) as change:
        labels: dict[LabelId, LabelId | None] = {}
        for one in plan.new_labels:
            made = change.add_label(one.name, color=one.color, description=one.description, options=one.options)
            labels[one.id] = made.id
        ids = _add_samples(project, copies, plan, change.add_samples)

        def here(value: Any) -> Any:
            return task.relabel(value, labels) if labels else value

        for sample, taken in plan.taken.items():
            value = here(taken.value)
            change.annotate(
                ids.get(sample, sample),
                task.dump(value),
                labels=tuple(task.labels_in(value)),
                origin=taken.answer.origin,
                seconds=taken.answer.seconds,
                name="merge",
            )
        plan.marks.write(change, ids=ids)
        change.add_answers(
            replace(one, sample=ids.get(one.sample, one.sample), value=task.dump(here(one.value)))
            for one in plan.answers.values()
        )
    conflicts = [
        replace(one, sample=ids.get(one.sample, one.sample), ours=here(one.ours), theirs=here(one.theirs))
        for one in plan.conflicts.values()
    ]
    return replace(
        plan,
        position=change.result.position,
        changes=change.result,
        labels=project.labels(),
        conflicts={(one.sample, one.who): one for one in conflicts},
    )


def _check(project: Project, copy: Project) -> None:
    """Raise NoCopy where it is another project, or this one."""
    if copy.folder.samefile(project.folder):
        raise NoCopy(tr("“{name}” is this project itself. Choose a copy of it.", name=copy.folder.stem))
    if not copy.identity() or (copy.identity(), copy.task_id) != (project.identity(), project.task_id):
        raise NoCopy(
            tr(
                "“{name}” is not a copy of this project, so the two cannot be merged. To bring its labels in, "
                "export them there and import the file here.",
                name=copy.folder.stem,
            )
        )


def _name_of(plan: MergePlan) -> str:
    names = ", ".join(plan.people)
    return tr("Merge the labels of {names}", names=names) if names else tr("Merge a copy")


def _add_samples(
    project: Project, copies: Sequence[Project], plan: MergePlan, add: Callable[[Iterable[NewSample]], int]
) -> Mapping[SampleId, SampleId]:
    """Bring in what only a copy has, as unlabelled samples; the ids that they have now."""

    def read() -> Iterable[NewSample]:
        for new in plan.new_samples.values():
            copy = copies[new.copy]
            sample, source = copy.sample(new.id), copy.source_row(new.id)
            if digest := media_digest(sample.fields):
                keep_media(copy.media_folder / digest, folder=project.media_folder, digest=digest)
            yield NewSample(
                sample.text,
                split=sample.split,
                fields=sample.fields,
                source=source.source,
                row=source.row,
                raw=source.raw,
                skipped=sample.skipped,
                note=sample.note,
            )

    if not plan.new_samples:
        return {}
    count = add(read())
    last = project.sample_ids()[-1]
    return dict(zip(plan.new_samples, range(last - count + 1, last + 1), strict=True))


class _Planning:
    """The project as it would be: each copy is held against what the copies before it made of it."""

    def __init__(self, project: Project, named: str) -> None:
        self._project, self._named = project, named
        self._task = task_named(project.task_id)
        self._labels = project.labels()
        self._former_names = project.former_names()
        self._reader = AnswerReader(self._task, self._labels, gone=former_of(project))
        self._known = {hash(one) for one in project.known_moments()}
        self._removed = project.removed_samples()
        self._hashes = {id: text for id, text, _ in project.text_hashes()}
        self._values: dict[SampleId, Any] = {}
        self._answers: dict[SampleId, list[Answer]] = {}
        self._marked = project.marked()
        self._plan = MergePlan(project.history_position(), self._labels)

    def plan(self, copies: Sequence[Project], told: Told) -> MergePlan:
        """What all of them come to."""
        plan, every, done = self._plan, sum(copy.count() for copy in copies), 0
        for number, copy in enumerate(copies):
            reader, pairs = self._reader_of(copy), self._pairs(number, copy)
            for count, (id, coming) in enumerate(groupby(copy.answers(), key=lambda one: one.sample)):
                if count % _TELL_EVERY == 0:
                    told(done + count, every)
                if (sample := pairs.get(id)) is not None and (new := self._new(sample, coming, reader)):
                    self._take(sample, new, reader.read(copy.sample(id).value))
            self._take_marks(copy, pairs)
            done += copy.count()
        used = {label for one in plan.answers.values() for label in self._task.labels_in(one.value)}
        used.update(label for one in plan.taken.values() for label in self._task.labels_in(one.value))
        plan.new_labels = tuple(one for one in self._labels if one.id < 0 and one.id in used)
        plan.labels = self._labels
        return plan

    def _take_marks(self, copy: Project, pairs: Mapping[SampleId, SampleId]) -> None:
        labelled = {*self._project.sample_ids(Filter(state="labelled")), *self._plan.taken}
        self._plan.marks.take(self._marked, copy.marked(), pairs=pairs, labelled=labelled)

    def _pairs(self, number: int, copy: Project) -> Mapping[SampleId, SampleId]:
        """Id there -> id here of each sample of a copy, without those that were taken out here.

        A sample is the one of the same id and text; else one of the same text that is no other's.
        """
        there = [(id, text) for id, text, _ in copy.text_hashes()]
        pairs = {id: id for id, text in there if self._hashes.get(id) == text}
        free: dict[int, deque[SampleId]] = {}
        for id, text in self._hashes.items():
            if id not in pairs:
                free.setdefault(text, deque()).append(id)
        for id, text in there:
            if id in pairs or (id, text) in self._removed:
                continue
            if waiting := free.get(text):
                pairs[id] = waiting.popleft()
            else:
                new = -len(self._plan.new_samples) - 1
                self._plan.new_samples[new] = NewHere(number, id)
                self._hashes[new], self._values[new], self._answers[new] = text, None, []
                pairs[id] = new
        return pairs

    def _reader_of(self, copy: Project) -> AnswerReader:
        """What reads the copy's values in labels of this project; names that it does not have get ids below 0."""
        by_name = {(one.name, self._kind(one)): one for one in self._labels}
        by_id = {one.id: one for one in self._labels}
        called = copy.former_names()
        mapping: dict[LabelId, LabelId | None] = {}
        for label in copy.labels():
            kind = self._kind(label)
            found, same = by_name.get((label.name, kind)), by_id.get(label.id)
            if found is None and same is not None and self._kind(same) == kind:
                is_renamed = label.name in self._former_names.get(same.id, ()) or same.name in called.get(label.id, ())
                found = same if is_renamed else None
            if found is None:
                found = self._new_label(label, kind)
            mapping[label.id] = found.id
        return AnswerReader(self._task, copy.labels(), gone=former_of(copy), mapping=mapping)

    def _new_label(self, label: Label, kind: str) -> Label:
        taken = {one.name for one in self._labels}
        made = replace(
            label,
            id=-sum(one.id < 0 for one in self._labels) - 1,
            name=f"{label.name} ({kind})" if label.name in taken else label.name,
            options={"kind": kind} if "kind" in label.options else {},  # others speak of labels by the copy's ids
        )
        self._labels = (*self._labels, made)
        return made

    def _kind(self, label: Label) -> str:
        kinds = self._task.label_kinds
        return str(label.options.get("kind") or (kinds[0] if kinds else ""))

    def _new(self, sample: SampleId, coming: Iterable[Answer], reader: AnswerReader) -> list[Answer]:
        """What was answered in the copy and is not known here, with the task's values."""
        new = []
        for one in coming:
            moment, value = hash((sample, one.at, one.who)), reader.read(one.value)
            if value is not None and moment not in self._known:
                self._known.add(moment)
                who = self._named if self._named and one.origin != "import" else one.who
                new.append(replace(one, sample=sample, who=who, value=value))
        return new

    def _take(self, sample: SampleId, new: Sequence[Answer], theirs: Any | None) -> None:
        """Hold what is new of a sample, whose value in the copy is `theirs`, against what is known of it."""
        plan = self._plan
        if sample not in self._answers:
            self._values[sample] = self._reader.read(self._project.sample(sample).value)
            known = [replace(one, value=self._reader.read(one.value)) for one in self._project.answers(sample)]
            self._answers[sample] = [one for one in known if one.value is not None]
        ours, known = self._values[sample], self._answers[sample]
        known += new
        for one in new:
            plan.answers[sample, one.who, one.at] = one
            plan.people.update([one.who] if one.origin != "import" else [])
        by = max(new, key=lambda one: (one.value == theirs, one.at))  # who said in the copy what holds there
        if theirs is None or by.value != theirs:
            return
        if ours == theirs:
            plan.agreed += 1
        elif ours is None or agreed_on(known) == theirs:
            plan.taken[sample] = TakenOver(by, theirs, replaces=ours is not None)
            self._values[sample] = theirs
            for conflict in [key for key in plan.conflicts if key[0] == sample]:
                del plan.conflicts[conflict]
        elif agreed_on(known) is None and by.origin != "import":
            plan.conflicts[sample, by.who] = Conflict(sample, ours, theirs, by.who)
