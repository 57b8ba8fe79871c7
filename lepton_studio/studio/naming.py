"""Which labels of a project the names in a file stand for, and the values that its marks make with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lepton_studio.contract.task import BadAnnotation, Task
from lepton_studio.formats import Part, Row
from lepton_studio.language import tr
from lepton_studio.project.connection import one_line
from lepton_studio.project.marks import QUESTION, Marks, QuestionMark
from lepton_studio.project.records import Label, LabelId, Labels
from lepton_studio.studio.twins import cleaned, twin_key, twins_among

Kind = Literal["label", "span", "relation"]
"""What a name stands at in a file; the kinds of `Task.label_kinds`."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a task makes of marks. `value` is its JSON, None for nothing; `labels` are the ids in it, sorted. `draft` is
    the JSON of what is begun and not done.

    `left_out`: part of the marks (a `Part` of the formats) -> how many the task cannot use. `problem`: why there is no
    value.
    """

    value: object | None = None
    draft: object | None = None
    labels: tuple[LabelId, ...] = ()
    left_out: Counter[Part] = field(default_factory=Counter)
    problem: str = ""


class LabelResolver:
    """The labels of a project and those that a file adds to them, which have ids below 0 until they are created.

    Names are unique in a project: one that a file uses for two kinds gets a second label, "name (kind)". With
    `merge_twins`, a name that is a twin of a label stands for that label (see `twins`).
    """

    def __init__(self, task: Task[Any], labels: Labels, *, merge_twins: bool = False) -> None:
        self._task = task
        self._labels = {label.name: label for label in labels}
        self._ids = {label.name: label.id for label in labels}
        self._by_id = {label.id: label for label in labels}
        self._names: dict[tuple[Kind, str], str] = {}
        self._by_twin = {self._twin(one): one.name for one in reversed(labels)} if merge_twins else None
        self._plain: dict[tuple[str, ...] | None, Taken] = {}
        self._used: dict[str, None] = {}

    @property
    def new(self) -> list[Label]:
        """The labels to create, in the order of their first use."""
        return [self._labels[name] for name in self._used if self._labels[name].id < 0]

    @property
    def twins(self) -> tuple[tuple[str, ...], ...]:
        """The names that a person takes for one, of the files and of the project's labels that they use or resemble."""
        written: dict[Kind, list[str]] = {}
        for kind, name in self._names:
            written.setdefault(kind, []).append(name)
        groups: list[tuple[str, ...]] = []
        for kind, names in written.items():
            used = {twin_key(name) for name in names}
            known = [one.name for one in self._labels.values() if one.id >= 0 and self._kind(one) == kind]
            groups += twins_among([*(name for name in known if twin_key(name) in used), *names])
        return tuple(groups)

    def add(self, name: str, kind: Kind) -> str | None:
        """Note a name that is known beforehand, where the task has labels of this kind; what the project calls it."""
        if kind not in self._task.label_kinds:
            return None
        known = self._name(name, kind)
        self._used.setdefault(known)
        return known

    def take(self, marks: Marks, text: str) -> Taken:
        """The value that these marks make on the text; new names in it are noted for `new`."""
        if not _only_labels(marks):
            return self._take(marks, text)
        if marks.labels not in self._plain:
            self._plain[marks.labels] = self._take(marks, text)
        return self._plain[marks.labels]

    def _take(self, marks: Marks, text: str) -> Taken:
        try:
            made = self._task.from_marks(self._named(marks, text), self._ids)
            ids = () if made is None else tuple(self._task.labels_in(made))
            used = tuple(self._by_id[one] for one in dict.fromkeys(ids))  # all of them would cost more with each label
            value = None if made is None else self._task.parse(self._task.dump(made), used)
        except BadAnnotation as wrong:
            return Taken(problem=str(wrong))
        if value is None:
            return Taken(left_out=_counts(marks))
        names = {label.id: label.name for label in used}
        back = self._task.to_marks(value, names)
        ids = tuple(self._task.labels_in(value))
        self._used.update(dict.fromkeys(names[one] for one in ids))
        stored, left_out = self._task.dump(value), _counts(marks) - _counts(back)
        if not self._task.done(value):
            return Taken(draft=stored, left_out=left_out)
        return Taken(stored, labels=tuple(sorted(ids)), left_out=left_out)

    def _named(self, marks: Marks, text: str) -> Marks:
        """What the task can use of the marks, with the project's names, and the words of the answers."""

        def named(found: tuple[Any, ...] | None, kind: Kind) -> tuple[Any, ...] | None:
            if found is None or kind not in self._task.label_kinds:
                return None
            return tuple(replace(one, label=self._name(one.label, kind)) for one in found)

        labels = marks.labels if "label" in self._task.label_kinds else None
        return replace(
            marks,
            labels=None if labels is None else tuple(self._name(one, "label") for one in labels),
            spans=named(marks.spans, "span"),
            relations=named(marks.relations, "relation"),
            questions=None if marks.questions is None else tuple(_quoted(one, text) for one in marks.questions),
            rejected=tuple(name for name in marks.rejected if name in self._labels),
        )

    def _name(self, written: str, kind: Kind) -> str:
        """What the project calls this name of a file; where it has no such label yet, one is thought of."""
        known = self._names.get((kind, written))
        if known is not None:
            return known
        name = self._merged(one_line(written) or tr("unnamed"), kind)
        if name in self._labels and self._kind(self._labels[name]) != kind:
            name = f"{name} ({kind})"
        if name not in self._labels:
            options = {"kind": kind} if len(self._task.label_kinds) > 1 else {}
            self._ids[name] = -len(self._ids) - 1
            self._labels[name] = Label(self._ids[name], name, "", "", "", 0, options)
            self._by_id[self._ids[name]] = self._labels[name]
            if self._by_twin is not None:
                self._by_twin.setdefault((kind, twin_key(name)), name)
        self._names[kind, written] = name
        return name

    def _merged(self, name: str, kind: Kind) -> str:
        """The label that the name is a twin of, where twins are merged; a new one is cleaned."""
        if self._by_twin is None or name in self._labels:
            return name
        return self._by_twin.get((kind, twin_key(name))) or cleaned(name)

    def _twin(self, label: Label) -> tuple[str, str]:
        return self._kind(label), twin_key(label.name)

    def _kind(self, label: Label) -> str:
        return str(label.options.get("kind") or self._task.label_kinds[0])


