"""One step on many samples: what it would change is known before, and what a person decided is not lost in it."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample, NewSuggestion
from lepton_studio.studio.bulk import BulkStep, accept_suggestions, apply, bulk_choices, give_label, plan
from lepton_studio.tasks import task_named


def _project(folder: Path, *, task: str = "text_classification", texts: int = 8) -> Project:
    project = Project.create(folder / "P.lepton", task=task, labels=["refund", "lost"])
    with project.change("Import") as change:
        change.add_samples(NewSample(f"text {n}") for n in range(texts))
    return project


def test_a_step_leaves_other_labels_and_the_test_split_alone_unless_told(tmp_path: Path) -> None:
    with _project(tmp_path) as project:
        task, (refund, lost) = task_named(project.task_id), project.labels()
        project.annotate(1, {"labels": [refund.id]}, labels=(refund.id,))
        project.annotate(2, {"labels": [lost.id]}, labels=(lost.id,))
        project.set_split([3], "test")
        step = give_label(task, refund, Filter(), chosen_by="rule")
        found = plan(project, step, task=task)
        counts = {kind: found.count(kind, in_test=False) for kind in ("new", "conflict", "added")}
        assert (counts, found.same, found.count("new", in_test=True)) == ({"new": 5, "conflict": 1, "added": 0}, 1, 1)
        assert found.examples["conflict"][0].before == "lost"

        apply(project, step, found.chosen())
        assert project.sample(2).value == {"labels": [lost.id]} and project.sample(3).value is None
        assert {project.sample(id).split for id in (4, 8)} == {"train"}, "a rule's labels must not become a test"
        assert {project.sample(id).origin for id in (1, 4)} == {"manual", "bulk"}
        project.undo()
        assert project.count(Filter(state="labelled")) == 2 and project.sample(4).split is None

        apply(project, step, found.chosen(overwrite=True, also_test=True))
        assert project.label_counts() == {refund.id: 8, lost.id: 0} and project.sample(3).split == "test"


def test_what_was_decided_after_the_plan_stays(tmp_path: Path) -> None:
    with _project(tmp_path) as project:
        task, (refund, lost) = task_named(project.task_id), project.labels()
        step = give_label(task, refund, Filter(ids=(1, 2, 3)))
        found = plan(project, step, task=task)
        project.annotate(2, {"labels": [lost.id]}, labels=(lost.id,))
        project.remove_samples([3])
        assert apply(project, step, found.chosen()).samples == frozenset({1})
        assert project.sample(2).value == {"labels": [lost.id]}


def test_where_a_text_takes_several_labels_one_more_is_added(tmp_path: Path) -> None:
    with _project(tmp_path, task="multi_label", texts=3) as project:
        task, (refund, lost) = task_named(project.task_id), project.labels()
        project.annotate(1, {"labels": [lost.id]}, labels=(lost.id,))
        choices = bulk_choices(task, project)
        assert [one.words for one in choices] == ["refund", "lost", "No label"]
        step = choices[0].step(Filter(), "hand")
        found = plan(project, step, task=task)
        assert (found.count("added", in_test=False), found.count("new", in_test=False)) == (1, 2)
        apply(project, step, found.chosen())
        assert project.label_counts() == {refund.id: 3, lost.id: 1}
        none = plan(project, choices[2].step(Filter(), "hand"), task=task)
        assert none.count("conflict", in_test=False) == 3 and not none.chosen()


def test_suggestions_are_accepted_where_there_are_some_and_nobody_said_otherwise(tmp_path: Path) -> None:
    with _project(tmp_path) as project:
        task, (refund, lost) = task_named(project.task_id), project.labels()
        by = project.enter_predictor("imported", "gpt").id
        said = [NewSuggestion(id, {"labels": [refund.id]}, (refund.id,)) for id in (1, 2, 3)]
        project.store_suggestions(by, said)
        project.annotate(1, {"labels": [lost.id]}, labels=(lost.id,))
        step = accept_suggestions(Filter(), by=by)
        found = plan(project, step, task=task)
        assert (found.unknown, len(found.chosen())) == (5, 2)
        apply(project, step, found.chosen())
        assert project.label_counts() == {refund.id: 2, lost.id: 1}


def test_a_step_on_ten_thousand_samples_does_not_name_each_of_them(tmp_path: Path) -> None:
    with _project(tmp_path, texts=10_000) as project:
        task, (refund, _lost) = task_named(project.task_id), project.labels()
        step: BulkStep = give_label(task, refund, Filter(), chosen_by="rule")
        changes = apply(project, step, plan(project, step, task=task).chosen())
        assert changes.samples is None and project.label_counts()[refund.id] == 10_000
