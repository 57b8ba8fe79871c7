"""Every state that a sample was in is known, with who made it and when, and comes back as a step of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.project.errors import NoSuchLabel, NoSuchSample
from lepton_studio.project.project import Project
from lepton_studio.project.reviews import ReviewAnswer
from tests.project.steps import add, assert_consistent, choice, new, relabel_to


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project.create(tmp_path / "States.lepton", task="text_classification", labels=("refund", "card", "late"))
    add(made, [new("first"), new("second", 2)])
    made.annotate(1, choice(1), labels=(1,), seconds=2.5)
    made.flag(1)
    made.note(1, "look")
    made.set_split([1, 2], "test")
    made.annotate(1, choice(2), labels=(2,), origin="suggestion")
    return made


def test_each_change_of_a_sample_is_told_with_what_it_left(project: Project) -> None:
    with project:
        project.review([ReviewAnswer(1, choice(2), (2,))], kind="suspect", name="Keep the label")
        project.annotate(2, choice(1), labels=(1,))
        states = project.sample_states(1)
        assert [one.name for one in states] == [
            "Import file.csv", "Label as refund", "Flag", "Note", "Change splits", "Label as card", "Keep the label",
        ]  # fmt: skip
        assert [one.value for one in states] == [None, *[choice(1)] * 4, choice(2), choice(2)]
        assert [one.flagged for one in states] == [False, False, True, True, True, True, True]
        assert [one.split for one in states][3:5] == [None, "test"] and states[3].note == "look"
        assert states[1].seconds == 2.5 and (states[1].origin, states[5].origin) == ("manual", "suggestion")
        assert all(one.who and one.at for one in states)
        assert [one.value for one in project.sample_states(2)][-1] == choice(1)
        with pytest.raises(NoSuchSample):
            project.sample_states(9)


def test_any_state_comes_back_as_a_step_that_is_undone(project: Project) -> None:
    with project:
        before = project.sample(1)
        changes = project.bring_back(1, project.sample_states(1)[1])
        now = project.sample(1)
        assert changes.samples == frozenset({1})
        assert (now.value, now.flagged, now.note, now.split) == (choice(1), False, "", None)
        assert project.decisions(1)[-1].after == choice(1)
        assert_consistent(project.folder)
        project.undo()
        assert project.sample(1) == before
        undone = project.sample_states(1)[-1]
        assert undone.undone and undone.value == choice(1) and not undone.flagged
        project.bring_back(1, project.sample_states(1)[0])
        assert project.sample(1).value is None and project.label_counts()[2] == 1
        position = project.history_position()
        project.bring_back(1, project.sample_states(1)[0])
        assert project.history_position() == position, "it is in that state"


def test_a_state_with_a_label_that_is_gone_stays_away(project: Project) -> None:
    with project:
        project.merge_labels(1, 3, relabel=relabel_to(1, 3))
        states = project.sample_states(1)
        with pytest.raises(NoSuchLabel):
            project.bring_back(1, states[1])
        project.bring_back(1, states[5])
        assert project.sample(1).value == choice(2)
