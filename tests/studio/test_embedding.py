"""Vectors of a project's texts, made by the live child beside whatever else goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lepton_studio.errors import Cancelled
from lepton_studio.project.project import Project
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.children.slots import Slot
from lepton_studio.studio.asking import NotAnswered
from lepton_studio.studio.embedding import embed, vectors_folder
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.vectors import read_vectors


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with create_sample_project(tmp_path / "Sample.lepton") as made:
        yield made


def test_every_text_of_a_project_has_a_vector_and_a_cancelled_reading_leaves_the_child_warm(project: Project) -> None:
    texts = [sample.text for sample in project.all_rows()]
    assert embed(project, []) is None
    with Children() as children:
        told: list[int] = []
        folder = embed(project, texts, children=children, progress=lambda done, _: told.append(done))
        assert folder is not None and folder.parent == vectors_folder(project) and told == [len(texts)]
        (live,) = children.children()
        assert live.slot is Slot.LIVE and live.is_idle
        found, there = read_vectors(folder, texts)
        assert there.all()
        alike = found.astype(np.float32) @ found.astype(np.float32).T
        assert np.allclose(np.diag(alike), 1, atol=5e-3)

        new = [f"{text} ({n})" for n in range(40) for text in texts]
        asked = iter([False, False, True])
        with pytest.raises(Cancelled):
            embed(project, new, children=children, should_stop=lambda: next(asked, True))
        assert [one.pid for one in children.children()] == [live.pid], "it waits for the next"
        assert not children.is_busy
        with pytest.raises(NotAnswered, match="does not exist"):
            embed(project, texts, encoder=str(project.folder / "none"), children=children)
