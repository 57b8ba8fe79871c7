"""Prompt tuning: learned vectors in front of each text, the model as it is. Lester et al. 2021,
https://arxiv.org/abs/2104.08691. P-tuning has them made by a small network while they learn: Liu et al. 2021,
https://arxiv.org/abs/2103.10385.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import Recipe, setting


@dataclass(frozen=True, slots=True)
class PromptSettings:
    """What can be set."""

    prompt_words: int = setting(
        10, "Learned words", "So many words without a meaning of their own stand before each text.", low=1, high=200
    )
    prompt_kind: str = setting(
        "p_tuning",
        "How they learn",
        "P-tuning computes their vectors with a small network while training, which is steadier.",
        choices={"plain": "Prompt tuning", "p_tuning": "P-tuning"},
    )
    prompt_learning_rate: float = setting(
        0.0, "Learning rate of the words", "0 means 0.01, or 0.001 for P-tuning.", low=0, high=1
    )


def why_unfit(family: Family, _task: Task[Any] | None) -> str:
    """A model that writes could write the added words too: they are rows of the table that its answers come from."""
    return "" if family == "encoder" else tr("Prompt tuning only works with models that read. Choose LoRA instead.")


def why_senseless(recipe: Recipe) -> str:
    """The words count among the tokens that are read."""
    words = METHOD.chosen(recipe).prompt_words
    if not recipe.max_length or recipe.max_length >= 2 * words:
        return ""
    return tr(
        "With {words} learned words a maximum length of {length} leaves too little of each text. Set it to {least} or "
        "more.",
        words=words,
        length=recipe.max_length,
        least=2 * words,
    )


METHOD = Method(
    id="prompt",
    title="Prompt tuning",
    summary="Learned words before each text are all that is trained, besides the new layer on top. For large models "
    "and little memory.",
    slot="weights",
    settings=PromptSettings,
    hooks="lepton_studio.methods.prompt.hooks:PromptHooks",
    why_unfit=why_unfit,
    why_senseless=why_senseless,
)
