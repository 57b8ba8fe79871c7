"""Prefix tuning: learned keys and values before those of the text, in the attention of each layer, the model as it is.
Li and Liang 2021, https://arxiv.org/abs/2101.00190; for models that read it is known as P-tuning v2: Liu et al. 2022,
https://arxiv.org/abs/2110.07602.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class PrefixSettings:
    """What can be set."""

    prefix_words: int = setting(
        10,
        "Learned words in each layer",
        "So many stand before each text in each layer.",
        low=1,
        high=200,
    )
    prefix_learning_rate: float = setting(0.0, "Learning rate of the prefix", "0 means 0.01.", low=0, high=1)


def why_unfit(family: Family, _task: Task[Any] | None) -> str:
    """A writer keeps keys and values of its own from word to word, which a saved prefix would have to be part of."""
    return "" if family == "encoder" else tr("Prefix tuning only works with models that read. Choose LoRA instead.")


METHOD = Method(
    id="prefix",
    title="Prefix tuning",
    summary="Learned words before each text in each layer are trained: more than prompt tuning, and no text is cut "
    "shorter for them. Its models only work in Lepton Studio.",
    slot="weights",
    settings=PrefixSettings,
    hooks="lepton_studio.methods.prefix.hooks:PrefixHooks",
    why_unfit=why_unfit,
)
