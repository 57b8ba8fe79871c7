"""Train, validation, test: stratified by label, identical texts together, so that no split leaks into another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Generic, TypeVar

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.connection import text_hash
from lepton_studio.project.records import SPLITS, SampleId, Split
from lepton_studio.tasks import task_named

if TYPE_CHECKING:
    from lepton_studio.project.project import Project

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of the labelled samples each split gets; the three sum to 1. Raises ValueError otherwise."""

    train: float = 0.8
    validation: float = 0.1
    test: float = 0.1

    def __post_init__(self) -> None:
        parts = (self.train, self.validation, self.test)
        if any(part < 0 for part in parts) or abs(sum(parts) - 1) > 1e-6:
            raise ValueError(tr("The shares of the splits must add up to 100%."))

    def of(self, split: Split) -> float:
        """The share of one split, 0..1."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[split]


@dataclass(frozen=True, slots=True)
class Item(Generic[K]):
    """Something to put into a split. Items with an equal `text` (any hashable that stands for it) stay together."""

    key: K
    text: Hashable
    label: Hashable


@dataclass(slots=True)
class _Group(Generic[K]):
    """The items of one text."""

    label: Hashable
    keys: list[K]


def stratified(
    items: Iterable[Item[K]], *, shares: Shares, seed: int, fixed: Mapping[Hashable, Split] | None = None
) -> dict[K, Split]:
    """A split for every item, so that each label is shared out as `shares` says, as nearly as whole texts allow.

    Texts in `fixed` go where they are already. Every split with a share gets at least one text, if there are enough.
    The same items in the same order with the same seed give the same answer.
    """
    groups: dict[Hashable, _Group[K]] = {}
    for item in items:
        groups.setdefault(item.text, _Group(item.label, [])).keys.append(item.key)
    found: dict[K, Split] = {}
    by_label: dict[Hashable, list[_Group[K]]] = defaultdict(list)
    taken: dict[Hashable, Counter[Split]] = defaultdict(Counter)
    for text, group in groups.items():
        by_label[group.label].append(group)
        if fixed and text in fixed:
            found.update(dict.fromkeys(group.keys, fixed[text]))
            taken[group.label][fixed[text]] += len(group.keys)
    placed: dict[Split, list[_Group[K]]] = {split: [] for split in SPLITS}
    random = Random(seed)
    carried: dict[Split, float] = dict.fromkeys(SPLITS, 0.0)
    for label, its_groups in by_label.items():
        size = sum(len(group.keys) for group in its_groups)
        owed = {split: shares.of(split) * size - taken[label][split] + carried[split] for split in SPLITS}
        free = [group for group in its_groups if group.keys[0] not in found]
        random.shuffle(free)
        for group in free:
            split = max((one for one in SPLITS if shares.of(one) > 0), key=lambda one: owed[one])
            owed[split] -= len(group.keys)
            placed[split].append(group)
        carried = owed
    _fill_empty(placed, shares, found)
    for split, its_groups in placed.items():
        found.update({key: split for group in its_groups for key in group.keys})
    return found


def _fill_empty(placed: dict[Split, list[_Group[K]]], shares: Shares, found: Mapping[K, Split]) -> None:
    """Give a split that got nothing a text of the fullest one, if that has more than one."""
    held = set(found.values())
    for split in SPLITS:
        fullest = max(placed.values(), key=len)
        if shares.of(split) > 0 and not placed[split] and split not in held and len(fullest) > 1:
            most = Counter(group.label for group in fullest).most_common(1)[0][0]
            place = next(place for place, group in enumerate(fullest) if group.label == most)
            placed[split].append(fullest.pop(place))


def assign_missing_splits(project: Project, *, shares: Shares, seed: int = 13) -> Changes | None:
    """Give the labelled samples without a split one. One undo step; None when there is nothing to do.

    A test split that has its share already stays as it is: samples that chance chose for it are not to be mixed with
    others.
    """
    items = _items(project, splits=(None,))
    if not items:
        return None
    there = project.labelled_split_counts()
    if there["test"] and there["test"] >= shares.test * sum(there.values()) and shares.test < 1:
        rest = 1 - shares.test
        shares = Shares(shares.train / rest, shares.validation / rest, 0.0)
    fixed = texts_with_splits(project)
    return _assign(project, stratified(items, shares=shares, seed=seed, fixed=fixed))


def set_aside_validation(project: Project, *, share: float = 0.1, seed: int = 13) -> Changes | None:
    """Where no labelled sample is in validation: move a stratified share of those in train or in no split there.

    One undo step; None when there is nothing to do.
    """
    if project.labelled_split_counts()["validation"]:
        return None
    items = _items(project, splits=("train", None))
    fixed = {text: split for text, split in texts_with_splits(project).items() if split != "train"}
    found = stratified(items, shares=Shares(1 - share, share, 0.0), seed=seed, fixed=fixed)
    moved: dict[SampleId, Split] = {key: split for key, split in found.items() if split == "validation"}
    return _assign(project, moved) if moved else None


def texts_with_splits(project: Project) -> dict[Hashable, Split]:
    """The text's hash -> the split it stands in: test before validation before train where it leaks."""
    found: dict[Hashable, Split] = {}
    for _, text, split in project.text_hashes():
        if split is not None:
            found[text] = max(found.get(text, split), split, key=SPLITS.index)
    return found


def _assign(project: Project, splits: Mapping[SampleId, Split]) -> Changes:
    with project.change(tr("Split into train, validation and test")) as change:
        change.assign_splits(splits)
    return change.result


def _items(project: Project, *, splits: Sequence[Split | None]) -> list[Item[SampleId]]:
    """The labelled samples of these splits, to be stratified by the label ids of their annotations."""
    task, labels = task_named(project.task_id), project.labels()
    return [
        Item(
            sample.id,
            text_hash(sample.text, sample.fields),
            tuple(sorted(task.labels_in(task.parse(sample.value, labels)))),
        )
        for sample in project.labelled_rows()
        if sample.split in splits
    ]
