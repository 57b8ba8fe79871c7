"""LoRA: small matrices beside the frozen weights learn. Hu et al. 2021, https://arxiv.org/abs/2106.09685.

DoRA splits each weight into length and direction: Liu et al. 2024, https://arxiv.org/abs/2402.09353. rsLoRA divides by
the root of the rank: Kalajdzievski 2023, https://arxiv.org/abs/2312.03732.
"""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import InRace, Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """What can be set."""

    lora_rank: int = setting(
        8, "LoRA rank", "The inner dimension of the added matrices; a higher rank can learn more.", low=1, high=512
    )
    lora_alpha: int = setting(
        0,
        "LoRA alpha",
        "The added matrices are scaled by alpha divided by the rank; 0 means twice the rank.",
        low=0,
        high=4096,
    )
    lora_kind: str = setting(
        "lora",
        "LoRA variant",
        "DoRA also learns the length of each weight vector: a little better at low ranks, and slower. rsLoRA is for "
        "ranks of 32 and above.",
        choices={"lora": "LoRA", "dora": "DoRA", "rslora": "rsLoRA"},
    )
    lora_learning_rate: float = setting(
        0.0,
        "LoRA learning rate",
        "0 means ten times the learning rate, up to 0.001.",
        low=0,
        high=1,
    )


METHOD = Method(
    id="lora",
    title="LoRA",
    summary="Small added matrices are trained; the model's own weights stay unchanged. Needs less memory.",
    slot="weights",
    settings=LoraSettings,
    hooks="lepton_studio.methods.lora.hooks:LoraHooks",
    searched={"lora_rank": (4, 8, 16, 32)},
    in_race=InRace(cost=1.1, few=(-1, 5), many=(-3, 4)),
)
