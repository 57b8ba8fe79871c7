"""Learning the next reply of a conversation."""

from __future__ import annotations

from lepton_studio.contract.task import Input
from lepton_studio.contract.turns import Turn, parse_turns
from lepton_studio.heads.generation.learner import WritingLearner


class ReplyLearner(WritingLearner):
    """The turns so far are what the model reads; of a long conversation, the newest."""

    task = "dialogue"
    keeps_end = True

    def turns(self, input: Input) -> tuple[Turn, ...]:
        return parse_turns(input)
