"""How often the same answer was given again, with kappa, its drift, and by whom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lepton_studio.cli import main
from lepton_studio.project.project import Project
from lepton_studio.project.reviews import ReviewAnswer
from lepton_studio.studio.self_agreement import kappa_sentence, self_agreement, self_agreement_sentence
from tests.project.steps import add, choice, new


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("LEPTON_ANNOTATOR", "Ada")
    made = Project.create(tmp_path / "Again.lepton", task="text_classification", labels=("refund", "card"))
    add(made, [new(f"text {n}") for n in range(40)])
    for sample in range(1, 41):
        label = 1 + sample % 2
        made.annotate(sample, choice(label), labels=(label,))
    return made


def _answer(project: Project, sample: int, *, same: bool) -> None:
    label = 1 + (sample + (not same)) % 2
    project.review([ReviewAnswer(sample, choice(label), (label,))], kind="again")


def test_kappa_and_its_drift_are_those_of_the_answers(project: Project) -> None:
    with project:
        assert self_agreement_sentence(self_agreement(project)) == ""
        for sample in range(1, 10):
            _answer(project, sample, same=True)
        found = self_agreement(project)
        assert (found.n, found.same, found.kappa) == (9, 9, None) and "at least 10" in kappa_sentence(found)
        for sample in range(10, 21):
            _answer(project, sample, same=sample > 14)
        found = self_agreement(project)
        assert (found.n, found.same, found.differing) == (20, 15, (10, 11, 12, 13, 14))
        assert found.kappa == pytest.approx(0.5) and found.earlier == pytest.approx(0.8)
        assert found.later == pytest.approx(0.2, abs=0.02) and found.by_person == {"Ada": (15, 20)}
        assert self_agreement_sentence(found).startswith("Same answer on 75% of 20 asked again (95% CI: ")
        assert kappa_sentence(found).startswith("Cohen's kappa: 0.50 (0.80 in the first half")
        project.undo()
        assert self_agreement(project).n == 19


def test_only_what_the_same_person_labelled_long_enough_ago_is_asked_once(project: Project) -> None:
    with project:
        assert set(project.to_ask_again("Ada", gap=30)) == set(range(1, 11))
        _answer(project, 3, same=True)
        project.annotate(4, choice(1), labels=(1,))
        project.annotate(5, None)
        assert set(project.to_ask_again("Ada", gap=32)) == {1, 2, 6, 7, 8, 9, 10}
        assert project.to_ask_again("Grace", gap=0) == () and project.to_ask_again("Ada", gap=500) == ()


def test_it_is_told_and_set_from_the_command_line(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for sample in range(1, 13):
        _answer(project, sample, same=sample > 1)
    folder = str(project.folder)
    project.close()
    assert main(["self-agreement", folder, "--ask", "0.02", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["ask"], facts["n"], facts["same"], facts["differing"]) == (0.02, 12, 11, [1])
    assert main(["self-agreement", folder]) == 0
    assert capsys.readouterr().out.startswith("Same answer on 92% of 12 asked again")
