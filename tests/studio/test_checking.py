"""What the person is told before a run starts, each with the samples it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample, Split
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.wire import Estimated
from lepton_studio.studio.checking import Check, check_before_tuning, duration, findings_of
from lepton_studio.studio.sample_project import create_sample_project

Row = tuple[str, str, Split | None]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project.create(tmp_path / "New.lepton", task="text_classification", labels=["yes", "no", "perhaps"])
    yield made
    made.close()


def _add(project: Project, rows: Sequence[Row]) -> None:
    with project.change("Add") as change:
        for text, name, split in rows:
            label = project.label_named(name)
            assert label is not None
            change.add_samples([NewSample(text, split, {"labels": [label.id]}, (label.id,))])


def _enough(count: int = 10) -> list[Row]:
    train: Split = "train"
    splits: list[Split] = [*[train] * count, "validation", "test"]
    return [(f"{name} {n}", name, split) for name in ("yes", "no", "perhaps") for n, split in enumerate(splits)]


def _says(check: Check, words: str) -> Filter | None:
    [found] = [finding for finding in check.findings if words in finding.sentence]
    return found.show


def test_an_empty_project_cannot_be_tuned_and_says_why(project: Project) -> None:
    check = check_before_tuning(project)
    assert not check.possible
    assert check.findings[0].level == "red"
    assert _says(check, "at least two labels") == Filter(state="unlabelled")


def test_enough_of_everything_is_ready(project: Project) -> None:
    _add(project, _enough())
    check = check_before_tuning(project)
    assert check.possible
    assert [finding.level for finding in check.findings] == ["ok"]
    assert [(one.label.name, one.train, one.validation, one.test, one.waiting) for one in check.counts] == [
        ("yes", 10, 1, 1, 0),
        ("no", 10, 1, 1, 0),
        ("perhaps", 10, 1, 1, 0),
    ]


def test_two_labels_of_which_one_is_only_in_test_are_not_enough(project: Project) -> None:
    _add(project, [("a", "yes", "train"), ("b", "no", "test"), ("c", "yes", "validation")])
    check = check_before_tuning(project)
    assert not check.possible
    assert _says(check, "train split needs") is not None


def test_a_label_with_few_samples_or_none_is_named_and_can_be_shown(project: Project) -> None:
    perhaps = project.label_named("perhaps")
    assert perhaps is not None
    _add(project, [row for row in _enough() if row[1] != "perhaps"])
    check = check_before_tuning(project)
    assert _says(check, 'No sample has the label "perhaps"') is None
    _add(project, [("only in test", "perhaps", "test")])
    assert _says(check_before_tuning(project), "No training sample") == Filter(label=perhaps.id)
    _add(project, [("one", "perhaps", "train")])
    check = check_before_tuning(project)
    assert _says(check, "few training samples (1)") == Filter(label=perhaps.id)
    assert check.possible


def test_a_missing_validation_split_can_be_mended_with_one_click(project: Project) -> None:
    _add(project, [row for row in _enough() if row[2] == "train"])
    check = check_before_tuning(project, Recipe(patience=2))
    [finding] = [one for one in check.findings if one.remedy]
    assert finding.remedy == "set_aside_validation"
    assert "early stopping" in finding.sentence
    assert _says(check, "no test split") is None


def test_labelled_samples_without_a_split_are_announced(project: Project) -> None:
    _add(project, [(text, name, None) for text, name, _ in _enough()])
    check = check_before_tuning(project)
    assert _says(check, "Labelled samples without a split: 36.") == Filter(state="labelled")
    assert [finding.level for finding in check.findings] == ["ok"]


def test_leaks_and_texts_with_two_labels_are_doors_to_their_samples(project: Project) -> None:
    _add(project, [*_enough(), ("twice", "yes", "train"), ("twice", "no", "test")])
    check = check_before_tuning(project)
    assert _says(check, "2 samples have a text that stands in another split") == Filter(state="leak")
    shown = _says(check, "Identical texts with different labels: 1.")
    assert shown is not None and shown.ids is not None
    assert [project.sample(sample).text for sample in shown.ids] == ["twice", "twice"]


def test_a_rare_label_is_compared_with_the_most_frequent(project: Project) -> None:
    _add(project, [(f"more {n}", "yes", "train") for n in range(200)] + _enough())
    assert _says(check_before_tuning(project), "class weights") is not None


def test_the_sample_project_is_ready_to_be_tuned(tmp_path: Path) -> None:
    with create_sample_project(tmp_path / "Sample.lepton") as sample:
        check = check_before_tuning(sample)
        assert check.possible
        assert not [finding for finding in check.findings if finding.level != "ok"]
        assert len(check.counts) == 6
        assert (sample.count(), sample.count(Filter(state="labelled"))) == (300, 120)


def test_a_task_without_labels_asks_for_samples_and_for_no_labels(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Stars.lepton", task="ratings") as project:
        assert _says(check_before_tuning(project), "needs annotated samples") == Filter(state="unlabelled")
        with project.change("Add") as change:
            change.add_samples(NewSample(f"text {n}", "train" if n else None, {"value": 4.0}) for n in range(9))
        check = check_before_tuning(project)
        assert check.possible and not check.counts
        assert (check.splits["train"], check.splits[None]) == (8, 1)
        assert _says(check, "few training samples (9)") is not None


def test_texts_that_are_cut_are_said_with_how_many(project: Project) -> None:
    found = findings_of(Estimated(200.0, 1500.0, 80.0, 400, 12, 256))
    assert [finding.level for finding in found] == ["amber", "ok"]
    assert "Texts longer than 256 tokens: 12." in found[0].sentence
    assert found[1].sentence == "About 3 min for 400 steps, with 1.5 GB of memory."
    assert [finding.level for finding in findings_of(Estimated(1.0, 400.0, 80.0, 4, 0, 256))] == ["ok"]


def test_a_length_of_time_is_said_as_exactly_as_it_is_known() -> None:
    assert [duration(seconds) for seconds in (0.2, 75, 100, 5000, 6000)] == [
        "1 s",
        "75 s",
        "2 min",
        "83 min",
        "1.7 h",
    ]
