"""Two people label copies of one project, from the command line: real files, real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.project.project import Project
from tests.end_to_end.conftest import Studio


@pytest.fixture
def copies(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A project of Ana's and Ben's copy of it: they agree on two texts and differ on one, and each has one alone."""
    (tmp_path / "texts.csv").write_text("text\nMy card is lost\nMoney back\nWhere is it\nHello\nThanks\n", "utf-8")
    ana, ben = tmp_path / "Post.lepton", tmp_path / "Ben.lepton"
    labels = ("--label", "card", "--label", "refund", "--label", "other")
    assert studio("new", ana, "--task", "text_classification", *labels).code == 0
    assert studio("import", ana, tmp_path / "texts.csv").code == 0
    assert studio("copy", ana, ben).code == 0
    for folder, who, decided in ((ana, "Ana", {1: 1, 2: 2, 3: 3, 4: 3}), (ben, "Ben", {1: 1, 2: 2, 3: 1, 5: 3})):
        monkeypatch.setenv("LEPTON_ANNOTATOR", who)
        with Project.open(folder) as project:
            for sample, label in decided.items():
                project.annotate(sample, {"labels": [label]}, labels=(label,))
    return ana, ben


def test_a_dry_run_says_what_a_merge_would_do_and_the_merge_does_it(studio: Studio, copies: tuple[Path, Path]) -> None:
    ana, ben = copies
    foreseen = studio("merge", ana, ben, "--dry-run", "--json").json
    conflict = {"sample": 3, "text": "Where is it", "here": "other", "there": "card", "who": "Ben"}
    assert foreseen == {
        "done": False,
        "people": {"Ben": 4},
        "labelled": 1,
        "replaced": 0,
        "agreed": 2,
        "new_samples": 0,
        "new_labels": [],
        "conflicts": [conflict],
        "flags": 0,
        "notes": 0,
        "skipped": 0,
        "splits": 0,
    }
    assert studio("status", ana, "--json").json["labelled"] == 4
    done = studio("merge", ana, ben)
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            "New annotations by: Ben (4).",
            "1 unlabelled sample is labelled.",
            "2 samples were labelled the same by both sides.",
            "1 sample is labelled differently. It keeps its annotation here until you settle it.",
            "",
            "sample           here  there  who",
            "3  Where is it  other   card  Ben",
        ],
    )
    assert studio("status", ana, "--json").json["labelled"] == 5
    again = studio("merge", ana, ben)
    assert again.out == "There is nothing new in what you want to merge.\n"


def test_what_is_no_copy_is_refused_in_a_sentence_and_nothing_is_written(
    studio: Studio, copies: tuple[Path, Path], tmp_path: Path
) -> None:
    ana, ben = copies
    studio("new", tmp_path / "Else.lepton", "--task", "text_classification")
    refused = studio("merge", ana, ben, tmp_path / "Else.lepton")
    assert refused.code == 1
    assert refused.err.startswith("“Else” is not a copy of this project, so the two cannot be merged.")
    assert studio("status", ana, "--json").json["labelled"] == 4
    missing = studio("merge", ana, tmp_path / "Nowhere.lepton")
    assert (missing.code, "There is no project in" in missing.err) == (1, True)
    assert studio("merge", ana, ben, ben, "--as", "Ben").code == 2


def test_agreement_is_said_with_its_measure_its_interval_and_who_differs_on_what(
    studio: Studio, copies: tuple[Path, Path]
) -> None:
    ana, ben = copies
    alone = studio("agreement", ana)
    assert alone.out == "No sample has been labelled by two people yet.\n"
    studio("merge", ana, ben)
    found = studio("agreement", ana, "--json").json
    assert (found["people"], found["samples"], found["same"]) == ({"Ana": 4, "Ben": 4}, 3, 2)
    (pair,) = found["pairs"]
    # Both say card and refund once; Ana says other where Ben says card: (2/3 - 1/3) / (1 - 1/3)
    assert (pair["first"], pair["second"], pair["measure"], pair["n"]) == ("Ana", "Ben", "kappa", 3)
    assert pair["value"] == pytest.approx(0.5)
    (overall,) = found["overall"]
    assert (overall["measure"], overall["value"]) == ("alpha_nominal", pytest.approx(6 / 11))
    assert found["differences"] == [
        {"first": "Ana", "second": "Ben", "kind": "wrong", "first_says": "other", "second_says": "card", "samples": [3]}
    ]
    assert found["to_settle"] == [3]
    said = studio("agreement", ana).out
    assert "3 samples were labelled by two or more people; they all agree on 2 (67%)." in said
    assert said.splitlines()[-1].split() == ["Ana:", "other", "Ben:", "card", "1"]
