"""AdaLoRA: LoRA whose matrices lose rank where it does least. Zhang et al. 2023, https://arxiv.org/abs/2303.10512."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class AdaLoraSettings:
    """What can be set."""

    adalora_rank: int = setting(
        8, "Final rank", "The inner dimension of the added matrices at the end, on average.", low=1, high=512
    )
    adalora_first_rank: int = setting(12, "First rank", "Their inner dimension at the start.", low=2, high=768)
    adalora_learning_rate: float = setting(
        0.0, "AdaLoRA learning rate", "0 means ten times the learning rate, up to 0.001.", low=0, high=1
    )


METHOD = Method(
    id="adalora",
    title="AdaLoRA",
    summary="LoRA that gives more room to the layers that need it and takes it from others while training. For larger "
    "models and longer runs; with the built-in encoder it was behind full fine-tuning.",
    slot="weights",
    settings=AdaLoraSettings,
    hooks="lepton_studio.methods.adalora.hooks:AdaLoraHooks",
)
