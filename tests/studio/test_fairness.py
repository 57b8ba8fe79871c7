"""Groups that a run treats otherwise are found, and none is invented where chance dealt the errors."""

from __future__ import annotations

import random

import numpy as np
import pytest

from lepton_studio.commands.console import Answer
from lepton_studio.commands.usage import parser
from lepton_studio.project.project import Project
from lepton_studio.studio.certainty import holm, newcombe
from lepton_studio.studio.fairness import Flags, NoGroups, compare_groups, fairness, fields_with_groups
from lepton_studio.studio.fairness_words import fairness_facts, fairness_words
from lepton_studio.tasks.text_classification import TASK
from lepton_studio.tasks.text_classification.annotation import Choice
from tests.ui.tuned_project import guessed_project

Dealt = tuple[list[str], Flags, Flags, Flags]


def dealt(n: int, *, seed: int, missed: float = 0.1, labels: int = 4, groups: str = "fmx") -> Dealt:
    """Texts of some groups and one label each; `missed`: of group f and label 0, elsewhere a tenth is wrong."""
    chance = random.Random(seed)
    names, gold, said = [], np.zeros((n, labels), bool), np.zeros((n, labels), bool)
    for row in range(n):
        group, label = chance.choice(groups), chance.randrange(labels)
        is_wrong = chance.random() < (missed if (group, label) == ("f", 0) else 0.1)
        names.append(group)
        gold[row, label] = True
        said[row, (label + chance.randrange(1, labels)) % labels if is_wrong else label] = True
    return names, (gold != said).any(1), gold, said


# Newcombe, R. G. (1998): Interval estimation for the difference between independent proportions. Table II, method 10.
@pytest.mark.parametrize(
    ("hits", "n", "other_hits", "other_n", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_difference(
    hits: int, n: int, other_hits: int, other_n: int, low: float, high: float
) -> None:
    assert newcombe(hits, n, other_hits=other_hits, other_n=other_n) == pytest.approx((low, high), abs=6e-5)


def test_many_looks_are_held_to_more() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_difference_is_found(seed: int) -> None:
    groups, wrong, gold, said = dealt(1200, seed=seed, missed=0.6)
    first = compare_groups(groups, wrong=wrong, gold=gold, said=said)[0]
    assert (first.group, first.outcome, first.label, first.differs) == ("f", "missed", 0, True)
    assert first.low > 0 and all(gold[row, 0] and not said[row, 0] and groups[row] == "f" for row in first.rows)


def test_where_chance_dealt_the_errors_hardly_ever_a_group_is_named() -> None:
    named = 0
    for seed in range(60):
        groups, wrong, gold, said = dealt(300, seed=seed)
        named += any(one.differs for one in compare_groups(groups, wrong=wrong, gold=gold, said=said))
    assert named <= 7  # at most 3 are expected


def test_the_rates_of_two_groups_by_hand() -> None:
    """Of two labels that exclude each other, and two groups, each thing is looked at once."""
    groups = ["f"] * 20 + ["m"] * 40 + [""] * 5
    gold = np.array([[place % 2 == 0, place % 2 == 1] for place in range(65)])
    said = gold.copy()
    said[[0, 2, 4, 20]] = [False, True]
    found = {
        (one.outcome, one.label): one
        for one in compare_groups(groups, wrong=(gold != said).any(1), gold=gold, said=said)
    }
    assert set(found) == {("wrong", None), ("selected", 0), ("missed", 0), ("missed", 1)}
    missed = found["missed", 0]
    assert (missed.group, missed.here.hits, missed.here.n) == ("f", 3, 10)
    assert (missed.elsewhere.hits, missed.elsewhere.n, missed.rows) == (1, 20, (0, 2, 4))
    assert (found["selected", 0].group, found["selected", 0].here.hits) == ("m", 19)
    assert found["selected", 0].labelled is not None and found["selected", 0].labelled[1].hits == 10


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Complaints of f and m: of those of f half of the refunds are missed. Ages, a few without gender."""
    where = tmp_path_factory.mktemp("fair") / "p.lepton"
    rows = []
    for number in range(240):
        gold = 1 + number % 2
        missed = number % 8 == 0
        rows.append((f"Text {number}", Choice((gold,)), Choice((2,)) if missed else Choice((gold,))))
    fields = [
        {
            "gender": "" if number >= 230 else "f" if number % 8 < 4 else "m",
            "age": str(20 + number % 50),
            "same": "x",
            "note": f"n{number}",
        }
        for number in range(240)
    ]
    return guessed_project(where, TASK.id, rows, fields=fields, labels=["refund", "card"])


def test_a_run_by_a_field(project: Project) -> None:
    run = project.runs()[0]
    assert fields_with_groups(project, run, "test") == ("age", "gender")
    found = fairness(project, run, "test", field="gender")
    assert (sum(found.groups.values()), found.without) == (230, 10)
    said = fairness_words(found)
    assert "For texts with gender: f the run misses “refund” more often: 50% against 0%, difference 50 points" in said
    assert "10 samples have no “gender”" in said
    assert found.gap("missed", 1) == 0.5
    facts = fairness_facts(found)
    first = facts["differences"][0]
    assert (first["label"], first["differs"], len(first["samples"])) == ("refund", True, first["here"]["hits"])
    assert len(fairness(project, run, "test", field="age").groups) == 4


@pytest.mark.parametrize(
    ("field", "sentence"),
    [("sex", "These tell groups apart: age, gender."), ("same", "the same “same”"), ("note", "too many to be groups")],
)
def test_a_field_without_groups_is_refused_in_a_sentence(project: Project, field: str, sentence: str) -> None:
    with pytest.raises(NoGroups, match=sentence):
        fairness(project, project.runs()[0], "test", field=field)


def test_on_the_command_line(project: Project) -> None:
    from lepton_studio.commands.inspecting import fairness as verb

    def answer(*arguments: str) -> Answer:
        return verb(parser().parse_args(["fairness", str(project.folder), *arguments]))

    assert answer().facts["fields"] == ["age", "gender"]
    told = answer("--field", "gender", "--run", "1")
    assert "misses “refund” more often" in told.text and told.facts["n"] == 230
