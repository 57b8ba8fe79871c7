"""Self-training: unlabelled texts are learned with the label that the model itself is sure of. It is asked of the text
as it is, and learned on the text with some words changed, as in FixMatch: Sohn et al. 2020,
https://arxiv.org/abs/2001.07685.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class PseudoLabelsSettings:
    """What can be set."""

    pseudo_labelled: float = setting(
        0.5,
        "Unlabelled samples per labelled one",
        "In each epoch after the first so many unlabelled texts are seen beside each labelled one.",
        low=0.05,
        high=1,
    )
    pseudo_confidence: float = setting(
        0.9,
        "Confidence",
        "Only unlabelled texts of whose label the model is at least this sure are learned.",
        low=0.5,
        high=0.999,
    )


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """A label is sure where it is one of several that exclude each other."""
    if task is None or task.linear == "choice":
        return ""
    return tr("Pseudo-labels only work where each text has one label.")


METHOD = Method(
    id="pseudo_labels",
    title="Pseudo-labels",
    summary="Unlabelled texts whose label the model is sure of are learned too, others in each epoch. For many "
    "unlabelled texts and a model that is right on most of them.",
    slot="replay",
    settings=PseudoLabelsSettings,
    hooks="lepton_studio.methods.pseudo_labels.hooks:PseudoLabelsHooks",
    why_unfit=why_unfit,
    reads_unlabelled=True,
)
