"""Texts with their vectors, as the instant model reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lepton_studio.quick.hashed import HashedWords
from lepton_studio.quick.instant import Texts
from lepton_studio.quick.regression import Floats

_AT_ONCE = 512


def texts_of(texts: Sequence[str], vectors: Floats) -> Texts:
    """All of them read."""
    words = HashedWords()
    for start in range(0, len(texts), _AT_ONCE):
        words.add([(text, None) for text in texts[start : start + _AT_ONCE]])
    return Texts.of(words.matrix(len(texts)), vectors.astype(np.float16), np.ones(len(texts), bool))
