"""Class-balanced sampling: rare labels are drawn more often. With a power between 0 and 1, as in Mahajan et al. 2018,
https://arxiv.org/abs/1805.00932; compared with other ways in Kang et al. 2020, https://arxiv.org/abs/1910.09217.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import Recipe, setting


@dataclass(frozen=True, slots=True)
class BalanceSettings:
    """What can be set."""

    balance: float = setting(
        0.5,
        "Balance",
        "1 shows every label equally often, 0 as often as it occurs; in between, rare ones more often than they occur.",
        low=0.05,
        high=1,
    )


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """It draws texts by their one label."""
    if task is None or task.linear == "choice":
        return ""
    return tr("Class-balanced sampling only works where each text has one label.")


def why_senseless(recipe: Recipe) -> str:
    """Both make up for the same thing."""
    if recipe.class_weights:
        return tr("Class-balanced sampling and class weights both favour rare labels. Choose one of them.")
    return ""


METHOD = Method(
    id="balance",
    title="Class-balanced sampling",
    summary="Samples of rare labels are seen more often than they occur, those of frequent labels less often.",
    slot="sampling",
    settings=BalanceSettings,
    hooks="lepton_studio.methods.balance.hooks:BalanceHooks",
    why_unfit=why_unfit,
    why_senseless=why_senseless,
)
