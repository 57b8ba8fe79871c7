"""Labels that are looked at again: what was kept is known, and what is undone does not count."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.project.errors import NoSuchLabel, NoSuchSample
from lepton_studio.project.project import Project
from lepton_studio.project.reviews import ReviewAnswer, ReviewCounts
from lepton_studio.project.sample_writes import Review
from tests.project.steps import add, assert_consistent, choice, new


@pytest.fixture
def labelled(tmp_path: Path) -> Project:
    made = Project.create(tmp_path / "Reviewed.lepton", task="text_classification", labels=("refund", "card"))
    add(made, [new(f"text {n}", 1) for n in range(4)])
    return made


def test_what_is_kept_is_settled_until_its_label_is_another(labelled: Project) -> None:
    with labelled as project:
        project.review([ReviewAnswer(1, choice(1), (1,))], kind="suspect", name="Keep the label")
        assert project.confirmed() == {1} and project.undo_name() == "Keep the label"
        assert project.review_counts("suspect") == ReviewCounts(1, 0, 0)
        project.annotate(1, choice(2), labels=(2,))
        assert project.confirmed() == frozenset()
        project.undo()
        assert project.confirmed() == {1}
        project.undo()
        assert project.confirmed() == frozenset() and project.review_counts("suspect") == ReviewCounts()
        assert [one.undone for one in project.reviews_of(1)] == [True]
        project.redo()
        assert project.confirmed() == {1}
        assert_consistent(project.folder)


def test_what_is_fixed_and_what_nobody_can_tell_are_counted_by_sample(labelled: Project) -> None:
    with labelled as project:
        project.review([ReviewAnswer(1, choice(2), (2,))], kind="suspect")
        project.review([ReviewAnswer(1, choice(1), (1,))], kind="suspect")  # on second thoughts
        project.review([ReviewAnswer(2, choice(2), (2,))], kind="suspect", origin="suggestion")
        project.note(3, "odd")
        Review(3, choice(1), (1,), ambiguous=True, note="Ambiguous")(project)
        assert project.review_counts("suspect") == ReviewCounts(3, 1, 1)
        second, third = project.sample(2), project.sample(3)
        assert second.origin == "suggestion" and project.label_counts() == {1: 3, 2: 1}
        assert (third.flagged, third.note, third.value) == (True, "odd Ambiguous", choice(1))
        assert [one.is_same for one in project.reviews_of(1)] == [False, False]
        project.undo()
        assert (project.sample(3).flagged, project.sample(3).note) == (False, "odd")
        assert_consistent(project.folder)


def test_a_second_answer_leaves_the_sample_as_it_is(labelled: Project) -> None:
    with labelled as project:
        write = Review(4, choice(2), (2,), kind="again")
        foreseen = write.on(project.sample(4))
        write(project)
        assert project.sample(4) == foreseen and foreseen.value == choice(1)
        (found,) = project.reviews("again")
        assert (found.sample, found.before, found.after) == (4, choice(1), choice(2)) and not found.is_same
        assert project.confirmed() == frozenset()


def test_what_is_not_there_is_not_reviewed(labelled: Project) -> None:
    with labelled as project:
        with pytest.raises(NoSuchSample):
            project.review([ReviewAnswer(1, choice(2), (2,)), ReviewAnswer(9, choice(1), (1,))], kind="contradiction")
        with pytest.raises(NoSuchLabel):
            project.review([ReviewAnswer(1, choice(7), (7,))], kind="contradiction")
        assert project.sample(1).value == choice(1) and project.reviews_of(1) == []
