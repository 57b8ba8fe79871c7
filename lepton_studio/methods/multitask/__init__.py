"""Multi-task learning: the labelled texts of other projects are learned at the same time, by one encoder with a layer
for each project; the layers of the others are thrown away. As in MT-DNN: Liu et al. 2019,
https://arxiv.org/abs/1901.11504, whose batches are of one task each. Which task comes next is drawn in proportion to
the square root of its size, that is at temperature 2: Raffel et al. 2020, section 3.5.2,
https://arxiv.org/abs/1910.10683.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.project.marks import MEDIA
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class MultitaskSettings:
    """What can be set."""

    other_projects: tuple[str, ...] = setting(
        (),
        "Other projects",
        "The projects whose training samples are learned too. A copy of these stays in the folder of the run.",
    )
    other_batches: float = setting(
        4.0,
        "Batches of other projects per own one",
        "In each epoch so many batches of the other projects are learned beside each of this one.",
        low=0.1,
        high=20,
    )


def why_unfit(family: Family, task: Task[Any] | None) -> str:
    """The projects share an encoder; what stands on it is one linear layer each."""
    if family == "encoder" and (task is None or (task.linear and MEDIA not in task.reads)):
        return ""
    return tr("Learning from other projects only works where whole texts get labels or ratings.")


METHOD = Method(
    id="multitask",
    title="Learning from other projects",
    summary="The training samples of other projects of yours are learned at the same time. For few labels here and "
    "many in projects of the same field, where it helped in a small trial; beside another field it did not. Takes "
    "several times as long.",
    slot="others",
    settings=MultitaskSettings,
    hooks="lepton_studio.methods.multitask.hooks:MultitaskHooks",
    why_unfit=why_unfit,
    only_with=("full", "lora", "cross_encoder"),
)
