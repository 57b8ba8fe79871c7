"""The race: methods are compared on folds of the person's own labels, and the run is tuned by the one that does best.
See `lepton_studio.racing` and `lepton_studio.child.race`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import OF_COMPARED, Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class RaceSettings:
    """What can be set."""

    race_folds: int = setting(
        5, "Folds", "The labelled samples are split into so many parts; each is judged by models of the others.",
        low=2, high=20,
    )  # fmt: skip
    race_minutes: int = setting(
        30, "Time limit for the comparison",
        "In minutes; the winner is then trained on all training samples. 0 sets no limit.",
        low=0, high=10_000,
    )  # fmt: skip


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """What takes seconds must be among the contestants."""
    if task is None or task.linear:
        return ""
    return tr("Comparing methods only works where whole texts get labels or ratings. Choose a method.")


METHOD = Method(
    id="race",
    title="Best of all methods",
    summary="Compares the methods on parts of your own labelled samples and uses the one that does best. Takes several "
    "times as long as one of them.",
    slot="weights",
    settings=RaceSettings,
    hooks="lepton_studio.methods.hooks:Hooks",
    why_unfit=why_unfit,
    at_once=True,
    compares=True,
    of_recipe=OF_COMPARED,
)
