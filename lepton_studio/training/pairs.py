"""Learning which texts belong together, before there is a head: what the loop needs for that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor

from lepton_studio.methods.hooks import Pair
from lepton_studio.training.learner import Batch, Learner


def on_pairs(learner: Learner[Any]) -> Learner[Any]:
    """The same model, taught by `Pair`s in place of examples: the cosine of the features of two texts is to be 1 where
    they are alike and 0 where not; the loss is the square of what it is off (as in Reimers and Gurevych 2019,
    https://arxiv.org/abs/1908.10084, section 3). For training only.
    """
    return cast("Learner[Any]", _OnPairs(learner))


class _OnPairs:
    """Everything but this is the learner's own."""

    def __init__(self, learner: Learner[Any]) -> None:
        self._learner = learner
        self.model = learner.model
        self.encode = learner.encode

    def collate(self, pairs: Sequence[Pair]) -> Batch:
        batch = self._learner.collate([*(pair.one for pair in pairs), *(pair.other for pair in pairs)])
        alike = torch.tensor([float(pair.alike) for pair in pairs])
        return Batch(batch.inputs, alike, float(len(pairs)), len(pairs), batch.beside)

    def forward(self, batch: Batch) -> Tensor:
        """The cosines: [size]. The features are of unit length."""
        one, other = self._learner.features(batch).float().chunk(2)
        return (one * other).sum(-1)

    def loss(self, cosines: Tensor, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return (cosines - batch.targets).square().sum()
