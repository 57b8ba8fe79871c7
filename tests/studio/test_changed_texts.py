"""What a run says where a text is changed in a way that should not matter."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lepton_studio.commands.inspecting import fairness, robustness
from lepton_studio.commands.usage import parser
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.events import Finished
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.outcome import outcome as told
from lepton_studio.studio.certainty import paired_difference
from lepton_studio.studio.changed_texts import trying
from lepton_studio.studio.changed_texts.changes import ROBUSTNESS, SWAPS
from lepton_studio.studio.changed_texts.swaps import with_other_names, with_other_pronouns
from lepton_studio.studio.changed_texts.trying import CannotTry, Effect, try_changes
from lepton_studio.studio.changed_texts.words import effect_words, tried_words, verdict_of
from lepton_studio.studio.collecting import collect_run
from lepton_studio.studio.tuning import prepare_run
from lepton_studio.tasks import task_named
from tests.training.tiny import detail, tune_here
from tests.ui.tuned_project import guessed_project


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("He lost his card, HE says.", "She lost her card, SHE says."),
        ("She gave her brother her card; it was hers.", "He gave his sister his card; it was his."),
        ("I told her to call him about his mother", "I told him to call her about her father"),
        ("the card is his.", "the card is hers."),
        ("Mr. Jones and the lady, madam", "Mrs. Jones and the gentleman, sir"),
        ("the theory there herein", "the theory there herein"),
        ("他丢了卡，其他人没有。王先生和他们", "她丢了卡，其他人没有。王女士和她们"),
        ("她妈妈打来电话", "他爸爸打来电话"),
    ],
)
def test_pronouns_are_those_of_the_other_gender(text: str, swapped: str) -> None:
    assert with_other_pronouns(text) == swapped


def test_names_are_those_of_the_other_gender_and_nothing_else_is() -> None:
    assert with_other_names("Dear Mary, JAMES and I will mark it. hans") == "Dear James, MARY and I will mark it. hans"
    text = "Will, Mark and Grace met in May."
    assert with_other_names(text) == text, "names that are words stay"
    assert with_other_names(with_other_names("Olga and Peter")) == "Olga and Peter"


def test_each_change_leaves_what_it_has_nothing_to_change_in() -> None:
    for one in (*ROBUSTNESS, *SWAPS):
        if one.change is not None:
            assert one.change("42", Random(1)) == "42", one.id
    changed = {one.id: one.change("The card of my brother is lost.", Random(1)) for one in ROBUSTNESS if one.change}
    assert changed["capitals"] == "THE CARD OF MY BROTHER IS LOST."
    assert changed["sentence"] == "The card of my brother is lost. That is all I wanted to write today."
    assert changed["typos"] != "The card of my brother is lost."


def test_the_interval_of_a_paired_difference() -> None:
    """By hand: 18 better, 4 worse of 98: (19 - 5) / 100 with a standard error of sqrt((0.24 - 0.14 ** 2) / 100)."""
    low, high = paired_difference(18, 4, n=98)
    assert (low + high) / 2 == pytest.approx(0.14) and (high - low) / 2 == pytest.approx(1.96 * 0.04695, abs=1e-4)


def test_what_is_said_of_an_effect() -> None:
    few = Effect("names", n=4, moved=1)
    assert "only 4 texts have something to change" in effect_words(few) and verdict_of(few) == "too few to tell"
    worse = Effect("typos", 200, 30, 180, 160, 2, 22, *paired_difference(2, 22, n=200), p=0.001)
    said = effect_words(worse)
    assert "A tenth of the words mistyped: 30 of 200 answers change (15.0%; 95% CI: " in said
    assert "90.0% were right before, 80.0% are now; it gets worse beyond chance (-15 to -5 points)." in said
    alike = Effect("typos", 200, 3, 180, 179, 1, 2, *paired_difference(1, 2, n=200))
    assert "may be chance" in effect_words(alike)


def test_of_answers_that_are_written_nothing_is_tried(tmp_path: Path) -> None:
    task = task_named("text_to_text")
    value = task.parse({"text": "a target"}, ())
    made = guessed_project(tmp_path / "p.lepton", task.id, [("a text", value, value)])
    with made as project, pytest.raises(CannotTry, match="about the whole text"):
        try_changes(project, project.runs()[0], "test", ROBUSTNESS)


def test_a_real_run_reads_changed_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One label says "he", the other "she": where pronouns are swapped every answer turns."""
    with Project.create(tmp_path / "p.lepton", task="text_classification", labels=["man", "woman"]) as project:
        with project.change("Import") as change:
            change.add_samples(
                NewSample(
                    f"{'he' if place % 2 else 'she'} has a terrible card and wants a refund of {place} pounds",
                    "test" if place % 3 == 0 else "train",
                    {"labels": [1 if place % 2 else 2]},
                    (1 if place % 2 else 2,),
                )
                for place in range(90)
            )
        run, folder = prepare_run(project, recipe=Recipe(methods=("quick",)))
        last = tune_here(folder).last
        assert isinstance(last, Finished), detail(last)
        collect_run(project, run.id, told(last, exit_code=0))
        run, children = project.run(run.id), Children()
        try:
            found = try_changes(project, run, "test", (*ROBUSTNESS, *SWAPS), at_most=20, children=children)
            monkeypatch.setattr(trying, "Children", lambda: nullcontext(children))  # the verbs use the same child
            where = str(project.folder)
            swapped = fairness(parser().parse_args(["fairness", where, "--swap", "both", "--at-most", "20"]))
            robust = robustness(parser().parse_args(["robustness", where, "--split", "test", "--at-most", "12"]))
        finally:
            children.close()
        assert (found.n, found.total) == (20, 30)
        effects = {one.change: one for one in found.effects}
        pronouns = effects["pronouns"]
        assert (pronouns.n, pronouns.moved, pronouns.before, pronouns.after) == (20, 20, 20, 0)
        assert pronouns.worse == 20 and pronouns.p < 0.05 and len(pronouns.examples) == 20
        assert {pronouns.examples[0].said, pronouns.examples[0].says} == {"man", "woman"}
        assert "gets worse beyond chance" in tried_words(found)
        assert (effects["capitals"].n, effects["names"].n) == (20, 0)
        assert effects["similar"].n > 10 and not effects["similar"].why
        assert "Pronouns of the other gender: 20 of 20 answers change" in swapped.text
        assert "“man” becomes “woman”: she has a terrible card" in swapped.text
        assert "First names of the other gender: none of these texts" in swapped.text
        changes: Any = robust.facts["changes"]
        assert robust.facts["n"] == 12 and [one["change"] for one in changes] == [one.id for one in ROBUSTNESS]
