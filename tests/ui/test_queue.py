"""Which sample comes next, on a real project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from lepton_studio.ui.label.queue import UNLABELLED, SampleQueue
from tests.ui.driving import make_project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.open(make_project(tmp_path, texts=5)) as project:
        yield project


def _label(project: Project, sample: int) -> None:
    label = project.labels()[0].id
    project.annotate(sample, {"labels": [label]}, labels=(label,))


def test_it_goes_round_to_the_samples_that_were_passed_over(project: Project) -> None:
    queue = SampleQueue(project)
    queue.start(UNLABELLED)
    for expected in (2, 3, 4, 5):
        _label_current = queue.current
        assert _label_current is not None
        if _label_current.id != 2:
            _label(project, _label_current.id)
        following = queue.forward(deciding=True)
        assert following is not None and following.id == expected
    _label(project, 5)
    following = queue.forward(deciding=True)
    assert following is not None and following.id == 2


def test_after_the_last_decision_nothing_is_left_and_back_returns_to_it(project: Project) -> None:
    queue = SampleQueue(project)
    for sample in (1, 2, 3, 4):
        _label(project, sample)
    queue.start(UNLABELLED)
    assert queue.forward(deciding=True) is None and queue.current is None
    returned = queue.back()
    assert returned is not None and returned.id == 5


def test_moving_on_from_the_last_one_stays_there(project: Project) -> None:
    queue = SampleQueue(project)
    queue.start(Filter(ids=(5,)))
    assert queue.forward() is None
    assert queue.current is not None and queue.current.id == 5
    assert queue.backward() is None
    assert queue.current.id == 5


def test_what_was_read_ahead_is_forgotten_when_the_samples_change(project: Project) -> None:
    queue = SampleQueue(project)
    queue.start(UNLABELLED)
    queue.read_ahead()
    _label(project, 2)
    queue.reread()
    following = queue.forward()
    assert following is not None and following.id == 3


def test_a_sample_that_is_gone_is_passed_over(project: Project) -> None:
    queue = SampleQueue(project)
    queue.start(UNLABELLED)
    assert queue.go_to(99) is None
    assert queue.go_to(4) is not None
    project.undo()  # the import itself
    assert queue.reread() is None
    assert queue.back() is None
