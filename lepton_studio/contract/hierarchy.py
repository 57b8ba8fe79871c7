"""Labels whose names are paths, such as "Bank/Card/Lost": who stands above whom. Pure Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from lepton_studio.contract.counting import ratio
from lepton_studio.project.records import Labels

SEPARATOR = "/"

HIERARCHICAL = {
    "hierarchical_f1": "hierarchical F1",
    "hierarchical_precision": "hierarchical precision",
    "hierarchical_recall": "hierarchical recall",
}
"""The measures, with their titles, that a report has where labels have paths."""


def path_of(name: str) -> tuple[str, ...]:
    """("Bank", "Card", "Lost") for "Bank/Card/Lost"; the name alone where a part would be empty."""
    parts = tuple(part.strip() for part in name.split(SEPARATOR))
    return parts if all(parts) else (name,)


def have_paths(names: Iterable[str]) -> bool:
    """Whether the names make a tree: two share what stands above them, or one stands above another ("N/A" is none)."""
    paths = {path_of(name) for name in names}
    above = Counter(path[:depth] for path in paths for depth in range(1, len(path)))
    return any(count > 1 or one in paths for one, count in above.items())


def branches(names: Sequence[str]) -> list[tuple[str, str]]:
    """(what stands above it, its own part) of each name, in words to show; ("", name) where the names make no tree."""
    if not have_paths(names):
        return [("", name) for name in names]
    paths = [path_of(name) for name in names]
    return [(" / ".join(path[:-1]), path[-1]) for path in paths]


def with_ancestors(names: Iterable[str]) -> set[tuple[str, ...]]:
    """The paths of the names and of all that stands above them."""
    return {path[:depth] for path in map(path_of, names) for depth in range(1, len(path) + 1)}


def hierarchical_scores(
    gold: Sequence[Sequence[int]], predicted: Sequence[Sequence[int]], labels: Labels
) -> dict[str, float]:
    """HIERARCHICAL over all texts, label ids of each: sets grown by their ancestors (the root left out), counted
    together; {} where the labels have no paths.

    Kiritchenko, Matwin and Famili 2005, "Functional Annotation of Genes Using Hierarchical Text Categorization"; as
    Silla and Freitas 2011 recommend it, https://doi.org/10.1007/s10618-010-0175-9.
    """
    names = {label.id: label.name for label in labels}
    if not have_paths(names.values()):
        return {}
    hits = guessed = there = 0
    for truths, guesses in zip(gold, predicted, strict=True):
        truth, guess = (with_ancestors(names[one] for one in ids if one in names) for ids in (truths, guesses))
        hits, guessed, there = hits + len(truth & guess), guessed + len(guess), there + len(truth)
    found = (ratio(2 * hits, guessed + there), ratio(hits, guessed), ratio(hits, there))
    return dict(zip(HIERARCHICAL, found, strict=True))
