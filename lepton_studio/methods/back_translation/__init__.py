"""Back-translation: before tuning each training text is translated into another language and back, and both are learned
with the same label. Sennrich, Haddow and Birch 2016, https://aclanthology.org/P16-1009; as paraphrases for classifiers:
Xie et al. 2020, https://arxiv.org/abs/1904.12848.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.methods.rewriting import Rewriter, works_with
from lepton_studio.runs.job import Recipe, setting


@dataclass(frozen=True, slots=True)
class BackTranslationSettings:
    """What can be set."""

    translator: str = setting(
        "",
        "Model that translates",
        "From the language of the texts into another: a folder, or a model of the Hub on this computer.",
    )
    translator_back: str = setting(
        "", "Model that translates back", "Into the language of the texts again; a model for both ways is named twice."
    )
    translator_told: str = setting(
        "",
        "Instruction for translating",
        "Only for models that need one: “translate English to German:” for T5. Stands before each text, or around it "
        "where it contains {text}.",
    )
    translator_back_told: str = setting("", "Instruction for translating back", "The same for the way back.")
    translations: int = setting(
        1, "Back-translations", "So many of each training text are seen beside it.", low=1, high=8
    )
    translation_closeness: float = setting(
        0.3,
        "Closeness of back-translations",
        "How much alike a text and its back-translation must be to the base model: near 0 as any two training texts, 1 "
        "the same. What is less alike has likely lost its label and is left out; 0 keeps all.",
        low=0,
        high=0.95,
    )

    @property
    def rewriters(self) -> tuple[Rewriter, ...]:
        """One after another: each reads what the one before it wrote."""
        there = Rewriter(self.translator, self.translator_told)
        return (there, Rewriter(self.translator_back, self.translator_back_told))

    @property
    def copies(self) -> int:
        """So many of each text."""
        return self.translations

    @property
    def closeness(self) -> float:
        """The least that is kept, see `methods.rewriting.keeping.closeness`."""
        return self.translation_closeness


def why_unfit(family: Family, task: Task[Any] | None) -> str:
    """A sentence where it cannot be used."""
    if works_with(family, task):
        return ""
    return tr("Back-translation only works where whole texts get labels or ratings.")


def why_senseless(recipe: Recipe) -> str:
    """It has no models of its own."""
    chosen: BackTranslationSettings = METHOD.chosen(recipe)
    if chosen.translator and chosen.translator_back:
        return ""
    return tr(
        "Back-translation needs two models: one that translates the texts into another language (translator), and one "
        "that translates back (translator_back). Name a folder or a model of the Hub for each."
    )


METHOD = Method(
    id="back_translation",
    title="Back-translation",
    summary="Before tuning, two translation models of yours turn each training text into another language and back; "
    "both are learned. Slow without a GPU: look at the preview first. No gain has been measured.",
    slot="examples",
    settings=BackTranslationSettings,
    hooks="lepton_studio.methods.back_translation.hooks:BackTranslationHooks",
    why_unfit=why_unfit,
    why_senseless=why_senseless,
    changes_texts=True,
)
