"""Shares of train, validation and test."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample, Split
from lepton_studio.studio.splitting import Item, Shares, assign_missing_splits, set_aside_validation, stratified


def many(split: Split | None, count: int) -> list[Split | None]:
    return [split] * count


def filled(folder: Path, splits: list[Split | None], *, texts: list[str] | None = None) -> Project:
    """A project with a labelled sample per split given, two labels in turn."""
    project = Project.create(folder / "New.lepton", task="text_classification", labels=["a", "b"])
    ids = [label.id for label in project.labels()]
    with project.change("fill") as change:
        change.add_samples(
            NewSample(
                text=texts[place] if texts else f"text {place}",
                split=split,
                value={"labels": [ids[place % 2]]},
                labels=(ids[place % 2],),
            )
            for place, split in enumerate(splits)
        )
        change.add_samples([NewSample(text="not labelled")])
    return project


@settings(deadline=None)  # other tests may keep the machine busy
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5)), max_size=120),
    st.sampled_from([Shares(), Shares(1.0, 0.0, 0.0), Shares(0.5, 0.25, 0.25), Shares(0.9, 0.1, 0.0)]),
    st.integers(0, 3),
)
def test_no_text_is_ever_in_two_splits_and_none_is_left_out(
    pairs: list[tuple[int, int]], shares: Shares, seed: int
) -> None:
    items = [Item(place, text, label) for place, (text, label) in enumerate(pairs)]
    found = stratified(items, shares=shares, seed=seed)
    assert set(found) == set(range(len(pairs)))
    by_text: dict[int, set[str]] = {}
    for place, (text, _) in enumerate(pairs):
        by_text.setdefault(text, set()).add(found[place])
    assert all(len(splits) == 1 for splits in by_text.values())
    assert all(shares.of(split) > 0 for split in found.values())
    wanted = sum(shares.of(split) > 0 for split in ("train", "validation", "test"))
    assert len(set(found.values())) == min(wanted, len(by_text))


def test_many_small_classes_still_give_the_shares_asked_for() -> None:
    items = [Item(place, place, place % 77) for place in range(77 * 4)]
    sizes = Counter(stratified(items, shares=Shares(), seed=1).values())
    assert abs(sizes["train"] - 246) <= 2 and abs(sizes["validation"] - 31) <= 2 and abs(sizes["test"] - 31) <= 2


@pytest.mark.parametrize("parts", [(0.5, 0.1, 0.1), (1.2, -0.1, -0.1), (0.0, 0.0, 0.0)])
def test_shares_that_are_no_whole_are_refused(parts: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="100%"):
        Shares(*parts)


def test_labelled_samples_without_a_split_get_one_and_the_others_stay(tmp_path: Path) -> None:
    with filled(tmp_path, many(None, 50) + many("test", 10)) as project:
        changes = assign_missing_splits(project, shares=Shares(), seed=1)
        assert changes is not None
        assert project.labelled_split_counts() == {
            "train": 44,
            "validation": 6,
            "test": 10,
            None: 0,
        }  # it has its share
        assert project.split_counts()[None] == 1
        assert assign_missing_splits(project, shares=Shares(), seed=1) is None
        project.undo()
        assert project.labelled_split_counts()[None] == 50


def test_a_text_that_stands_in_test_goes_there_and_not_to_train(tmp_path: Path) -> None:
    texts = ["the same"] * 4 + [f"text {place}" for place in range(20)]
    with filled(tmp_path, ["test", None, None, None, *[None] * 20], texts=texts) as project:
        assign_missing_splits(project, shares=Shares(0.9, 0.1, 0.0), seed=1)
        assert project.statistics().leaks == 0
        assert project.labelled_split_counts()["test"] == 4


def test_validation_is_set_aside_from_train_where_there_is_none(tmp_path: Path) -> None:
    with filled(tmp_path, many("train", 80) + many("test", 20)) as project:
        assert set_aside_validation(project, share=0.25, seed=1) is not None
        assert project.labelled_split_counts() == {"train": 60, "validation": 20, "test": 20, None: 0}
        assert set_aside_validation(project) is None
