"""Why: what each word of a text adds to what a linear layer says of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lepton_studio.quick.linear import Linear
from lepton_studio.quick.regression import Floats
from lepton_studio.quick.words import Pair, Vocabulary, word_features


@dataclass(frozen=True, slots=True)
class WordWeight:
    """A term as `terms.py` names it, and what it adds to each output: `adds` [outputs]."""

    term: str
    adds: Floats


def word_weights(text: Pair, *, vocabulary: Vocabulary, layer: Linear) -> list[WordWeight]:
    """Of the terms that the text has, those that add most to any output first.

    It is exact: their sum and the layer's bias are the logits, where there are no vectors beside the words.
    """
    row = word_features(vocabulary, [text])
    adds = layer.of_words[:, row.indices] * row.data
    order = np.argsort(-np.abs(adds).max(0), kind="stable")
    return [WordWeight(vocabulary.terms[row.indices[place]], adds[:, place]) for place in order]
