"""Labelled samples like one that is explained: from what was read already, without a child."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.studio.neighbours import neighbours, neighbours_facts, neighbours_words
from lepton_studio.studio.sample_vectors import kept_vectors
from lepton_studio.vectors import VectorWriter


def keep_vectors(project: Project, texts: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
    """As an encoder would have left them."""
    with VectorWriter(project.folder / "vectors" / "some-encoder-2") as writer:
        writer.add(list(texts), np.array(vectors, np.float16))


def test_the_nearest_labelled_samples_are_found_with_what_they_have(tmp_path: Path) -> None:
    texts = ("my card is lost", "card stolen", "I lost a card", "money back", "refund me", "never read")
    with Project.create(tmp_path / "p.lepton", task="text_classification", labels=["lost", "refund"]) as project:
        with project.change("Import") as change:
            change.add_samples(map(NewSample, texts))
        nothing = neighbours(project, 1, kept_vectors(project))
        assert not nothing.near and neighbours_words(nothing).startswith("Labelled samples like it are shown once")
        keep_vectors(project, texts[:5], [(1, 0.1), (1, 0.12), (0.8, 0.4), (0, 1), (0.1, 0.9)])
        vectors = kept_vectors(project)
        assert neighbours(project, 6, vectors).why, "a text that nobody has read"
        assert neighbours_words(neighbours(project, 1, vectors)) == "No labelled sample can be compared with it yet."
        for sample, label in ((2, 1), (3, 1), (4, 2), (6, 2)):
            project.annotate(sample, {"labels": [label]}, labels=(label,))
        found = neighbours(project, 1, vectors, most=3)
        assert [(one.sample.id, one.words) for one in found.near] == [(2, "lost"), (3, "lost"), (4, "refund")]
        assert found.near[0].color == project.labels()[0].color and found.near[0].cosine > 0.9
        assert neighbours_words(found) == "Most like it, of 3 labelled samples (2 of these 3 have “lost”):"
        assert neighbours_facts(found)["samples"][0]["annotation"] == "lost"
        own = neighbours(project, 2, vectors)
        assert 2 not in [one.sample.id for one in own.near] and own.n == 2
        assert kept_vectors(project, vectors) is vectors, "what is known is not read again"
