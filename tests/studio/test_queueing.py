"""The queue of runs in a project: frozen when asked for, moved, taken out, there after a restart, not in a copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.project.copies import back_up, backups, restore, save_copy
from lepton_studio.project.project import Project
from lepton_studio.runs.events import Stepped
from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe
from lepton_studio.runs.wire import encode
from lepton_studio.studio.queueing import (
    begin_next,
    move_queued,
    queue_resume,
    queue_run,
    queued_runs,
    settle_queue,
    take_out,
)
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.studio.tuning import can_resume, run_folder


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with create_sample_project(tmp_path / "Sample.lepton") as made:
        yield made


def _queue(project: Project, *epochs: int) -> list[int]:
    return [queue_run(project, model=BUILT_IN_MODEL, recipe=Recipe(epochs=one)).id for one in epochs]


def _waiting(project: Project) -> list[int]:
    return [run.number for run in queued_runs(project)]


def test_runs_begin_in_the_order_that_the_person_gave_them(project: Project) -> None:
    first, second, third = _queue(project, 1, 2, 3)
    move_queued(project, third, by=-2)
    move_queued(project, first, by=1)
    assert _waiting(project) == [third, second, first]
    begun = begin_next(project)
    assert begun is not None and not begun.resume
    assert (begun.run.id, begun.run.status, begun.folder.job().recipe.epochs) == (third, "running", 3)
    assert _waiting(project) == [second, first]
    move_queued(project, third, by=1)
    take_out(project, third)
    assert _waiting(project) == [second, first], "a run that began is not in the queue any more"
    assert project.run(third).status == "running"


def test_a_run_trains_on_the_labels_of_when_it_was_asked_for(project: Project) -> None:
    (run,) = _queue(project, 1)
    frozen = run_folder(project, project.run(run)).data_file("train").read_bytes()
    sample = next(iter(project.labelled_rows("train")))
    project.annotate(sample.id, None, labels=())
    begun = begin_next(project)
    assert begun is not None and begun.folder.data_file("train").read_bytes() == frozen


def test_a_run_taken_out_is_gone_and_one_that_was_to_go_on_is_paused_as_before(project: Project) -> None:
    fresh, paused = _queue(project, 1, 2)
    folder = run_folder(project, project.run(paused))
    folder.events_file.write_text(encode(Stepped(1, 9, 0.1, 1.0, 1e-4, 1.0, 1.0, 1.0)) + "\n")
    take_out(project, fresh)
    assert [run.id for run in project.runs()] == [paused]
    take_out(project, paused)
    assert project.run(paused).status == "interrupted" and not _waiting(project)
    assert queue_resume(project, paused).status == "queued"
    begun = begin_next(project)
    assert begun is not None and begun.resume
    assert begin_next(project) is None


def test_the_queue_is_there_after_a_restart_and_what_was_half_prepared_is_said(project: Project) -> None:
    first, second = _queue(project, 1, 2)
    move_queued(project, second, by=-1)
    half = project.create_run(model=BUILT_IN_MODEL, recipe={}, counts={}, status="queued")
    folder = project.folder
    project.close()
    with Project.open(folder) as again:
        (told,) = settle_queue(again)
        assert (told.id, told.status) == (half.id, "failed") and "prepared" in told.sentence
        assert _waiting(again) == [second, first]


def test_in_a_copy_and_in_a_backup_no_run_begins_by_itself(project: Project, tmp_path: Path) -> None:
    (run,) = _queue(project, 1)
    back_up(project)
    copies = [
        save_copy(project, tmp_path / "Copy.lepton").folder,
        restore(project.folder, backups(project.folder)[0]),
    ]
    for folder in copies:
        with Project.open(folder) as copy:
            (told,) = settle_queue(copy)
            assert told.status == "interrupted" and "Resume" in told.sentence
            assert begin_next(copy) is None and can_resume(copy, told) == 0
    assert _waiting(project) == [run]
