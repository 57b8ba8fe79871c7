"""The head alone: the model reads as it did, and what stands on it learns (a linear probe, trained step by step)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import InRace, Method


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """Nothing can be set."""


def why_unfit(family: Family, _task: Task[Any] | None) -> str:
    """What writes has its last layer from its makers."""
    return "" if family == "encoder" else tr("A model that writes has no new layer to train. Choose another method.")


METHOD = Method(
    id="head",
    title="Head only",
    summary="The model stays as it is; only the new layer on top of it is trained. For a first look, or when memory is "
    "short.",
    slot="weights",
    settings=HeadSettings,
    hooks="lepton_studio.methods.head.hooks:HeadHooks",
    why_unfit=why_unfit,
    in_race=InRace(cost=0.4, few=(-2, 4), many=(-3, 3)),
)
