"""The contract of a task: what a task folder must say for the whole product to work with it.

A task folder `tasks/NAME/` defines `TASK = Task(...)` in its `__init__.py`; `all_tasks` finds it by walking the
package. The editor and the learner are named by string, so that the window never imports torch, nor the child Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lepton_studio.project.records import Labels

V = TypeVar("V")


class BadAnnotation(ValueError):
    """A JSON value that is no annotation of this task; its text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 (each 0..1) of one class; `support` is the number of gold annotations."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """`matrix[i][j]`: how many samples with gold `labels[i]` were predicted as `labels[j]`."""

    labels: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a task's `score` says of predictions.

    `headline`: score name -> value in 0..1, the most important first ("accuracy", "macro_f1"). `averages` are rows
    named "micro", "macro", "weighted".
    """

    n: int
    headline: Mapping[str, float]
    per_class: tuple[ClassScore, ...] = ()
    averages: tuple[ClassScore, ...] = ()
    confusion: Confusion | None = None

    def to_json(self) -> dict[str, object]:
        """A JSON-able dict; `Report.from_json` reads it back."""

        def row(score: ClassScore) -> dict[str, object]:
            return {
                "label": score.label,
                "precision": score.precision,
                "recall": score.recall,
                "f1": score.f1,
                "support": score.support,
            }

        return {
            "n": self.n,
            "headline": dict(self.headline),
            "per_class": [row(score) for score in self.per_class],
            "averages": [row(score) for score in self.averages],
            "confusion": self.confusion
            and {"labels": list(self.confusion.labels), "matrix": [list(line) for line in self.confusion.matrix]},
        }

    @classmethod
    def from_json(cls, stored: object) -> Report:
        """The report that `to_json` wrote. Raises KeyError or TypeError on anything else."""
        if not isinstance(stored, dict):
            raise TypeError("a stored report is a JSON object")
        confusion = stored["confusion"]
        return cls(
            n=int(stored["n"]),
            headline={str(name): float(value) for name, value in stored["headline"].items()},
            per_class=tuple(ClassScore(**row) for row in stored["per_class"]),
            averages=tuple(ClassScore(**row) for row in stored["averages"]),
            confusion=confusion
            and Confusion(tuple(confusion["labels"]), tuple(tuple(line) for line in confusion["matrix"])),
        )


@dataclass(frozen=True)
class Task(Generic[V]):
    """One kind of work on texts. `V` is its annotation value: a frozen dataclass, a tuple or a str.

    parse(json, labels) -> V              raises BadAnnotation with a sentence
    dump(V) -> json                       `parse(dump(v), labels) == v`
    labels_in(V) -> label ids             for counts and filters
    relabel(V, {old id: new id or None})  -> V, or None when nothing is left (merge and delete of labels)
    score(gold, predicted, labels)        -> Report; pure Python, used by both processes
    from_labels(label ids) -> V           the value that plain label columns of a file stand for
    editor                                "lepton_studio.tasks.NAME.editor:Class", a QWidget that emits `edited(V)`
    learner                               "lepton_studio.tasks.NAME.learner:Class", see lepton_studio.training
    """

    id: str
    title: str
    summary: str
    parse: Callable[[object, Labels], V]
    dump: Callable[[V], object]
    labels_in: Callable[[V], tuple[int, ...]]
    relabel: Callable[[V, Mapping[int, int | None]], V | None]
    score: Callable[[Sequence[V], Sequence[V], Labels], Report]
    from_labels: Callable[[Sequence[int]], V]
    editor: str
    learner: str
