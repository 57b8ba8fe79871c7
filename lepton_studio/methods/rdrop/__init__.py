"""R-Drop: what dropout makes of a text must agree with itself. Liang et al. 2021, https://arxiv.org/abs/2106.14448."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import Recipe, setting


@dataclass(frozen=True, slots=True)
class RDropSettings:
    """What can be set."""

    rdrop_weight: float = setting(
        1.0, "Weight of the disagreement", "How much it counts in the loss when the two differ.", low=0.01, high=20
    )


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """It compares the probabilities of labels."""
    if task is None or task.linear in ("choice", "choices"):
        return ""
    return tr("R-Drop only works where whole texts get labels.")


def why_senseless(recipe: Recipe) -> str:
    """Without dropout both are the same."""
    return "" if recipe.dropout else tr("R-Drop does nothing without dropout. Set a dropout above 0.")


METHOD = Method(
    id="rdrop",
    title="R-Drop",
    summary="Each batch is read twice with different dropout, and the two answers must agree. Takes twice as long; "
    "may help with few samples.",
    slot="loss",
    settings=RDropSettings,
    hooks="lepton_studio.methods.rdrop.hooks:RDropHooks",
    why_unfit=why_unfit,
    why_senseless=why_senseless,
)
