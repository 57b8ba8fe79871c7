"""What an adversarial run tells of mistyped and of other words."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Finished, Noted
from lepton_studio.tasks import task_named
from lepton_studio.typos import with_typos
from tests.training.tiny import RECIPE, detail, tune_here, write_run


@pytest.mark.parametrize("text", ["the driver was friendly and the food arrived quickly", "très pressé, déjà mangé"])
def test_a_mistyped_text_has_its_words_but_for_letters_in_some(text: str) -> None:
    found = [with_typos(text, share=0.3, chance=random.Random(seed)) for seed in range(50)]
    assert sum(one == text for one in found) < 10 and len(set(found)) > 10  # two letters alike may change places
    assert all(len(one.split()) == len(text.split()) and abs(len(one) - len(text)) <= 4 for one in found)
    assert all({word[0] for word in one.split()} == {word[0] for word in text.split()} for one in found)


def test_what_has_no_word_to_mistype_stays() -> None:
    assert with_typos("a 味道 42", share=0.9, chance=random.Random(1)) == "a 味道 42"


def test_an_adversarial_run_tells_how_it_holds_out_and_what_it_costs(tmp_path: Path, tiny_model: Path) -> None:
    recipe = adjusted(RECIPE, {"methods": "full,fgm", "epochs": 1}, task=task_named("text_classification"))
    run = write_run(tmp_path / "run", model=tiny_model, recipe=recipe, sizes=(30, 0, 24))
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)
    said = [one.message for one in told.of(Noted)]
    (of_words,) = [one for one in said if "mistyped" in one]
    reported = run.report()["test"]["headline"]["macro_f1"]
    assert of_words.startswith(f"On 24 test samples macro-F1 is {100 * reported:.1f} %")
    (cost,) = [one for one in said if "Moving words" in one]
    assert 1.3 < float(cost.split("step ")[1].split(" ")[0]) < 4
