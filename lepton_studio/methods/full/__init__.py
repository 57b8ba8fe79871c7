"""Full fine-tuning: the weights of the model themselves learn, all or from some layer up.

Rates that fall from layer to layer and layers that begin to learn one after another are those of ULMFiT: Howard and
Ruder 2018, https://arxiv.org/abs/1801.06146.
"""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import InRace, Method
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
    layer_decay: float = setting(
        1.0,
        "Learning rate from layer to layer",
        "Each layer learns at this share of the rate of the layer above it; 1 is the same rate everywhere.",
        low=0.1,
        high=1,
    )
    unfreezing: float = setting(
        0.0,
        "Gradual unfreezing",
        "Share of the steps over which the layers begin to learn one after another, from the top; 0 is all at once.",
        low=0,
        high=1,
    )


METHOD = Method(
    id="full",
    title="Full fine-tuning",
    summary="The model's own weights are trained. Best with enough samples; needs the most memory.",
    slot="weights",
    settings=FullSettings,
    hooks="lepton_studio.methods.full.hooks:FullHooks",
    searched={"layer_decay": (1.0, 0.9, 0.8)},
    in_race=InRace(cost=1, few=(1, 5), many=(0, 3)),
)
