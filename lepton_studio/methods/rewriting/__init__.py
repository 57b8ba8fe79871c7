"""Rewriting: before tuning a local model writes each training text in other words, and both are learned with the same
label. Paraphrases as training data: Kumar, Choudhary and Cho 2020, https://aclanthology.org/2020.lifelongnlp-1.3; what
strays from its text is left out, by the base model's own vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.models.built_in import WRITER
from lepton_studio.project.marks import MEDIA
from lepton_studio.runs.job import setting

TEXT = "{text}"
"""Where the text stands in an instruction; behind it where this is not said."""


@dataclass(frozen=True, slots=True)
class Rewriter:
    """A model (as in `Job.model`), and what it is told."""

    model: str
    instruction: str = ""

    def prompt(self, text: str) -> str:
        """What the model reads for a text."""
        if TEXT in self.instruction:
            return self.instruction.replace(TEXT, text)
        # One line for what marks its task by a prefix (T5: "translate English to German: ...").
        between = " " if self.instruction.endswith(":") else "\n\n"
        return f"{self.instruction}{between}{text}" if self.instruction else text


@dataclass(frozen=True, slots=True)
class RewritingSettings:
    """What can be set."""

    rewritings: int = setting(1, "Rewritings", "So many of each training text are seen beside it.", low=1, high=8)
    rewriter: str = setting(
        WRITER.id,
        "Model that rewrites",
        "The built-in writer for English, or a folder or a model of the Hub on this computer that chats or turns a "
        "text into another.",
    )
    rewriter_told: str = setting(
        "Rewrite this text in other words. Keep its meaning, tone and length.",
        "Instruction for rewriting",
        "Stands before each text, or around it where it contains {text}.",
    )
    rewriting_closeness: float = setting(
        0.3,
        "Closeness of rewritings",
        "How much alike a text and its rewriting must be to the base model: near 0 as any two training texts, 1 the "
        "same. What is less alike has likely lost its label and is left out; 0 keeps all.",
        low=0,
        high=0.95,
    )

    @property
    def rewriters(self) -> tuple[Rewriter, ...]:
        """One after another: each reads what the one before it wrote."""
        return (Rewriter(self.rewriter, self.rewriter_told),)

    @property
    def copies(self) -> int:
        """So many of each text."""
        return self.rewritings

    @property
    def closeness(self) -> float:
        """The least that is kept, see `keeping.closeness`."""
        return self.rewriting_closeness


def works_with(family: Family, task: Task[Any] | None) -> bool:
    """Whether a label is given to whole texts: what is marked in one would no longer stand where it stood."""
    return family == "encoder" and (task is None or bool(task.linear and MEDIA not in task.reads))


def why_unfit(family: Family, task: Task[Any] | None) -> str:
    """A sentence where it cannot be used."""
    if works_with(family, task):
        return ""
    return tr("Rewriting only works where whole texts get labels or ratings.")


METHOD = Method(
    id="rewriting",
    title="Rewriting",
    summary="Before tuning, a local model writes each training text in other words; both are learned. Slow without a "
    "GPU: look at the preview first. With the built-in writer it was measured to do harm: name a larger model.",
    slot="examples",
    settings=RewritingSettings,
    hooks="lepton_studio.methods.rewriting.hooks:RewritingHooks",
    why_unfit=why_unfit,
    changes_texts=True,
)
