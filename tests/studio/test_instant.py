"""The instant model: reads texts and learns decisions in the live child, and says what each sample is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.children.owner import Children
from lepton_studio.studio.instant.model import InstantModel
from lepton_studio.studio.instant.working import Work

CARD = ("My card is lost", "I cannot find my card", "The card was stolen yesterday", "Somebody took my bank card")
REFUND = ("I want my money back", "When do I get the refund?", "Please refund this payment", "Return what I paid")


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with Children() as owner:
        yield owner


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Two kinds of texts in turn, of which none is labelled."""
    labels = ("lost card", "refund")
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=labels) as made:
        with made.change("Import") as change:
            change.add_samples(
                NewSample(f"{text}, number {n}")
                for n in range(5)
                for pair in zip(CARD, REFUND, strict=True)
                for text in pair
            )
        yield made


@pytest.fixture
def work(children: Children) -> Iterator[Work]:
    made = Work(children)
    yield made
    made.close()
    assert not made.folder.exists()


def _model(work: Work, project: Project) -> InstantModel:
    work.go_on(project)
    assert work.model is not None
    return work.model


def _right(model: InstantModel, project: Project) -> float:
    said = [model.suggestion(one) for one in project.sample_ids()]
    return sum(one is not None and one.value.labels[0] == 1 + place % 2 for place, one in enumerate(said)) / len(said)


def test_names_suggest_before_the_first_label_and_decisions_correct_them(work: Work, project: Project) -> None:
    model = _model(work, project)
    assert model.decisions == 0 and model.score is None and _right(model, project) >= 0.9
    assert work.read.texts == work.read.words == work.read.vectors == 40

    for sample in range(1, 21):  # the other way round: what a person says counts
        project.annotate(sample, {"labels": [1 + sample % 2]}, labels=(1 + sample % 2,))
    work.learn()
    model = _model(work, project)
    assert model.decisions == 20 and _right(model, project) <= 0.1
    assert model.score is not None and model.score.n == 20 and model.score.right >= 18
    first = model.suggestion(1)
    assert first is not None and first.predictor.kind == "instant"
    assert first.score == max(first.scores.values()) > 0.5
