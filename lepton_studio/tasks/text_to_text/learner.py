"""Learning to turn a text into another."""

from __future__ import annotations

from lepton_studio.contract.task import Input
from lepton_studio.contract.turns import Turn
from lepton_studio.heads.generation.learner import WritingLearner


class TextLearner(WritingLearner):
    """The text is what the model reads."""

    task = "text_to_text"

    def turns(self, input: Input) -> tuple[Turn, ...]:
        return (Turn("", input.text.strip()),)
