"""Bottleneck adapters: Houlsby et al. 2019, https://arxiv.org/abs/1902.00751; here beside the feed-forward layers,
where He et al. 2022 (https://arxiv.org/abs/2110.04366) found them best.
"""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class BottleneckSettings:
    """What can be set."""

    bottleneck_width: int = setting(
        32, "Adapter width", "How many numbers each adapter computes; more can learn more.", low=1, high=4096
    )
    bottleneck_learning_rate: float = setting(
        0.0, "Adapter learning rate", "0 means ten times the learning rate, up to 0.001.", low=0, high=1
    )


METHOD = Method(
    id="bottleneck",
    title="Bottleneck adapters",
    summary="A narrow layer is added beside each feed-forward layer and trained alone. It can learn what LoRA, which "
    "is linear, cannot. Needs less memory.",
    slot="weights",
    settings=BottleneckSettings,
    hooks="lepton_studio.methods.bottleneck.hooks:BottleneckHooks",
)
