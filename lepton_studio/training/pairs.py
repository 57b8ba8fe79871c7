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
    they are of one target and 0 where not; the loss is the square of what it is off (as in Reimers and Gurevych 2019,
    https://arxiv.org/abs/1908.10084, section 3). Each text of a batch is read once and held against all others of it;
    those that are alike count as much as those that are not. For training only.
    """
    return cast("Learner[Any]", _OnPairs(learner))


class _OnPairs:
    """Everything but this is the learner's own."""

    def __init__(self, learner: Learner[Any]) -> None:
        self._learner = learner
        self.model = learner.model
        self.encode = learner.encode

    def collate(self, pairs: Sequence[Pair]) -> Batch:
        texts = list({id(text): text for pair in pairs for text in (pair.one, pair.other)}.values())
        batch = self._learner.collate(texts)
        targets = [text.target for text in texts]
        alike = torch.tensor([[float(one == other) for other in targets] for one in targets])
        return Batch(batch.inputs, alike, float(len(pairs)), len(pairs), batch.beside)

    def forward(self, batch: Batch) -> Tensor:
        """The cosines of all texts: [texts, texts]. The features are of unit length."""
        features = self._learner.features(batch).float()
        return features @ features.T

    def loss(self, cosines: Tensor, batch: Batch) -> Tensor:
        assert batch.targets is not None
        off = (cosines - batch.targets).square()
        unlike = 1 - batch.targets
        alike = batch.targets - torch.eye(len(off), device=off.device)
        return batch.size * (_mean(off, alike) + _mean(off, unlike)) / 2


def _mean(values: Tensor, which: Tensor) -> Tensor:
    """Of those that are 1 in `which`; 0 where there are none."""
    return (values * which).sum() / which.sum().clamp(min=1)
