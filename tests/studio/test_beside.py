"""What stands beside a sample: asked of the real child, after each decision and for what is shown next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.children.owner import Children
from lepton_studio.studio.instant.working import Work

TEXTS = (
    "My card is lost", "I want my money back", "I cannot find my card", "When do I get the refund?",
    "The card was stolen yesterday", "Please refund this payment", "Somebody took my card", "A refund, please",
)  # fmt: skip


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with Children() as owner:
        yield owner


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    labels = ("lost card", "refund")
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=labels) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(text) for text in TEXTS)
        yield made


def test_neighbours_and_words_follow_decisions_and_what_is_shown(children: Children, project: Project) -> None:
    work = Work(children, first=(7, 8))
    try:
        work.go_on(project)
        assert work.model is not None and work.beside == {} and not work.is_due, "nothing is labelled"

        for sample in range(1, 7):
            project.annotate(sample, {"labels": [2 - sample % 2]}, labels=(2 - sample % 2,))
        work.learn()
        work.go_on(project)
        card, refund = work.beside[7], work.beside[8]
        assert {one.sample for one in card.near[:3]} == {1, 3, 5} and {one.sample for one in refund.near[:2]} <= {
            4,
            6,
            2,
        }
        assert card.near[0].cosine >= card.near[1].cosine > card.near[-1].cosine
        assert card.label == 1 and "card" in card.words and refund.label == 2 and "refund" in refund.words

        work.first = (5, 999)  # shown now: one that is decided, and one that is gone
        assert work.is_due
        work.go_on(project)
        assert list(work.beside) == [5] and 5 not in {one.sample for one in work.beside[5].near}

        project.annotate(1, {"labels": [2]}, labels=(2,))
        before = work.beside
        work.learn()
        work.go_on(project)
        assert work.beside is not before and not work.is_due
    finally:
        work.close()
