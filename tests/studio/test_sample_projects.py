"""Every task can be tried at once: its sample project opens, is partly annotated, and can be tuned on."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.formats import Row, read, sniff_all
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from lepton_studio.studio.checking import check_before_tuning
from lepton_studio.studio.exporting import export_annotations, export_formats
from lepton_studio.studio.sample_project import create_sample_project, sample_tasks
from lepton_studio.studio.tuning import discard_measure, prepare_measure
from lepton_studio.tasks import all_tasks, task_named

TASKS = [task.id for task in sample_tasks()]


@pytest.mark.parametrize("task_id", TASKS)
def test_the_samples_of_a_task_are_ready_to_be_labelled_tuned_and_taken_away(tmp_path: Path, task_id: str) -> None:
    task = task_named(task_id)
    with create_sample_project(tmp_path / "Sample.lepton", task_id) as project:
        labels = project.labels()
        annotated = [task.parse(sample.value, labels) for sample in project.labelled_rows()]
        assert len(annotated) >= 30 and project.count(Filter(state="unlabelled")) >= 10
        assert all(task.quality(value, value) == pytest.approx(1.0) for value in annotated)
        assert all(label.id in {one for value in annotated for one in task.labels_in(value)} for label in labels)
        assert check_before_tuning(project).possible
        folder = prepare_measure(project)
        assert [one.options for one in folder.job().labels] == [label.options for label in labels]
        discard_measure(folder)
        best = export_formats(project)[0]
        written = export_annotations(project, tmp_path / f"out{best.suffix}", format=best.id)
        assert written.samples == len(annotated)


def test_each_task_says_which_samples_it_brings() -> None:
    assert TASKS[0] == "text_classification"
    assert {task.id for task in all_tasks().values() if task.sample} >= set(TASKS)


def test_an_export_can_hold_the_samples_that_nobody_has_annotated(tmp_path: Path) -> None:
    with create_sample_project(tmp_path / "Sample.lepton") as project:
        project.skip(1)
        project.note(1, "later")
        every = export_annotations(project, tmp_path / "all.jsonl", format="jsonl", only_labelled=False)
        assert every.samples == project.count() and not every.losses
        rows = [row for row in read(sniff_all([tmp_path / "all.jsonl"])[0]) if isinstance(row, Row)]
        assert len(rows) == project.count()
    with Project.open(tmp_path / "Sample.lepton", read_only=True) as project:
        assert project.sample(1).skipped
