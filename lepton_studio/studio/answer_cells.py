"""What a model says of a text, as cells of a table: all of it, however many parts a value has."""

from __future__ import annotations

from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.formats import Row
from lepton_studio.formats.tables.table_columns import mark_cells
from lepton_studio.project.records import Labels
from lepton_studio.studio.predicting import Answer

_PARTS = {"label", "target", "rating", "spans", "question"}
"""What a value can be made of, as in `Task.wants`."""
_PLAIN = {"label", "target", "rating"}
"""Those of them that fit into a cell as they are."""


class AnswerCells:
    """Makes cells of answers; labels are called as they are called in `labels`.

    For people: "prediction" and "confidence", with `scores` a column for each label. The prediction is the label, the
    rating or the text written, where a value is that alone; else it is the value in words, and each part has a column
    of its own, "predicted rating" or, as JSON, "predicted spans".

    For programs (`as_objects`): "text", the marks as `formats.table_columns` writes them ("label" where there is one),
    "score" and "scores".

    `below`: what is less sure is for a person, and "unsure" says so ("yes", or true and false); None: there is no such
    column. `unsure` counts them.
    """

    def __init__(
        self, task: Task[Any], labels: Labels, *, scores: bool, as_objects: bool, below: float | None = None
    ) -> None:
        self.unsure = 0
        self._below = below
        self._task = task
        self._labels = labels
        self._names = {label.id: label.name for label in labels}
        self._with_scores = scores
        self._as_objects = as_objects
        parts = _PARTS & set(task.wants)
        self._whole = next(iter(parts)) if len(parts) == 1 and parts <= _PLAIN else ""

    def words(self, answer: Answer[Any]) -> str:
        """In a few words."""
        return "" if answer.value is None else self._task.words(answer.value, self._labels)

    def of(self, answer: Answer[Any]) -> dict[str, object]:
        """The cells by the names of their columns."""
        marks = {} if answer.value is None else self._marks(answer)
        scores = {self._names[label]: score for label, score in answer.scores.items() if label in self._names}
        if self._as_objects:
            if answer.value is None and "label" in self._task.label_kinds:
                marks["label"] = None
            said = {"text": answer.input.text, **marks, "score": answer.score, "scores": scores}
            return said if self._below is None else {**said, "unsure": self._is_unsure(answer)}
        prediction = marks.pop(self._whole) if self._whole in marks else self.words(answer)
        found = {"prediction": prediction, "confidence": round(answer.score, 4)}
        if self._below is not None:
            found["unsure"] = "yes" if self._is_unsure(answer) else ""
        found |= {f"predicted {name}": cell for name, cell in marks.items()}
        if self._with_scores:
            found |= {f"score: {name}": round(score, 4) for name, score in scores.items()}
        return found

    def _is_unsure(self, answer: Answer[Any]) -> bool:
        unsure = self._below is not None and answer.score < self._below
        self.unsure += unsure
        return unsure

    def _marks(self, answer: Answer[Any]) -> dict[str, object]:
        marks = self._task.to_marks(answer.value, self._names)
        found: dict[str, object] = {}
        if marks.labels is not None:
            one = len(marks.labels) == 1 and self._task.empty is None
            found |= {"label": marks.labels[0]} if one else {"labels": list(marks.labels)}
        cells = mark_cells(Row(answer.input.text, marks))
        return found | {name: cell for name, cell in cells.items() if cell is not None}
