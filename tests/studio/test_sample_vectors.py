"""The vectors of all samples: read once by the real child, searched where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lepton_studio.errors import Cancelled
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.children.owner import Children
from lepton_studio.studio.instant.working import Work
from lepton_studio.studio.near_duplicates import near_duplicates
from lepton_studio.studio.sample_vectors import SampleVectors, read_sample_vectors
from lepton_studio.vectors import VectorWriter, encoder_folder, keys_of, map_vectors, read_vectors

TEXTS = (
    "My card is lost", "I want my money back", "I cannot find my card", "When do I get the refund?",
    "The card was stolen yesterday", "Please refund this payment", "Somebody took my card", "A refund, please",
)  # fmt: skip


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with Children() as owner:
        yield owner


def _add(project: Project, *texts: str, second: str = "") -> None:
    with project.change("Import") as change:
        change.add_samples(NewSample(text, fields={"second_text": second} if second else {}) for text in texts)


def test_the_samples_most_like_one_are_found_whatever_the_task(children: Children, tmp_path: Path) -> None:
    with Project.create(tmp_path / "Spans.lepton", task="spans", labels=("thing",)) as project:
        _add(project, *TEXTS)
        told: list[tuple[int, int | None]] = []
        found = read_sample_vectors(project, children=children, progress=lambda *far: told.append(far))
        assert found.known == 8 and told == [(8, 8)]
        near = found.nearest(1, most=3)
        assert {one.sample for one in near} == {3, 5, 7}
        assert [one.cosine for one in near] == sorted((one.cosine for one in near), reverse=True)
        assert [one.sample for one in found.nearest(1, most=9, among=[1, 2, 3, 99])] == [3, 2]
        assert not found.nearest(99, most=3)

        told.clear()
        assert read_sample_vectors(project, found, children=children, progress=lambda *far: told.append(far)) is found
        assert not told, "nothing is read twice"

        with Children() as others:
            again = read_sample_vectors(project, children=others)
            assert [one.sample for one in again.nearest(1, most=3)] == [one.sample for one in near]
            assert not others.children(), "whose they are is written down: no child is asked"

        _add(project, "Where is my bank card?", "Refund!")
        some = read_sample_vectors(project, found, children=children, complete=False, wanted=(9,))
        assert some.has(9) and not some.has(10) and {one.sample for one in some.nearest(9, most=4)} == {1, 3, 5, 7}
        with pytest.raises(Cancelled):
            read_sample_vectors(project, some, children=children, should_stop=lambda: True)
        assert read_sample_vectors(project, some, children=children).known == 10


def test_what_the_instant_model_has_read_of_pairs_is_not_read_again(children: Children, tmp_path: Path) -> None:
    with Project.create(tmp_path / "Pairs.lepton", task="text_classification", labels=("same", "other")) as project:
        _add(project, *TEXTS[:4], second="Where is it?")
        work = Work(children)
        work.go_on(project)
        work.close()
        told: list[int] = []
        found = read_sample_vectors(project, children=children, progress=lambda done, _: told.append(done))
        assert found.known == 4 and not told
        _add(project, TEXTS[4], second="Where is it?")
        assert {one.sample for one in read_sample_vectors(project, children=children).nearest(5, most=2)} == {1, 3}


def test_unlabelled_texts_that_are_nearly_equal_are_found(children: Children, tmp_path: Path) -> None:
    with Project.create(tmp_path / "Post.lepton", task="text_classification", labels=("card", "refund")) as project:
        _add(
            project,
            *TEXTS,
            "my card is lost!",
            "My  card is lost 12",
            "I want my money back, please",
            "My card is lost.",
        )
        project.annotate(12, {"labels": [1]}, labels=(1,))
        vectors = read_sample_vectors(project, children=children)
        assert near_duplicates(project, vectors, 1) == (9, 10), "the other is labelled"
        assert near_duplicates(project, vectors, 12) == (1, 9, 10)
        assert near_duplicates(project, vectors, 2) == (), "one has a word more"


def test_vectors_in_several_files_are_searched_exactly(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    all_vectors = chance.standard_normal((300, 8)).astype(np.float16)
    texts = [f"text {n}" for n in range(300)]
    folder = encoder_folder(tmp_path / "vectors", encoder="toy", width=8)
    with VectorWriter(folder, rows=64) as writer:
        order = chance.permutation(300)[:250]
        writer.add([texts[at] for at in order], all_vectors[order])
    keys = keys_of(texts)
    mapped = map_vectors(folder, keys)
    assert mapped.known == 250 and sorted(np.flatnonzero(mapped.there)) == sorted(order)
    read, _ = read_vectors(folder, texts)
    assert (mapped.read(np.sort(order)) == read[np.sort(order)]).all()

    mean = read[np.sort(order)].astype(np.float32).mean(0)
    moved = read.astype(np.float32) - mean
    lengths = np.where(mapped.there, np.linalg.norm(moved, axis=1), 0).astype(np.float32)
    found = SampleVectors("toy", folder, np.arange(300) * 2, keys, mapped, mean, lengths)
    at = int(order[0])
    cosines = np.where(mapped.there, moved @ moved[at] / np.maximum(lengths * lengths[at], 1e-9), -2)
    cosines[at] = -2
    assert [one.sample for one in found.nearest(at * 2, most=20)] == (np.argsort(-cosines)[:20] * 2).tolist()