def fields_in(row: Row, task: Task[Any]) -> Mapping[str, str]:
    """The fields of a row; with the questions that its file asks, one a line, where the task wants to be asked."""
    if not row.marks.questions or QUESTION not in task.reads or row.fields.get(QUESTION):
        return row.fields
    return {**row.fields, QUESTION: "\n".join(" ".join(one.question.split()) for one in row.marks.questions)}


def _only_labels(marks: Marks) -> bool:
    has_spans = marks.spans is not None or marks.relations is not None
    has_texts = marks.questions is not None or marks.targets is not None
    return not (has_spans or has_texts or marks.rating is not None or marks.rejected)


def _quoted(asked: QuestionMark, text: str) -> QuestionMark:
    """The question with the words of its answers, where the file gives offsets alone."""
    answers = tuple(one if one.quote else replace(one, quote=text[one.start : one.end]) for one in asked.answers)
    return replace(asked, answers=answers)


def _counts(marks: Marks) -> Counter[Part]:
    every: Counter[Part] = Counter(
        {
            "labels": len(marks.labels or ()),
            "spans": len(marks.spans or ()),
            "attributes": sum(bool(one.attributes) for one in marks.spans or ()),
            "relations": len(marks.relations or ()),
            "questions": len(marks.questions or ()),
            "targets": len(marks.targets or ()),
            "rating": int(marks.rating is not None),
        }
    )
    return +every
