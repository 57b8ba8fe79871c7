"""Full fine-tuning: the weights of the model themselves learn, all or from some layer up."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class FullSettings:
    """What can be set."""

    frozen_layers: int = setting(
        0,
        "Frozen layers",
        "How many layers, counted from the bottom, keep their weights. The word embeddings always keep theirs.",
        low=0,
        high=100,
    )


METHOD = Method(
    id="full",
    title="Full fine-tuning",
    summary="The model's own weights are trained. Best with enough samples; needs the most memory.",
    slot="weights",
    settings=FullSettings,
    hooks="lepton_studio.methods.full.hooks:FullHooks",
)
