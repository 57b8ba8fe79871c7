"""What is left out of a file, counted while its rows go by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lepton_studio.formats.base import Loss, Part, Row
from lepton_studio.formats.flat_spans import flat_spans
from lepton_studio.language import tr
from lepton_studio.project.marks import QUESTION, SECOND_TEXT, TURNS

_FIELD_PARTS: dict[str, Part] = {SECOND_TEXT: "second_text", TURNS: "turns", QUESTION: "questions"}


class Losses:
    """Counts by sentence, with the first sample that each concerns."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, int] = {}

    def add(self, what: str, row: Row, count: int = 1) -> None:
        """`count` times `what` (a sentence part) is left out of this row."""
        if count:
            self._counts[what] += count
            self._examples.setdefault(what, row.row)

    def found(self) -> tuple[Loss, ...]:
        """A line for each, in the order of first appearance."""
        return tuple(Loss(what, count, self._examples[what]) for what, count in self._counts.items())


def part_title(part: Part) -> str:
    """What this part is called in a list of losses."""
    titles: Mapping[Part, str] = {
        "labels": tr("labels of the whole text"),
        "several_labels": tr("all labels of a text but the first"),
        "rejected": tr("labels that were rejected"),
        "spans": tr("marked spans"),
        "nested_spans": tr("spans inside or across others"),
        "attributes": tr("names, scores and attributes of marks"),
        "relations": tr("relations between spans"),
        "questions": tr("questions and their answers"),
        "several_questions": tr("all questions of a text but the first"),
        "targets": tr("written texts"),
        "several_targets": tr("all written texts of a sample but the first"),
        "rating": tr("ratings"),
        "second_text": tr("second texts"),
        "turns": tr("roles of a conversation's turns"),
        "fields": tr("extra fields"),
        "split": tr("splits"),
        "note": tr("notes"),
        "skipped": tr("that a sample was skipped"),
        "id": tr("names of samples in their source"),
        "spacing": tr("exact spaces and line ends of texts"),
    }
    return titles[part]


def parts_of(row: Row) -> dict[Part, int]:
    """What there is of each part in a row; parts that it does not have are absent."""
    marks, counts = row.marks, Counter[Part]()
    labels, spans = marks.labels or (), marks.spans or ()
    questions, targets = marks.questions or (), marks.targets or ()
    counts["labels"] = len(labels)
    counts["several_labels"] = max(0, len(labels) - 1)
    counts["rejected"] = len(marks.rejected)
    counts["spans"] = len(spans)
    counts["nested_spans"] = len(spans) - len(flat_spans(spans))
    counts["attributes"] = sum(bool(span.attributes) or span.score is not None for span in spans)
    counts["relations"] = len(marks.relations or ())
    counts["questions"] = len(questions)
    counts["several_questions"] = max(0, len(questions) - 1)
    counts["targets"] = len(targets)
    counts["several_targets"] = max(0, len(targets) - 1)
    counts["rating"] = marks.rating is not None
    for name, value in row.fields.items():
        if not (name == QUESTION and questions):  # the field only repeats them
            counts[_FIELD_PARTS.get(name, "fields")] += bool(value)
    counts["split"] = row.split is not None
    counts["note"] = bool(row.note)
    counts["skipped"] = row.skipped
    counts["id"] = bool(row.id)
    counts["spacing"] = row.text != " ".join(row.text.split())
    return {part: int(count) for part, count in counts.items() if count}
