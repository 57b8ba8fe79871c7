"""Finding spans that nest or overlap: a score for each pair of a first and a last unit, for each label.

A biaffine classifier as in Yu, Bohnet and Poesio 2020, "Named Entity Recognition as Dependency Parsing",
https://arxiv.org/abs/2005.07150, here with a yes or no for each label, so that one span may have several.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lepton_studio.heads.span_tags import Found
from lepton_studio.training.dropout import ByteDropout
from lepton_studio.training.tokens import Window

_WIDTH = 128
_DISTANCES = 32
_RARE = -4.0
"""Where the logits begin: next to no pair is a span."""


class PairHead(nn.Module):
    """Token vectors [size, length, width] to logits [size, labels, first token, last token]."""

    def __init__(self, *, width: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.labels = labels
        self.dropout = ByteDropout(dropout)
        self.first = nn.Linear(width, _WIDTH)
        self.last = nn.Linear(width, _WIDTH)
        self.both = nn.Parameter(torch.randn(labels, _WIDTH, _WIDTH) * _WIDTH**-1.0)
        self.first_alone = nn.Linear(_WIDTH, labels)
        self.last_alone = nn.Linear(_WIDTH, labels, bias=False)
        self.distance = nn.Embedding(_DISTANCES, labels)
        nn.init.zeros_(self.distance.weight)
        nn.init.constant_(self.first_alone.bias, _RARE)
        self.widest = 0
        """Units of the longest span that there may be, less one."""
        self.may_cross = False
        self.may_repeat = False

    def forward(self, vectors: Tensor, units: Tensor) -> Tensor:
        """Pairs of what is no unit, the wrong way round, or too far apart have a logit of -10,000."""
        shared = self.dropout(vectors)
        first = self.dropout(F.gelu(self.first(shared)))
        last = self.dropout(F.gelu(self.last(shared)))
        logits = torch.einsum("bid,ldk,bjk->blij", first, self.both.to(first.dtype), last).float()
        logits = logits + self.first_alone(first).float().transpose(1, 2).unsqueeze(3)
        logits = logits + self.last_alone(last).float().transpose(1, 2).unsqueeze(2)
        place = units.long().cumsum(1)
        distance = place.unsqueeze(1) - place.unsqueeze(2)
        logits = logits + self.distance(distance.clamp(0, _DISTANCES - 1)).permute(0, 3, 1, 2)
        may_be = units.unsqueeze(2) & units.unsqueeze(1) & (distance >= 0) & (distance <= self.widest)
        masked: Tensor = logits.masked_fill(~may_be.unsqueeze(1), -1e4)
        return masked

    def targets(self, windows: Sequence[Window], spans: Sequence[Sequence[Found]], *, units: Tensor) -> Tensor:
        """1 for each span that lies within its window, on the CPU: [size, labels, length, length]."""
        size, length = units.shape
        found = torch.zeros(size, self.labels, length, length)
        for row, (window, some) in enumerate(zip(windows, spans, strict=True)):
            shift = window.before - window.first
            for first, last, label in some:
                if window.first <= first and last < window.last:
                    end = int(units[row, : last + shift + 1].nonzero()[-1])
                    found[row, label, first + shift, end] = 1.0
        return found

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Binary cross-entropy, summed over labels and pairs."""
        return F.binary_cross_entropy_with_logits(outputs, targets, reduction="sum")

    def of_mark(self, outputs: Tensor, units: Sequence[int], label: int, *, behind: int | None) -> Tensor:
        """The log-odds [size] of one span on these units of a row; what stands `behind` it does not matter."""
        return outputs[:, label, units[0], units[-1]]

    def answers(self, outputs: Tensor, units: Tensor) -> list[Any]:
        """For each window the spans it holds, by places in the row, with their probability."""
        found: list[Any] = []
        for row in outputs.sigmoid().cpu():
            places = (row > 0.5).nonzero().tolist()
            found.append([((first, last, label), float(row[label, first, last])) for label, first, last in places])
        return found

    def read(self, windows: Sequence[Window], answers: Sequence[Any]) -> tuple[list[Found], float]:
        """The spans of a text from the answers on all its windows, and the probability of the least sure of them.

        A span counts where the window says it that has most context for its middle. The last token of a span is the
        first piece of its last unit.
        """
        said = [
            ((first + window.first - window.before, last + window.first - window.before, label), probability)
            for window, some in zip(windows, answers, strict=True)
            for (first, last, label), probability in some
            if window.own_first <= (first + last) // 2 + window.first - window.before < window.own_last
        ]
        kept: list[Found] = []
        for span, _ in sorted(said, key=lambda one: -one[1]):
            if all(self._fits(span, other) for other in kept):
                kept.append(span)
        probabilities = dict(said)
        return sorted(kept), min((probabilities[span] for span in kept), default=1.0)

    def _fits(self, span: Found, other: Found) -> bool:
        """Whether training data has such a pair: the same place twice, or spans that cross."""
        if span[:2] == other[:2]:
            return self.may_repeat
        crosses = span[0] < other[0] <= span[1] < other[1] or other[0] < span[0] <= other[1] < span[1]
        return self.may_cross or not crosses
