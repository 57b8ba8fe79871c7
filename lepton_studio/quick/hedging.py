"""Whether the labels that were asked for teach less than labels that chance chose: then chance chooses half of them.

What was drawn for the test was chosen by chance, and can stand in for an order at random. Of each half of it a layer
learns, and is judged by the other half; beside it one that learns from as many labels, the first that were asked for.
Each text of the draw is so told twice, once by either kind.
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from lepton_studio.quick.instant import Decided, Texts, first_setting, fit, logits_of

FEWEST_DRAWN = 40
"""Before so many of the draw are decided nothing can be told."""
MOST_COMPARED = 200
_LIKELY = 0.2
"""How likely so clear a loss may be by chance: to hedge without need costs little, not to hedge where it is needed
much."""


def loses_to_chance(texts: Texts, asked: Decided, drawn: Decided) -> bool:
    """Whether labels in the order of `asked`, the first one first, probably teach less than those of the draw.

    A one-sided sign test on the texts that only one of both kinds of layers tells. With 100 texts of the draw it tells
    a loss of six points in one case of two, and none of one or two points. False where the labels are no choice, or
    too few.
    """
    drawn = drawn.some(np.random.default_rng(0).permutation(len(drawn))[:MOST_COMPARED])
    half = len(drawn) // 2
    if drawn.kind != "choice" or len(drawn) < FEWEST_DRAWN or len(asked) < half:
        return False
    one, other = drawn.some(np.arange(half)), drawn.some(np.arange(half, 2 * half))
    by_asked = np.concatenate([_right(texts, asked.some(np.arange(half)), of) for of in (other, one)])
    by_chance = np.concatenate([_right(texts, one, other), _right(texts, other, one)])
    worse, better = int((by_chance & ~by_asked).sum()), int((by_asked & ~by_chance).sum())
    return worse > better and by_chance_alone(worse, worse + better) < _LIKELY


def by_chance_alone(heads: int, tosses: int) -> float:
    """How likely a coin shows at least so many heads: the p-value of the one-sided sign test."""
    return sum(comb(tosses, one) for one in range(heads, tosses + 1)) / 2.0**tosses


def _right(texts: Texts, taught: Decided, of: Decided) -> NDArray[np.bool_]:
    """Which of these a layer tells that has learnt those."""
    if len(np.unique(taught.targets)) < 2:
        return np.asarray(of.targets == taught.targets[0])
    layer = fit(texts, taught, setting=first_setting(taught), start=None)
    return np.asarray(logits_of(texts, layer)[of.rows].argmax(1) == of.targets)
