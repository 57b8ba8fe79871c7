"""Adversarial training by projected gradients: Madry et al. 2018, https://arxiv.org/abs/1706.06083."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class PgdSettings:
    """What can be set."""

    pgd_size: float = setting(
        0.01, "Perturbation size", "As a share of the norm of a text's word embeddings.", low=0.0001, high=2
    )
    pgd_steps: int = setting(
        3, "Perturbation steps", "In how many steps the words are moved; each costs as much as a step.", low=1, high=10
    )


METHOD = Method(
    id="pgd",
    title="Adversarial training (PGD)",
    summary="As FGM, but the word embeddings are shifted in several small steps, which finds worse places. Takes about "
    "four times as long.",
    slot="adversary",
    settings=PgdSettings,
    hooks="lepton_studio.methods.pgd.hooks:PgdHooks",
)
