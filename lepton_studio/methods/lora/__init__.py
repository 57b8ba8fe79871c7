"""LoRA: small matrices beside the frozen weights learn. Hu et al. 2021, https://arxiv.org/abs/2106.09685."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """What can be set."""

    lora_rank: int = setting(
        8, "LoRA rank", "The smaller side of the added matrices; a larger one can learn more.", low=1, high=512
    )
    lora_alpha: int = setting(
        16, "LoRA alpha", "What is added counts by alpha divided by rank; usually twice the rank.", low=1, high=4096
    )


METHOD = Method(
    id="lora",
    title="LoRA",
    summary="Small added matrices learn, the model's own weights stay. Needs less memory, and a higher learning rate.",
    slot="weights",
    settings=LoraSettings,
    hooks="lepton_studio.methods.lora.hooks:LoraHooks",
)
