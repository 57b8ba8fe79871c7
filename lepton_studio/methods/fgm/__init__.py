"""Adversarial training by the fast gradient method: Miyato, Dai and Goodfellow 2017, https://arxiv.org/abs/1605.07725."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class FgmSettings:
    """What can be set."""

    fgm_size: float = setting(
        0.01, "Perturbation size", "As a share of the norm of a text's word embeddings.", low=0.0001, high=2
    )
    """Of SST-2 with 400 texts to learn from: 73.9 % macro-F1 without, 76.3 % with 0.003, 78.0 % with 0.01, 77.3 % with
    0.03, 54.7 % with 0.1 (means of three seeds, 500 texts to test; the figure `adversarial` of the benchmarks).
    """


METHOD = Method(
    id="fgm",
    title="Adversarial training (FGM)",
    summary="Each batch is seen a second time with its word embeddings shifted to where the model errs most. Takes "
    "twice as long.",
    slot="adversary",
    settings=FgmSettings,
    hooks="lepton_studio.methods.fgm.hooks:FgmHooks",
)
