"""The toy method: it fits tasks with one vector a text, and needs dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import Recipe, setting


@dataclass(frozen=True, slots=True)
class ShoveSettings:
    shove_far: float = setting(1.0, "How far", "How far words are shoved.", low=0, high=10)


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    fits = task is None or task.id in ("text_classification", "multi_label", "ratings")
    return "" if fits else "Shoving cannot tune models that find spans."


def why_senseless(recipe: Recipe) -> str:
    return "" if recipe.dropout else "Shoving needs dropout."


METHOD = Method(
    id="shove",
    title="Shoving",
    summary="Words are shoved.",
    slot="adversary",
    settings=ShoveSettings,
    hooks="lepton_studio.methods.shove.hooks:ShoveHooks",
    why_unfit=why_unfit,
    why_senseless=why_senseless,
)
