"""Two models that see each text from one side only: one counts its words, the other reads its vector."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy  # its parts are loaded where they are first used

from lepton_studio.quick.instant import Decided, Setting, Texts, fit, logits_of, said
from lepton_studio.quick.regression import Floats


def two_views(texts: Texts, decided: Decided, *, setting: Setting) -> tuple[Floats, Floats]:
    """What is said of all texts by the words alone, and by the vectors alone: [n, outputs] each. `decided` holds two
    classes at least. Takes as long as two fits from the start.
    """
    words = replace(texts, there=np.zeros_like(texts.there))
    vectors = replace(texts, words=scipy.sparse.csr_matrix(texts.words.shape, dtype=texts.words.dtype))
    return _said(words, decided, setting), _said(vectors, decided, setting)


def _said(texts: Texts, decided: Decided, setting: Setting) -> Floats:
    layer = fit(texts, decided, setting=setting, start=None)
    return said(logits_of(texts, layer), None, setting=replace(setting, share=0.0), kind=decided.kind)
