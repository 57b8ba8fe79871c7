"""Few labels: the model learns which texts belong together, and a layer is fitted on it. Tunstall et al. 2022 (SetFit),
https://arxiv.org/abs/2209.11055; here the layer is the quick model's, with word statistics beside the vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import InRace, Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class ContrastiveSettings:
    """What can be set."""

    pairs_a_text: int = setting(
        4,
        "Pairs per text",
        "In each epoch every text is paired with so many of the same label, or fewer where there are many texts, and "
        "compared with those of other labels.",
        low=1,
        high=50,
    )


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """Pairs are alike where their label is the same."""
    if task is None or task.linear == "choice":
        return ""
    return tr("Learning from pairs only works where each text has one label.")


METHOD = Method(
    id="contrastive",
    title="Few labels (pairs of texts)",
    summary="The model first learns which texts belong together, then a linear layer is fitted. Often best with up to "
    "some hundred samples; takes several times as long as full fine-tuning.",
    slot="weights",
    settings=ContrastiveSettings,
    hooks="lepton_studio.methods.contrastive.hooks:ContrastiveHooks",
    why_unfit=why_unfit,
    at_once=True,
    on_pairs=True,
    of_recipe=(
        "epochs", "batch_size", "learning_rate", "weight_decay", "warmup", "decay", "optimizer", "dropout",
        "max_length", "class_weights", "keep_all_words", "seed", "folds", "seeds",
    ),
    searched={"pairs_a_text": (2, 4, 8)},
    in_race=InRace(cost=4, few=(5, 8), many=(1.5, 4)),
)  # fmt: skip
