"""How far people agree in a project: the measure that fits the task, on real decisions of several people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.project.project import Project
from lepton_studio.studio.agreement.people import Agreement, agreement
from lepton_studio.studio.answering import answers_on, to_settle
from lepton_studio.tasks import task_named
from tests.project.steps import add, relabel_to

Sit = Callable[[str], None]


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Sit:
    return lambda who: monkeypatch.setenv("LEPTON_ANNOTATOR", who)


@pytest.fixture
def make(tmp_path: Path, sit: Sit) -> Iterator[Callable[..., Project]]:
    """A project of a task in which people decided: `{who: {sample: (value, labels)}}`, one after another."""
    opened: list[Project] = []

    def made(task: str, labels: list[str], texts: list[str], decided: dict[str, dict[int, Any]]) -> Project:
        project = Project.create(tmp_path / f"{len(opened)}.lepton", task=task, labels=labels)
        opened.append(project)
        add(project, texts)
        of_task = task_named(task)
        for who, values in decided.items():
            sit(who)
            for sample, value in values.items():
                ids = of_task.labels_in(of_task.parse(value, project.labels()))
                project.annotate(sample, value, labels=tuple(ids))
        return project

    yield made
    for project in opened:
        project.close()


def _choices(*labels: int) -> dict[int, Any]:
    return {sample: {"labels": [label]} for sample, label in enumerate(labels, 1)}


def _overall(found: Agreement) -> dict[str, float | None]:
    return {one.measure: None if one.value is None else round(one.value, 3) for one in found.overall}


def test_three_people_have_alpha_kappa_of_each_pair_and_what_they_differ_on(make: Callable[..., Project]) -> None:
    texts = [f"Text {n}" for n in range(1, 7)]
    project = make(
        "text_classification",
        ["card", "refund"],
        texts,
        {"Ana": _choices(1, 1, 2, 2, 1, 2), "Ben": _choices(1, 1, 2, 2, 2), "Cleo": _choices(1, 2, 2, 2, 2)},
    )
    found = agreement(project)
    assert found.people == {"Ana": 6, "Ben": 5, "Cleo": 5}
    assert (found.samples, found.same) == (5, 3)
    # Coincidences of the 15 pairable answers: D_o = 4/15, D_e = 2 x 6 x 9 / (15 x 14)
    assert _overall(found) == {"alpha_nominal": round(1 - (4 / 15) / (108 / 210), 3), "fleiss": 0.444}
    assert [(one.first, one.second, one.same, one.score.n) for one in found.pairs] == [
        ("Ana", "Ben", 4, 5),
        ("Ana", "Cleo", 3, 5),
        ("Ben", "Cleo", 4, 5),
    ]
    low, high = found.overall[0].low, found.overall[0].high
    assert low is not None and high is not None and low < (found.overall[0].value or 0) < high <= 1
    both = [(one.first, one.second, one.first_says, one.second_says, one.samples) for one in found.differences]
    assert both == [
        ("Ana", "Cleo", "card", "refund", (2, 5)),
        ("Ana", "Ben", "card", "refund", (5,)),
        ("Ben", "Cleo", "card", "refund", (2,)),
    ]
    assert found.to_settle == to_settle(project, task_named(project.task_id)) == (2, 5)


def test_what_is_settled_is_no_longer_to_settle_and_counts_as_nobodys_own_answer(
    make: Callable[..., Project], sit: Sit
) -> None:
    decided = {"Ana": _choices(1, 1, 2), "Ben": _choices(1, 2, 2)}
    project = make("text_classification", ["card", "refund"], ["a", "b", "c"], decided)
    before = agreement(project)
    project.annotate(2, {"labels": [2]}, labels=(2,), origin="settled")
    after = agreement(project)
    assert (before.to_settle, after.to_settle) == ((2,), ())
    assert (after.same, after.overall) == (before.same, before.overall)
    sit("Ana")
    project.annotate(2, {"labels": [1]}, labels=(1,))  # she still thinks otherwise
    assert agreement(project).to_settle == (2,)
    project.undo()
    assert agreement(project).to_settle == ()
    project.undo()
    assert agreement(project).to_settle == (2,)


def test_labelling_many_at_a_time_and_merging_labels_is_no_answer_on_one_sample(make: Callable[..., Project]) -> None:
    project = make("text_classification", ["card", "lost", "refund"], ["a", "b"], {"Ana": _choices(1, 2)})
    project.merge_labels(2, 1, relabel=relabel_to(2, 1))
    task = task_named(project.task_id)
    assert [task.labels_in(one.value) for one in answers_on(project, task, 2)] == [(1,)]  # what she said, as of now
    project.annotate_many([(1, {"labels": [3]}, (3,))], origin="bulk")
    assert agreement(project).people == {"Ana": 1}
    assert agreement(project, bulk=True).people == {"Ana": 2}


def test_sets_of_labels_are_compared_by_what_they_share(make: Callable[..., Project]) -> None:
    def sets(*chosen: list[int]) -> dict[int, Any]:
        return {sample: {"labels": labels} for sample, labels in enumerate(chosen, 1)}

    decided = {"Ana": sets([1, 2], [1], [3], []), "Ben": sets([1], [1], [3], [])}
    project = make("multi_label", ["a", "b", "c"], ["1", "2", "3", "4"], decided)
    found = agreement(project)
    # Two of 8 answers are at distance 1 - 1/2 x 2/3 of each other; all other pairs but equal ones too, or at 1.
    pooled = {frozenset({1, 2}): 1, frozenset({1}): 3, frozenset({3}): 2, frozenset(): 2}
    expected = sum(
        n * m * (2 / 3 if {1, 2} in (one, other) and {1} in (one, other) else float(one != other))
        for one, n in pooled.items()
        for other, m in pooled.items()
    ) / (8 * 7)
    assert _overall(found) == {"alpha_masi": round(1 - (2 * 2 / 3 / 8) / expected, 3)}
    names = {one.id: one.name for one in project.labels()}
    assert {names[label]: one.value for label, one in found.labels.items()} == {
        "a": 1.0,
        "b": pytest.approx(0.0),  # one of two used it once: as by chance
        "c": 1.0,
    }
    assert [(one.kind, one.first_says, one.second_says) for one in found.differences] == [("missed", "b", "")]


def test_ratings_are_compared_by_how_far_they_lie_apart(make: Callable[..., Project]) -> None:
    def ratings(*given: float) -> dict[int, Any]:
        return {sample: {"rating": rating} for sample, rating in enumerate(given, 1)}

    texts = [str(n) for n in range(5)]
    near = make("ratings", [], texts, {"Ana": ratings(1, 2, 3, 4, 5), "Ben": ratings(1, 2, 3, 4, 4)})
    far = make("ratings", [], texts, {"Ana": ratings(1, 2, 3, 4, 5), "Ben": ratings(1, 2, 3, 4, 1)})
    # D_o = 2 / 10; D_e = 2 (10 x 101 - 29^2) / (10 x 9), of 1 1 2 2 3 3 4 4 4 5
    assert _overall(agreement(near)) == {"alpha_interval": round(1 - 0.2 / (338 / 90), 3)}
    assert (_overall(agreement(far))["alpha_interval"] or 1) < 0.3
    (difference,) = agreement(far).differences
    assert (difference.first_says, difference.second_says, difference.samples) == ("5", "1", (5,))


def test_spans_are_compared_mark_by_mark_and_character_by_character(make: Callable[..., Project]) -> None:
    def spans(*found: tuple[int, int, int]) -> dict[str, Any]:
        return {"spans": [list(one) for one in found]}

    decided = {
        "Ana": {1: spans((0, 3, 1), (13, 17, 2)), 2: spans(), 3: spans((0, 2, 1))},
        "Ben": {1: spans((0, 3, 1), (13, 18, 2)), 2: spans((0, 6, 1)), 3: spans((0, 2, 1))},
    }
    project = make("spans", ["person", "city"], ["Ada wrote to Bonn.", "Nobody.", "Bo"], decided)
    found = agreement(project)
    assert _overall(found)["f1"] == round(2 * 2 / (3 + 4), 3)
    # 27 characters, 54 answers: 16 person, 9 city, the others none; on 7 characters they differ
    pooled = (54 - 16 - 9, 16, 9)
    expected = (54**2 - sum(n * n for n in pooled)) / (54 * 53)
    assert _overall(found)["alpha_characters"] == round(1 - (2 * 7 / 54) / expected, 3)
    assert [(one.kind, one.first_says, one.second_says, one.samples) for one in found.differences] == [
        ("boundary", "city", "city", (1,)),
        ("invented", "", "person", (2,)),
    ]
    assert found.to_settle == (1, 2)


def test_written_answers_are_compared_by_the_measure_of_their_task(make: Callable[..., Project]) -> None:
    decided = {"Ana": {1: {"text": "Good morning"}, 2: {"text": "Thanks"}}, "Ben": {1: {"text": "Good morning"}}}
    project = make("text_to_text", [], ["Guten Morgen", "Danke"], decided)
    found = agreement(project)
    assert _overall(found) == {"likeness": 1.0}
    assert (found.samples, found.people) == (1, {"Ana": 2, "Ben": 1})
    assert found.labels == {}
