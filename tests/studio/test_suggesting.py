"""What is suggested of a sample: the newest that can be used, from runs of any version and from word lists."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.contract.span_values import Span
from lepton_studio.contract.task import Input
from lepton_studio.errors import Cancelled
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample, Predictor, Suggested
from lepton_studio.studio.suggesting import (
    bring_in_old_suggestions,
    new_suggestion,
    newest_suggesting_run,
    reader,
    suggest_words,
    suggestion_for,
    suggestions_by,
)
from lepton_studio.tasks import task_named
from lepton_studio.tasks.ratings.annotation import Rating
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.tasks.text_classification.annotation import Choice

_TASK = task_named("text_classification")


def _project(folder: Path, task: str = "text_classification", *, texts: int = 4) -> Project:
    labels = [] if task == "ratings" else ["refund", "card", "other"]
    project = Project.create(folder / "Test.lepton", task=task, labels=labels)
    with project.change("Import") as change:
        change.add_samples(NewSample(f"Ada lost card {n}") for n in range(texts))
    return project


def _ended_run(project: Project) -> int:
    run = project.create_run(model="built-in", recipe={}, counts={}).id
    project.update_run(run, status="finished", scores={"test": {"accuracy": 0.9}})
    return run


def test_the_newest_run_suggests_and_an_earlier_one_is_marked_where_the_newest_is_silent(tmp_path: Path) -> None:
    with _project(tmp_path) as project:
        first, second = _ended_run(project), _ended_run(project)
        read, newest = reader(project), newest_suggesting_run(project)
        project.store_suggestions(first, (new_suggestion(_TASK, id, Choice((1,)), score=0.8) for id in (1, 2)))
        project.store_suggestions(second, [new_suggestion(_TASK, 1, Choice((2,)), score=0.7, scores={2: 0.7, 1: 0.3})])
        newer, older = (suggestion_for(project, id, read=read, newest=newest) for id in (1, 2))
        assert newer is not None and older is not None and newest == second
        assert (newer.value, newer.predictor.id, newer.is_old) == (Choice((2,)), second, False)
        assert (older.value, older.predictor.id, older.is_old) == (Choice((1,)), first, True)
        assert suggestion_for(project, 3, read=read, newest=newest) is None
        project.delete_label(2, relabel=lambda value: None)
        fallen_back = suggestion_for(project, 1, read=reader(project), newest=newest)
        assert fallen_back is not None and fallen_back.predictor.id == first, "its label is gone"


def test_suggestions_of_older_versions_come_out_of_their_files_once(tmp_path: Path) -> None:
    with _project(tmp_path) as project:
        run = _ended_run(project)
        file = project.run_folder(run) / "suggestions.jsonl"
        rows = [
            {"sample": 1, "value": {"labels": [2]}, "score": 0.75, "scores": {"2": 0.75, "1": 0.25}},
            {"sample": 2, "value": {"labels": [99]}, "score": 0.5, "scores": {}},
            {"sample": 3},
        ]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        os.utime(file, (1_000_000_000, 1_000_000_000))
        assert bring_in_old_suggestions(project) == 1 and not file.exists()
        assert bring_in_old_suggestions(project) == 0
        [said] = suggestions_by(project, run, (1, 2, 3), read=reader(project)).values()
        assert (said.value, said.score, said.scores, said.margin) == (Choice((2,)), 0.75, {2: 0.75, 1: 0.25}, 0.5)
        assert said.at == 1_000_000_000


def test_a_word_list_says_something_of_the_samples_until_there_is_another(tmp_path: Path) -> None:
    def find(given: Input) -> Spans | None:
        return None if "3" in given.text else Spans((Span(0, 3, 1),))

    with _project(tmp_path, "spans") as project:
        assert suggest_words(project, find) == 3
        [by] = project.predictors()
        assert by.kind == "word_list"
        assert list(project.sample_ids(Filter(suggested=Suggested(by.id, label=1)))) == [1, 2, 3]
        assert suggest_words(project, lambda given: find(given) if "0" in given.text else None, at_most=2) == 1
        [by] = project.predictors()
        assert list(project.sample_ids(Filter(suggested=Suggested(by.id)))) == [1]
        with pytest.raises(Cancelled):
            suggest_words(project, find, should_stop=lambda: True)
        assert suggest_words(project, None) == 0 and project.predictors() == []


def test_a_rating_between_two_steps_agrees_with_what_accepting_it_gives(tmp_path: Path) -> None:
    task = task_named("ratings")
    with _project(tmp_path, "ratings") as project:
        by: Predictor = project.enter_predictor("imported", "elsewhere")
        said = [new_suggestion(task, 1, Rating(3.2, step=1.0)), new_suggestion(task, 2, Rating(3.6, step=1.0))]
        project.store_suggestions(by.id, said)
        for sample in (1, 2):
            project.annotate(sample, task.dump(Rating(3.0)))
        disagrees = Filter(suggested=Suggested(by.id, disagrees=True))
        assert list(project.sample_ids(disagrees)) == [2]
        assert replace(said[0], accepted=None) != said[0] and said[0].accepted == {"rating": 3.0}
