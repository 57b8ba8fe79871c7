"""IA3: vectors that scale what flows through attention and feed-forward layers. Liu et al. 2022,
https://arxiv.org/abs/2205.05638.
"""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class Ia3Settings:
    """What can be set."""

    ia3_learning_rate: float = setting(
        0.0, "IA3 learning rate", "0 means ten times the learning rate, up to 0.001.", low=0, high=1
    )


METHOD = Method(
    id="ia3",
    title="IA3",
    summary="Only scaling vectors inside the layers are trained: the fewest weights of all methods. For very "
    "large models; with the built-in encoder it was behind full fine-tuning.",
    slot="weights",
    settings=Ia3Settings,
    hooks="lepton_studio.methods.ia3.hooks:Ia3Hooks",
)
