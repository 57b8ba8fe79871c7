"""A part of the texts in which a run is worse is found, and none is invented where chance dealt the errors."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lepton_studio.studio.slices import LANGUAGE, LENGTH, Judgement, find_slices, slices, slices_words
from tests.ui.tuned_project import tuned_project


def dealt(n: int, *, seed: int, planted: str = "", error: float = 0.1, in_part: float = 0.5) -> list[Judgement]:
    """Texts of three channels and a dozen shops, with an age; wrong at random, more often in the channel `planted`."""
    chance = random.Random(seed)
    rows = []
    for number in range(n):
        channel = chance.choice(["mail", "letter", "phone"])
        fields = {"channel": channel, "shop": f"shop {chance.randrange(12)}", "age": str(chance.randrange(18, 90))}
        share = in_part if channel == planted else error
        rows.append(Judgement(number, "word " * chance.randrange(3, 60), fields, chance.random() < share))
    return rows


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_part_is_found(seed: int) -> None:
    found = find_slices(dealt(400, seed=seed, planted="letter"))
    assert (found[0].kind, found[0].value, found[0].is_worse) == ("channel", "letter", True)
    assert "channel: letter" in slices_words(found)


def test_where_chance_dealt_the_errors_hardly_ever_a_part_is_named() -> None:
    named = sum(any(one.is_worse for one in find_slices(dealt(300, seed=seed))) for seed in range(60))
    assert named <= 7  # at most 3 are expected
    assert "none is worse" in slices_words(find_slices(dealt(300, seed=0)))


def test_numbers_are_cut_in_four_and_lengths_and_languages_count_too() -> None:
    rows = dealt(400, seed=1)
    found = find_slices([*rows, *(Judgement(1000 + n, "请帮我冻结账户谢谢", {}, n % 2 == 0) for n in range(40))])
    kinds = {one.kind: [each for each in found if each.kind == one.kind] for one in found}
    assert len(kinds["age"]) == len(kinds[LENGTH]) == 4
    assert sum(one.n for one in kinds["age"]) == 400
    chinese = next(one for one in kinds[LANGUAGE] if one.value == "Chinese")
    assert (chinese.n, chinese.wrong, chinese.is_worse) == (40, 20, True)
    assert chinese.samples == tuple(range(1000, 1040))


@pytest.mark.parametrize("n", [0, 1, 12])
def test_of_a_few_samples_nothing_is_said(n: int) -> None:
    assert "too few" in slices_words(find_slices(dealt(n, seed=0)))


def test_the_parts_of_a_run_are_those_of_its_samples(tmp_path: Path) -> None:
    with tuned_project(tmp_path / "p.lepton", each=60) as project:
        found = slices(project, project.runs()[0], "train")
        assert {one.kind for one in found} <= {LENGTH, LANGUAGE} and found
