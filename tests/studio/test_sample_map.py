"""The map of a project's texts: laid out by a real child, kept, gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lepton_studio.child.lay_out import lay_texts_out
from lepton_studio.map_file import map_file, read_map, write_map
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.events import Stopped
from lepton_studio.runs.requests import LayOut
from lepton_studio.studio.colouring import Colouring, by_label, by_split
from lepton_studio.studio.sample_map import SampleMap, draw_map
from lepton_studio.studio.sample_vectors import read_sample_vectors
from lepton_studio.tasks import task_named
from lepton_studio.vectors import Floats, keys_of

CARD = ("My card is lost", "I cannot find my card", "The card was stolen yesterday", "Somebody took my bank card")
REFUND = ("I want my money back", "When do I get the refund?", "Please refund this payment", "Return what I paid")


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with Children() as owner:
        yield owner


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    labels = ("lost card", "refund", "both")
    with Project.create(tmp_path / "Post.lepton", task="multi_label", labels=labels) as made:
        _add(
            made, *(f"{text}, number {n}" for n in range(8) for pair in zip(CARD, REFUND, strict=True) for text in pair)
        )
        yield made


def _add(project: Project, *texts: str) -> None:
    with project.change("Import") as change:
        change.add_samples(map(NewSample, texts))


def _apart(places: Floats, kinds: np.ndarray) -> float:
    """How much farther the middles of two kinds are from each other than a point from its own."""
    middles = [places[kinds == kind].mean(0) for kind in (0, 1)]
    spread = np.mean([np.linalg.norm(places[kinds == kind] - middles[kind], axis=1).mean() for kind in (0, 1)])
    return float(np.linalg.norm(middles[0] - middles[1]) / spread)


def test_similar_texts_stand_together_and_later_ones_move_no_other(children: Children, project: Project) -> None:
    vectors = read_sample_vectors(project, children=children)
    assert draw_map(vectors, only_kept=True, children=children) is None
    told: list[tuple[int, int | None]] = []
    first = draw_map(vectors, children=children, progress=lambda *far: told.append(far))
    assert first is not None and first.samples.tolist() == list(range(1, 65)) and told[-1] == (750, 750)
    assert _apart(first.places, (first.samples - 1) % 2) > 1.5 and np.abs(first.places).max() < 3

    told.clear()
    again = draw_map(vectors, children=children, progress=lambda *far: told.append(far))
    assert again is not None and (again.places == first.places).all() and not told, "it is kept"

    _add(project, "Where is my bank card?", "Refund me!", CARD[0] + ", number 0")
    vectors = read_sample_vectors(project, children=children)
    more = draw_map(vectors, children=children)
    assert more is not None and len(more) == 67 and (more.places[:64] == first.places).all()
    assert (more.places[66] == more.places[0]).all(), "the same text, the same place"
    middles = [first.places[(first.samples - 1) % 2 == kind].mean(0) for kind in (0, 1)]
    for number, kind in ((64, 0), (65, 1)):
        away = [float(np.linalg.norm(more.places[number] - middle)) for middle in middles]
        assert away[kind] < away[1 - kind]

    ended = lay_texts_out(LayOut(0, str(vectors.folder), True), send=lambda _: None, should_stop=lambda: "discard")
    assert isinstance(ended, Stopped)
    kept = draw_map(vectors, children=children)
    assert kept is not None and (kept.places == more.places).all(), "cancelled: the map is as it was"


def test_a_damaged_map_is_no_map(tmp_path: Path) -> None:
    keys = keys_of([f"text {n}" for n in range(50)])
    places = np.random.default_rng(0).random((50, 2), np.float32)
    write_map(tmp_path, keys, places)
    found, there = read_map(tmp_path, keys[::-1])
    assert there.all() and (found == places[::-1]).all()
    map_file(tmp_path).write_bytes(map_file(tmp_path).read_bytes()[:-7])
    assert not read_map(tmp_path, keys)[1].any()


def test_points_are_coloured_by_what_is_known_of_their_samples(project: Project) -> None:
    samples, task = np.arange(1, 65), task_named("multi_label")
    for sample, labels in ((1, (1,)), (2, (2,)), (3, (1, 2)), (4, ()), (5, (1,))):
        project.annotate(sample, {"labels": list(labels)}, labels=labels)
    project.set_split([1, 2], "train")

    def said(found: Colouring) -> dict[str, int]:
        return dict(zip([one.title for one in found.groups], found.counts, strict=True))

    found = by_label(project, samples, task)
    assert said(found) == {
        "lost card": 2, "refund": 1, "both": 0, "Several labels": 1, "No label": 1, "Not labelled": 59
    }  # fmt: skip
    assert [found.groups[code].title for code in found.codes[:4]] == [
        "lost card",
        "refund",
        "Several labels",
        "No label",
    ]
    assert said(by_split(project, samples)) == {"training": 2, "validation": 0, "test": 0, "In no split": 62}


def test_ids_of_what_is_chosen_are_ascending() -> None:
    drawn = SampleMap(np.array([3, 5, 9]), np.zeros((3, 2), np.float32))
    assert drawn.ids(np.array([2, 0])) == (3, 9)
