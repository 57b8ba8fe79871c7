"""Mix-up: the model also learns from texts between two texts. Zhang et al. 2018, https://arxiv.org/abs/1710.09412; of
the vectors of texts as in Guo et al. 2019, https://arxiv.org/abs/1905.08941.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import Recipe, setting


@dataclass(frozen=True, slots=True)
class MixupSettings:
    """What can be set."""

    mixup_alpha: float = setting(
        0.4,
        "Strength of the mixing",
        "Small values mix a little of the second text into the first; 1 makes every share as likely as any other.",
        low=0.01,
        high=10,
    )


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """There must be one vector for each text."""
    if task is None or task.linear in ("choice", "choices"):
        return ""
    return tr("Mix-up only works where whole texts get labels.")


def why_senseless(recipe: Recipe) -> str:
    """A batch of one has nothing to mix."""
    return "" if recipe.batch_size > 1 else tr("Mix-up needs a batch size of at least 2.")


METHOD = Method(
    id="mixup",
    title="Mix-up",
    summary="The model also learns from mixtures of two texts' vectors, labelled in the same proportion. Costs no "
    "time; for small sets on which the model becomes too sure of itself. No gain was measured with 200 samples.",
    slot="loss",
    settings=MixupSettings,
    hooks="lepton_studio.methods.mixup.hooks:MixupHooks",
    why_unfit=why_unfit,
    why_senseless=why_senseless,
)
