"""The groups of labels in a project of Label Studio: each has a name, and a text may have labels of several of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lepton_studio.formats.base import ALL_TABLES, Doubt, Guess
from lepton_studio.formats.tools.label_studio_results import LABELS, SPANS, Result, annotations_of, results_of
from lepton_studio.language import tr

GROUP = "lepton_group"
"""The key of a source row that says which group was read of it, as "labels:NAME" or "spans:NAME"."""
_KINDS = {"labels": LABELS, "spans": SPANS}
_WANTED = {"labels": "label", "spans": "spans"}


def groups_of(tasks: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The names of the groups of labels of whole texts ("labels"), and of spans ("spans")."""
    found: dict[str, dict[str, None]] = {part: {} for part in _KINDS}
    for results in (results_of(one) for task in tasks for one in annotations_of(task)):
        for result in results:
            if (part := _part(result, results)) and isinstance(name := result.get("from_name"), str):
                found[part][name] = None
    return {part: tuple(names) for part, names in found.items()}


def choices_of_groups(tasks: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What to choose from: nothing where no two groups say the same sort of thing."""
    several = [name for names in groups_of(tasks).values() if len(names) > 1 for name in names]
    return (ALL_TABLES, *several) if several else ()


def chosen_group(guess: Guess, tasks: Sequence[Mapping[str, Any]]) -> str:
    """The group that a person has chosen, for GROUP; "" for all."""
    groups = groups_of(tasks)
    return next((f"{part}:{guess.table}" for part, names in groups.items() if guess.table in names), "")


def of_group(results: Sequence[Result], group: str) -> list[Result]:
    """The results without those of other groups that say the same sort of thing."""
    return [one for one in results if not is_of_another(one, results, group)]


def is_of_another(result: Result, results: Sequence[Result], group: str) -> bool:
    """Whether a result says the same sort of thing as the group, and is of another one."""
    part, _, name = group.partition(":")
    return bool(group) and _part(result, results) == part and result.get("from_name") != name


def doubts_of_groups(guess: Guess, tasks: Sequence[Mapping[str, Any]]) -> list[Doubt]:
    """Which of several groups is meant is for a person to say."""
    if guess.table != ALL_TABLES or "table" in guess.answered:
        return []
    return [
        Doubt(
            "group",
            tr("{file} has several label groups ({names}). Choose one; otherwise all are used together.",
               file=guess.paths[0].name, names=", ".join(names)),
        )
        for part, names in groups_of(tasks).items()
        if len(names) > 1 and (not guess.wants or _WANTED[part] in guess.wants)
    ]  # fmt: skip


def _part(result: Result, results: Sequence[Result]) -> str:
    """What a result says: labels of the whole text, or spans; "" for all else, as for labels of a span."""
    kind = result.get("type")
    part = next((name for name, kinds in _KINDS.items() if kind in kinds), "")
    if part != "labels":
        return part
    regions = {one.get("id") for one in results if one.get("type") in SPANS and one.get("id")}
    return "" if result.get("id") in regions else part
