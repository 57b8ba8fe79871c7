"""Continual learning: tuning on with new decisions, while some old samples are seen again and the model is held to what
it said of them. Dark experience replay: Buzzega et al. 2020, https://arxiv.org/abs/2004.07211; with a share of 0 it is
plain tuning on, and the distance is that of learning without forgetting: Li and Hoiem 2016,
https://arxiv.org/abs/1606.09282.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """What can be set."""

    replayed: float = setting(
        1.0,
        "Old samples per new one",
        "In each epoch so many old samples are seen beside each new one.",
        low=0,
        high=20,
    )
    distillation: float = setting(
        0.5,
        "Distillation",
        "How strongly the model is held to what it said of the old samples before; 0 turns it off.",
        low=0,
        high=10,
    )


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """It compares what a model says of each label of a text."""
    if task is None or task.linear in ("choice", "choices"):
        return ""
    return tr("Replay only works where whole texts get labels.")


METHOD = Method(
    id="replay",
    title="Replay",
    summary="Trains only on decisions made since the run that it starts from, with some old samples among them so that "
    "the model does not forget. For few new labels beside thousands of old ones; otherwise tune on all of them.",
    slot="replay",
    settings=ReplaySettings,
    hooks="lepton_studio.methods.replay.hooks:ReplayHooks",
    why_unfit=why_unfit,
    needs_run=True,
)
