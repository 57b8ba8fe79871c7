"""Training texts with some words in place of others like them: synonym replacement as in Wei and Zou 2019,
https://arxiv.org/abs/1901.11196, by the model's own table of words in place of WordNet (Wang and Yang 2015,
https://aclanthology.org/D15-1306): that has the words of the model's languages, Chinese among them, and needs no data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class SynonymsSettings:
    """What can be set."""

    replaced_words: float = setting(
        0.2, "Replaced words", "Share of the words of a text that others take the place of.", low=0.01, high=0.9
    )
    synonym_closeness: float = setting(
        0.55,
        "Closeness",
        "How much alike two words must be, from 0 to 1. Words of opposite meaning can be close too: look at the "
        "preview.",
        low=0.3,
        high=0.95,
    )
    replaced_copies: int = setting(
        1, "Copies with other words", "So many of each training text are seen beside it.", low=1, high=8
    )


def why_unfit(family: Family, task: Task[Any] | None) -> str:
    """What is marked in a text would no longer stand where it stood."""
    if family == "encoder" and (task is None or task.linear):
        return ""
    return tr("Replaced words only work where whole texts get labels or ratings.")


METHOD = Method(
    id="synonyms",
    title="Replaced words",
    summary="Each training text is also seen with some words replaced by similar ones, which the model itself names. "
    "May help with few samples; takes up to twice as long.",
    slot="examples",
    settings=SynonymsSettings,
    hooks="lepton_studio.methods.synonyms.hooks:SynonymsHooks",
    why_unfit=why_unfit,
    changes_texts=True,
)
