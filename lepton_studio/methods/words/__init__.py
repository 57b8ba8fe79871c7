"""Word statistics: TF-IDF and one linear layer, no base model. What any tuned model should beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import InRace, Method


@dataclass(frozen=True, slots=True)
class WordsSettings:
    """Nothing can be set: what there is to choose is chosen by cross-validation."""


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """A linear layer says something of a whole text, and nothing of the parts of one."""
    if task is None or task.linear:
        return ""
    return tr("Word statistics only work where whole texts get labels or ratings. Choose another method.")


METHOD = Method(
    id="words",
    title="Word statistics",
    summary="Logistic regression on TF-IDF, without a base model. Takes seconds; a tuned model should do better.",
    slot="weights",
    settings=WordsSettings,
    hooks="lepton_studio.methods.hooks:Hooks",
    why_unfit=why_unfit,
    at_once=True,
    needs_model=False,
    of_recipe=(
        "folds",
        "class_weights",
    ),
    in_race=InRace(cost=0.001, few=(-7, 5), many=(-12, 9)),
)
