"""What is left out of a file, counted while its rows go by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lepton_studio.formats.base import Loss, Part, Row
from lepton_studio.formats.corpora.flat_spans import flat_spans
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
        "nested_spans": tr("nested and overlapping spans"),
        "attributes": tr("names, scores and attributes of marks"),
        "relations": tr("relations between spans"),
        "questions": tr("questions and their answers"),
        "several_questions": tr("all questions of a text but the first"),
        "targets": tr("target texts"),
        "several_targets": tr("all target texts of a sample but the first"),
        "rating": tr("ratings"),
        "second_text": tr("second texts"),
        "turns": tr("roles of a conversation's turns"),
        "fields": tr("extra fields"),
        "split": tr("splits"),
        "note": tr("notes"),
        "skipped": tr("which samples were skipped"),
        "id": tr("names of samples in their source"),
        "spacing": tr("exact spaces and line breaks of texts"),
    }
    return titles[part]


def parts_of(row: Row) -> dict[Part, int]:
    """What there is of each part in a row; parts that it does not have are absent."""
    marks = row.marks
    counts: dict[Part, int] = {}
    if marks.labels:
        counts |= _whole_and_rest("labels", "several_labels", len(marks.labels))
    if marks.rejected:
        counts["rejected"] = len(marks.rejected)
    if marks.spans:
        counts["spans"] = len(marks.spans)
        if nested := len(marks.spans) - len(flat_spans(marks.spans)):
            counts["nested_spans"] = nested
        if described := sum(bool(span.attributes) or span.score is not None for span in marks.spans):
            counts["attributes"] = described
    if marks.relations:
        counts["relations"] = len(marks.relations)
    if marks.questions:
        counts |= _whole_and_rest("questions", "several_questions", len(marks.questions))
    if marks.targets:
        counts |= _whole_and_rest("targets", "several_targets", len(marks.targets))
    if marks.rating is not None:
        counts["rating"] = 1
    for name, value in row.fields.items():
        if value and not (name == QUESTION and marks.questions):  # the field only repeats them
            part = _FIELD_PARTS.get(name, "fields")
            counts[part] = counts.get(part, 0) + 1
    if row.split is not None:
        counts["split"] = 1
    if row.note:
        counts["note"] = 1
    if row.skipped:
        counts["skipped"] = 1
    if row.id:
        counts["id"] = 1
    if row.text != " ".join(row.text.split()):
        counts["spacing"] = 1
    return counts


def _whole_and_rest(whole: Part, rest: Part, count: int) -> dict[Part, int]:
    return {whole: count, rest: count - 1} if count > 1 else {whole: count}
