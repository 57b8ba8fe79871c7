"""Finding spans that do not nest: a BIO tag for each unit of a text, and the best sequence of tags that is allowed.

A unit is a word, told by its first piece, or a token where spans cut words. Tags are O, then B and I of each label.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from lepton_studio.training.dropout import ByteDropout
from lepton_studio.training.mark_reading import log_odds_of
from lepton_studio.training.tokens import Window

Found = tuple[int, int, int]
"""A span by its first and last token and the place of its label."""

_OUTSIDE = 0
_NOT_COUNTED = -100


def tag_names(labels: Sequence[str]) -> list[str]:
    """The tags in the order of the head's outputs."""
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


class TagHead(nn.Module):
    """Token vectors [size, length, width] to tag logits [size, length, tags]."""

    def __init__(self, *, width: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.dropout = ByteDropout(dropout)
        self.classifier = nn.Linear(width, 1 + 2 * labels)

    def forward(self, vectors: Tensor, units: Tensor | None) -> Tensor:
        """`units` [size, length] do not matter here."""
        logits: Tensor = self.classifier(self.dropout(vectors))
        return logits.float()

    def targets(self, windows: Sequence[Window], spans: Sequence[Sequence[Found]], *, units: Tensor) -> Tensor:
        """The tag of each token that is a unit, on the CPU: [size, length]."""
        tags = torch.full(units.shape, _NOT_COUNTED)
        tags[units] = _OUTSIDE
        for row, (window, some) in enumerate(zip(windows, spans, strict=True)):
            shift = window.before - window.first
            for first, last, label in some:
                start, end = max(first, window.first) + shift, min(last + 1, window.last) + shift
                tags[row, start:end][units[row, start:end]] = _inside(label)
                if first >= window.first and start < end:
                    tags[row, start] = _begin(label)
        return tags

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy, summed over the units."""
        return F.cross_entropy(outputs.flatten(0, 1), targets.flatten(), ignore_index=_NOT_COUNTED, reduction="sum")

    def of_mark(self, outputs: Tensor, units: Sequence[int], label: int, *, behind: int | None) -> Tensor:
        """The log-odds [size] of one span on these units of a row, were each tag drawn by itself; `behind`: the unit
        behind it, which does not belong to it.
        """
        said = outputs.log_softmax(-1)
        together = said[:, units[0], _begin(label)] + said[:, list(units[1:]), _inside(label)].sum(1)
        if behind is not None:
            together = together + torch.log1p(-said[:, behind, _inside(label)].exp().clamp(max=1 - 1e-6))
        return log_odds_of(together)

    def answers(self, outputs: Tensor, units: Tensor) -> list[Any]:
        """For each window the log-probabilities of its units: (their places in the row [n], [n, tags])."""
        masks = units.cpu().numpy()
        rows = outputs.log_softmax(-1).cpu().numpy()
        return [(np.flatnonzero(mask), row[mask]) for row, mask in zip(rows, masks, strict=True)]

    def read(self, windows: Sequence[Window], answers: Sequence[Any]) -> tuple[list[Found], float]:
        """The spans of a text from the answers on all its windows, and the probability of its least sure unit.

        Each unit counts as the window says that has most context for it. The last token of a span is the first piece
        of its last unit.
        """
        tokens: list[int] = []
        kept = []
        for window, (places, log_probabilities) in zip(windows, answers, strict=True):
            placed = places + (window.first - window.before)
            own = (placed >= window.own_first) & (placed < window.own_last)
            tokens += placed[own].tolist()
            kept.append(log_probabilities[own])
        if not tokens:
            return [], 1.0
        together = np.concatenate(kept)
        tags = best_tags(together)
        sure = float(np.exp(together[np.arange(len(tags)), tags].min()))
        return [(tokens[first], tokens[last], label) for first, last, label in read_tags(tags)], sure


def best_tags(scores: NDArray[np.float32]) -> list[int]:
    """The sequence of tags with the highest sum of scores [n, tags] in which I comes only after B or I of its label.

    The Viterbi algorithm (Forney 1973, https://doi.org/10.1109/PROC.1973.9030) with free transitions between what is
    allowed; where the best tag of each unit gives an allowed sequence, that is it.
    """
    greedy: list[int] = scores.argmax(-1).tolist()
    if all(_may_follow(one, tag) for one, tag in pairwise([_OUTSIDE, *greedy])):
        return greedy
    n, tags = scores.shape
    inside = np.arange(2, tags, 2)
    total = scores[0].copy()
    total[inside] = -np.inf
    came_from = np.zeros((n, tags), dtype=np.int64)
    for place in range(1, n):
        came_from[place] = total.argmax()
        best = np.full(tags, total.max())
        came_from[place, inside] = np.where(total[inside - 1] >= total[inside], inside - 1, inside)
        best[inside] = np.maximum(total[inside - 1], total[inside])
        total = best + scores[place]
    path = [int(total.argmax())]
    for place in range(n - 1, 0, -1):
        path.append(int(came_from[place, path[-1]]))
    return path[::-1]


def read_tags(tags: Sequence[int]) -> list[Found]:
    """The spans that an allowed sequence of tags says, by places in it."""
    spans: list[Found] = []
    for place, tag in enumerate(tags):
        if tag == _OUTSIDE:
            continue
        label = (tag - 1) // 2
        if tag == _begin(label):
            spans.append((place, place, label))
        else:
            spans[-1] = (spans[-1][0], place, label)
    return spans


def _may_follow(before: int, tag: int) -> bool:
    is_inside = tag != _OUTSIDE and tag % 2 == 0
    return not is_inside or before in (tag - 1, tag)


def _begin(label: int) -> int:
    return 1 + 2 * label


def _inside(label: int) -> int:
    return 2 + 2 * label
