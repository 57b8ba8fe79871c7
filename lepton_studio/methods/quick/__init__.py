"""The quick model: one linear layer on a model's frozen vectors and on word statistics, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import InRace, Method


@dataclass(frozen=True, slots=True)
class QuickSettings:
    """Nothing can be set: what there is to choose is chosen by cross-validation."""


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """A linear layer says something of a whole text, and nothing of the parts of one."""
    if task is None or task.linear:
        return ""
    return tr("The quick model only works where whole texts get labels or ratings. Choose another method.")


METHOD = Method(
    id="quick",
    title="Quick model",
    summary="A linear layer on the unchanged model's vectors and on word statistics. Takes seconds; often as good "
    "below a thousand labels.",
    slot="weights",
    settings=QuickSettings,
    hooks="lepton_studio.methods.hooks:Hooks",
    why_unfit=why_unfit,
    at_once=True,
    of_recipe=("folds", "max_length", "class_weights", "keep_all_words"),
    in_race=InRace(cost=0.01),
)
