"""Focal loss: what is told right already counts less. Lin et al. 2017, https://arxiv.org/abs/1708.02002."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import Recipe, setting


@dataclass(frozen=True, slots=True)
class FocalSettings:
    """What can be set."""

    focal_gamma: float = setting(
        2.0, "Focus", "How much less the easy samples count; 0 is the usual loss.", low=0, high=10
    )


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """It weighs samples by the probability of their label."""
    if task is None or task.linear in ("choice", "choices"):
        return ""
    return tr("The focal loss only works where whole texts get labels.")


def why_senseless(recipe: Recipe) -> str:
    """Class weights and label smoothing are in the loss that this one stands in place of."""
    if recipe.class_weights:
        return tr("The focal loss takes no class weights. Choose one of them.")
    return tr("The focal loss takes no label smoothing. Choose one of them.") if recipe.label_smoothing else ""


METHOD = Method(
    id="focal",
    title="Focal loss",
    summary="Samples that the model already gets right count less, so that it works on the hard ones. For many easy "
    "samples and few hard ones; no gain was measured with 200 samples.",
    slot="loss",
    settings=FocalSettings,
    hooks="lepton_studio.methods.focal.hooks:FocalHooks",
    why_unfit=why_unfit,
    why_senseless=why_senseless,
)
