"""Every task can be tried at once: its sample project opens, is partly annotated, and can be tuned on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.commands.projects import SAMPLE_TEXTS
from lepton_studio.formats import Row, read, sniff_all
from lepton_studio.language import LANGUAGES, use_language
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from lepton_studio.studio.checking import check_before_tuning
from lepton_studio.studio.exporting import export_annotations, export_choices
from lepton_studio.studio.importing import import_files
from lepton_studio.studio.sample_project import create_sample_project, first_samples, sample_tasks
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
        mine = _in_words(project)
        for choice in export_choices(project):
            if not choice.lacks:
                file = tmp_path / f"{choice.format.id}{choice.format.suffix}"
                assert export_annotations(project, file, format=choice.format.id).samples == len(annotated)
                with Project.create(tmp_path / f"{choice.format.id}.lepton", task=task_id) as again:
                    result = import_files(again, sniff_all([file], wants=task.wants))
                    assert _in_words(again) == mine, f"{choice.format.id}: {result.problems[:3]}"


def _in_words(project: Project) -> list[tuple[str, str]]:
    """Each text with all that is marked on it, by name; without those that are said to hold nothing."""
    task, labels = task_named(project.task_id), project.labels()
    names = {label.id: label.name for label in labels}
    said = []
    for sample in project.labelled_rows():
        marks = task.to_marks(task.parse(sample.value, labels), names)
        if marks.labels != () and marks.spans != ():
            marks = replace(marks, labels=marks.labels and tuple(sorted(marks.labels)))
            said.append((sample.text, repr(marks)))
    return sorted(said)


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


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_three_samples_to_begin_with_stand_in_the_language_of_the_person(tmp_path: Path, language: str) -> None:
    use_language(language)
    try:
        assert tuple(one.id for one in first_samples()) == SAMPLE_TEXTS
        for texts in first_samples():
            with create_sample_project(tmp_path / f"{texts.id}.lepton", texts=texts) as project:
                rows = list(project.labelled_rows())
                said = [project.sample(number + 1).text for number in range(project.count())]
                assert len(rows) >= 88 and project.count(Filter(state="unlabelled")) >= 32
                assert max(Counter(said).values()) == 1
                assert all(
                    any("\u4e00" <= letter <= "\u9fff" for letter in one) == (language == "zh_CN") for one in said
                )
                for split in ("train", "validation", "test"):  # a run on it has something to choose and to judge by
                    assert all(project.label_counts(split=split).values())
                assert check_before_tuning(project).possible
                assert project.name == texts.title
    finally:
        use_language("en")
