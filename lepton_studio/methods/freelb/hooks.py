"""Words moved against the model step by step; the gradients of all steps are those of the weights, averaged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from lepton_studio.methods.fgm.hooks import MovedWords, against, within
from lepton_studio.methods.freelb import FreeLbSettings
from lepton_studio.methods.hooks import Backward, Step

_FAR = 1.5
"""See PGD."""


class FreeLbHooks(MovedWords):
    """The first pass sees the words where they are, each later one where the passes before have moved them. The loss
    that is shown is that of the first.
    """

    settings: FreeLbSettings

    def backward(self, step: Step, then: Backward) -> Tensor:
        size, count = self.settings.freelb_size, self.settings.freelb_steps

        def shared(said: Any) -> Tensor:
            return step.loss(said) / count

        part = replace(step, loss=shared)
        with self.watching() as seen:
            loss = then(part) * count
        vectors = [one.detach() for one in seen]
        slopes = [one.grad for one in seen]
        moves = [torch.zeros_like(one) for one in vectors]
        for _turn in range(1, count):
            moves = [
                within(move.detach() + against(vector, slope, size=_FAR * size / (count - 1)), vector, size=size)
                for move, vector, slope in zip(moves, vectors, slopes, strict=True)
            ]
            for one in moves:
                one.requires_grad_()
            with self.moving(moves):
                then(part)
            slopes = [one.grad for one in moves]
        return loss
