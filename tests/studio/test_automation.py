"""Let the model do the rest: never more than was accepted, proven on samples that chance chose."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from lepton_studio.instant_files import SAID
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.studio.certainty import binomial_tail, upper_bound
from lepton_studio.studio.instant.automation import apply, level_of_look, needed_tests, plan, prove
from lepton_studio.studio.instant.model import InstantModel
from lepton_studio.tasks import task_named


def test_the_bound_is_that_of_clopper_and_pearson() -> None:
    assert upper_bound(0, n=59) == pytest.approx(1 - 0.05 ** (1 / 59))
    assert upper_bound(1, n=60) == pytest.approx(0.0766, abs=1e-4)  # the quantile 0.95 of Beta(2, 59)
    assert upper_bound(3, n=3) == 1 and upper_bound(0, n=0) == 1
    assert binomial_tail(2, n=5, share=0.3) == pytest.approx(
        sum(math.comb(5, k) * 0.3**k * 0.7 ** (5 - k) for k in range(3))
    )


def test_with_too_few_test_samples_nothing_is_taken_and_with_one_more_all_is() -> None:
    assert needed_tests(0.05) == 59 and needed_tests(0.1) == 29
    pool = np.linspace(0.5, 1, 1000)
    few = prove(pool, np.full(58, 0.99), np.zeros(58, bool), risk=0.05)
    assert few.threshold is None
    enough = prove(pool, np.full(59, 0.99), np.zeros(59, bool), risk=0.05)
    assert enough.threshold == 0.5 and enough.n == 59 and enough.bound <= 0.05


def test_what_the_model_is_wrong_on_is_left_to_the_person() -> None:
    chance = np.random.default_rng(0)
    pool, tested = chance.uniform(0, 1, 5000), chance.uniform(0, 1, 1000)
    found = prove(pool, tested, tested < 0.5, risk=0.05)
    assert found.threshold is not None and 0.45 < found.threshold < 0.55
    assert found.wrong / found.n < found.bound <= 0.05
    assert prove(pool, tested, np.ones(1000, bool), risk=0.05).threshold is None


@pytest.mark.parametrize("boast", [0.6, 1.0, 1.5])
def test_a_model_that_boasts_or_is_modest_takes_too_much_in_one_of_twenty_cases_at_most(boast: float) -> None:
    """It says p and is right with p ** boast: 400 test samples, 400 times."""
    chance, exceeded = np.random.default_rng(1), 0
    for _ in range(400):
        said = chance.beta(4, 1, 2400)
        wrong = chance.uniform(size=2400) > said**boast
        found = prove(said[400:], said[:400], wrong[:400], risk=0.1)
        if found.threshold is not None:
            exceeded += int(np.mean(1 - said[400:][said[400:] >= found.threshold] ** boast) > 0.1)
    assert exceeded <= 0.05 * 400 + 9, "two standard errors"


def test_who_looks_again_and_again_is_not_misled_more_often() -> None:
    """As above, but with 20 to 400 test samples, until there is a proof; it says p and is right with p ** 1.5."""
    chance, exceeded, proven = np.random.default_rng(2), 0, 0
    for _ in range(80):
        said = chance.beta(4, 1, 2400)
        wrong, number = chance.uniform(size=2400) > said**1.5, 0
        for tested in range(20, 401, 20):
            level = level_of_look(number + 1)
            number += tested >= needed_tests(0.2, level)
            found = prove(said[400:], said[:tested], wrong[:tested], risk=0.2, level=level)
            if found.threshold is not None:
                proven += 1
                exceeded += int(np.mean(1 - said[400:][said[400:] >= found.threshold] ** 1.5) > 0.2)
                break
    assert proven > 40 and exceeded <= 0.05 * 80 + 4


LABELS = ("bug", "praise")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """60 labelled test samples (1 to 60), two to learn from, and 40 without a label (63 to 102)."""
    with Project.create(tmp_path / "Rest.lepton", task="text_classification", labels=LABELS) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(f"text {n}") for n in range(1, 103))
        made.annotate_many((one, {"labels": [1]}, (1,)) for one in range(1, 63))
        made.set_split(range(1, 61), "test")
        yield made


def a_model(drawn: Collection[int] = (), *, sure: Mapping[int, float] = MappingProxyType({})) -> InstantModel:
    """It says "bug" of all 102 samples and is quite sure, or as sure as it is said."""
    said = np.zeros(102, SAID)
    said["sample"] = np.arange(1, 103)
    said["labels"], said["scores"] = -1, 0
    said["labels"][:, 0] = 0
    said["scores"][:, 0] = [sure.get(one, 0.99) for one in range(1, 103)]
    said["drawn"] = [one in drawn for one in range(1, 103)]
    return InstantModel(task_named("text_classification"), said, (1, 2), decisions=2)


def test_what_chance_drew_for_the_test_and_texts_of_the_test_are_left_to_the_person(project: Project) -> None:
    with project.change("Import") as change:
        change.add_samples([NewSample("text 7")])
    found = plan(project, a_model(drawn=range(63, 73)), risks=(0.1,))
    assert found.unlabelled == 41
    assert found.at(0.1).taken == tuple(range(73, 103))
    assert {id for id, _ in found.covered} >= {*range(63, 73), *range(1, 61)}


def test_one_look_is_one_look_until_something_is_decided(project: Project) -> None:
    first = plan(project, a_model(), risks=(0.05, 0.1)).at(0.1)
    assert first.tests_needed == needed_tests(0.1, 0.025) == 36
    assert plan(project, a_model(), risks=(0.1,)).at(0.1) == first and len(project.looks()) == 1
    project.annotate(63, {"labels": [2]}, labels=(2,))
    second = plan(project, a_model(), risks=(0.1,)).at(0.1)
    assert second.tests_needed == needed_tests(0.1, 0.05 / 6) == 46 and len(project.looks()) == 2
    assert first.proof.bound < second.proof.bound <= 0.1
    project.annotate_many((one, None, ()) for one in range(1, 40))
    assert plan(project, a_model(), risks=(0.1,)).at(0.1).tests_needed == needed_tests(0.1, 0.05 / 12)
    assert len(project.looks()) == 2, "21 test samples prove nothing: that costs nothing"


def test_what_the_model_took_is_not_proven_again_by_the_same_easy_samples(project: Project) -> None:
    model = a_model(sure={one: 0.5 for one in range(83, 103)} | {one: 0.5 for one in range(1, 11)})
    project.annotate_many((one, {"labels": [2]}, (2,)) for one in range(1, 11))
    found = plan(project, model, risks=(0.1,))
    assert found.at(0.1).taken == tuple(range(63, 83)) and found.at(0.1).proof.n == 50
    apply(project, found, model, risk=0.1)
    assert project.sample(63).origin == "bulk" and project.sample(63).split == "train"
    assert "99%" in str(project.undo_name()) and "10%" in str(project.undo_name())
    assert plan(project, model, risks=(0.1,)).tested == 10, "the harder ones are what is like the rest"
    project.undo()
    assert plan(project, model, risks=(0.1,)).tested == 60
