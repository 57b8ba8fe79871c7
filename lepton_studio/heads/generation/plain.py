"""What can be written without a model: the beginning of the text, and what was written for the most similar one.

What a tuned model is held against. Pure Python.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lepton_studio.contract.retrieval import Answered
from lepton_studio.contract.task import Input, PlainAnswer
from lepton_studio.contract.turns import parse_turns
from lepton_studio.contract.written import Written
from lepton_studio.project.marks import TURNS

_SENTENCE = re.compile(r"\s*\S.*?(?:[.!?]+(?=\s|$)|[。\uff01\uff1f]+|(?=\n)|$)", re.DOTALL)


def plain_answers(
    inputs: Sequence[Input], *, train: Sequence[tuple[Input, Written]]
) -> Mapping[PlainAnswer, list[Written]]:
    """By each of them one for every input. `train`: what may be learned from, at least one."""
    usual = sum(len(value.text) for _, value in train) / len(train)
    answered = Answered((input.text, value.text) for input, value in train)
    nearest = (answered.nearest(input.text) or ("", "") for input in inputs)
    return {
        "lead": [Written(lead(_source(input), usual=usual)) for input in inputs],
        "nearest": [Written(text) for _, text in nearest],
    }


def lead(text: str, *, usual: float) -> str:
    """The first sentence, and those behind it that bring it nearer to the usual length (in characters)."""
    found = ""
    for sentence in _SENTENCE.findall(text.strip()):
        longer = found + sentence
        if found and abs(len(longer.strip()) - usual) >= abs(len(found.strip()) - usual):
            break
        found = longer
    return found.strip()


def _source(input: Input) -> str:
    """What there is to copy: the text; of a conversation, what was said last."""
    return parse_turns(input)[-1].content if TURNS in input.fields else input.text
