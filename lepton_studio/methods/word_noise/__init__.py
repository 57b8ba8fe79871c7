"""Easy data augmentation: words deleted, swapped and repeated. Wei and Zou 2019, https://arxiv.org/abs/1901.11196."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class WordNoiseSettings:
    """What can be set."""

    changed_words: float = setting(
        0.1, "Changed words", "Share of the words of a text that are deleted, swapped or repeated.", low=0.01, high=0.5
    )
    changed_copies: int = setting(
        1, "Changed copies", "So many changed copies of each training text are seen beside it.", low=1, high=8
    )


def why_unfit(_family: Family, task: Task[Any] | None) -> str:
    """What is marked in a text would no longer stand where it stood."""
    if task is None or task.linear:
        return ""
    return tr("Changed words only work where whole texts get labels or ratings.")


METHOD = Method(
    id="word_noise",
    title="Changed words",
    summary="Each training text is also seen with some words deleted, swapped or repeated, differently in each epoch. "
    "May help with few samples; takes up to twice as long.",
    slot="examples",
    settings=WordNoiseSettings,
    hooks="lepton_studio.methods.word_noise.hooks:WordNoiseHooks",
    why_unfit=why_unfit,
    changes_texts=True,
)
