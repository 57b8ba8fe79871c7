"""The search: settings of one method are tried on folds of the person's own labels, and the best are used. Bergstra et
al. 2011 (TPE), "Algorithms for Hyper-Parameter Optimization"; Li et al. 2020 (ASHA), https://arxiv.org/abs/1810.05934;
both as optuna has them (Akiba et al. 2019, https://arxiv.org/abs/1907.10902). See `lepton_studio.child.search`.
"""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import OF_COMPARED, Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """What can be set."""

    search_method: str = setting(
        "full", "Method to search for", "Learning rate, epochs, batch size and the settings of this method are tried.",
        choices={"full": "Full fine-tuning", "lora": "LoRA", "contrastive": "Few labels (pairs of texts)"},
    )  # fmt: skip
    search_trials: int = setting(
        20, "Trials", "How many combinations of settings are tried; the first is the recipe as it stands.",
        low=2, high=1000,
    )  # fmt: skip
    search_folds: int = setting(
        3, "Folds of a trial",
        "The labelled samples are split into so many parts; each is judged by models of the others.",
        low=2, high=20,
    )  # fmt: skip
    search_minutes: int = setting(
        120, "Time limit for the search",
        "In minutes; the best is then trained on all training samples. 0 sets no limit.",
        low=0, high=100_000,
    )  # fmt: skip


METHOD = Method(
    id="search",
    title="Search for settings",
    summary="Tries many settings of one method on parts of your own labelled samples and uses the best. For the last "
    "point or two, when there is time; seldom worth it below some hundred labels.",
    slot="weights",
    settings=SearchSettings,
    hooks="lepton_studio.methods.hooks:Hooks",
    at_once=True,
    compares=True,
    of_recipe=OF_COMPARED,
)
