"""Adversarial training that wastes no backward pass (FreeLB): Zhu et al. 2020, https://arxiv.org/abs/1909.11764."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class FreeLbSettings:
    """What can be set."""

    freelb_size: float = setting(
        0.01, "Perturbation size", "As a share of the norm of a text's word embeddings.", low=0.0001, high=2
    )
    freelb_steps: int = setting(
        3, "Perturbation steps", "In how many steps the words are moved; each costs as much as a step.", low=2, high=10
    )


METHOD = Method(
    id="freelb",
    title="Adversarial training (FreeLB)",
    summary="As PGD, but what each small step finds is learnt from too. Takes about three times as long.",
    slot="adversary",
    settings=FreeLbSettings,
    hooks="lepton_studio.methods.freelb.hooks:FreeLbHooks",
)
