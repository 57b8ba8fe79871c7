"""Names of files become labels of the right kind, marks become values, and what cannot be used is counted."""

from __future__ import annotations

from lepton_studio.formats import Row
from lepton_studio.project.marks import Marks, QuestionMark, RelationMark, SpanMark
from lepton_studio.project.records import Label
from lepton_studio.studio.naming import LabelResolver, fields_in
from lepton_studio.tasks import task_named

TEXT = "Ana Ruiz founded Acme"
ANA, ACME = SpanMark(0, 8, "person"), SpanMark(17, 21, "firm")


def _new(naming: LabelResolver) -> list[tuple[str, object]]:
    return [(label.name, label.options.get("kind")) for label in naming.new]


def test_a_name_for_two_kinds_becomes_two_labels_and_comes_back_to_them() -> None:
    task = task_named("relations")
    naming = LabelResolver(task, ())
    marks = Marks(spans=(ANA, ACME), relations=(RelationMark(0, 1, "firm"),))
    naming.take(marks, TEXT)
    assert _new(naming) == [("person", "span"), ("firm", "span"), ("firm (relation)", "relation")]
    created = tuple(Label(id, one.name, "", "", "", id, one.options) for id, one in enumerate(naming.new, start=7))
    again = LabelResolver(task, created)
    assert again.take(marks, TEXT).labels == (7, 8, 9)
    assert again.new == []


def test_what_a_task_has_no_use_for_is_counted_and_makes_no_label() -> None:
    marks = Marks(labels=("hiring",), spans=(ANA, ACME), relations=(RelationMark(0, 1, "founded"),), rating=3.0)
    spans = LabelResolver(task_named("spans"), ())
    taken = spans.take(marks, TEXT)
    assert taken.left_out == {"labels": 1, "relations": 1, "rating": 1}
    assert _new(spans) == [("person", None), ("firm", None)]
    ratings = LabelResolver(task_named("ratings"), ())
    assert ratings.take(marks, TEXT).left_out == {"labels": 1, "spans": 2, "relations": 1}
    assert ratings.new == []


def test_a_text_that_is_said_to_hold_nothing_is_annotated_and_one_of_which_nothing_is_said_is_not() -> None:
    naming = LabelResolver(task_named("spans"), ())
    assert naming.take(Marks(spans=()), TEXT).value is not None
    assert naming.take(Marks(), TEXT).value is None


def test_what_a_task_cannot_mark_is_left_out_and_questions_without_answers_wait() -> None:
    taken = LabelResolver(task_named("spans"), ()).take(Marks(spans=(SpanMark(5, 5, "nothing"), ANA)), TEXT)
    assert taken.value is not None and taken.left_out == {"spans": 1}
    task = task_named("question_answering")
    row = Row(TEXT, Marks(questions=(QuestionMark("Who?"), QuestionMark("What?"))))
    assert LabelResolver(task, ()).take(row.marks, TEXT).value is None
    assert fields_in(row, task) == {"question": "Who?\nWhat?"}
