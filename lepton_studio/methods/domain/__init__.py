"""Domain-adaptive pre-training: before it is tuned, the encoder goes on learning on the project's own unlabelled texts.
Gururangan et al. 2020, https://arxiv.org/abs/2004.10964. What it learns is to fill in hidden pieces of words, as in
BERT: Devlin et al. 2019, https://arxiv.org/abs/1810.04805 (`lepton_studio.training.pretraining`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.project.marks import MEDIA
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class DomainSettings:
    """What can be set."""

    domain_epochs: int = setting(
        3,
        "Times through the unlabelled texts",
        "How often each unlabelled text is seen before tuning.",
        low=1,
        high=100,
    )


def why_unfit(family: Family, task: Task[Any] | None) -> str:
    """Only what reads words in both directions can fill them in."""
    if family == "encoder" and (task is None or MEDIA not in task.reads):
        return ""
    return tr("Pre-training on unlabelled texts only works with models that read texts.")


METHOD = Method(
    id="domain",
    title="Domain-adaptive pre-training",
    summary="Before tuning, the model learns to fill in hidden words of the unlabelled texts. For thousands of texts "
    "from a special field; no gain has been measured yet with the built-in models.",
    slot="pretraining",
    settings=DomainSettings,
    hooks="lepton_studio.methods.domain.hooks:DomainHooks",
    why_unfit=why_unfit,
    only_with=("full",),
    reads_unlabelled=True,
)
