"""Words moved against the model step by step; the gradients of all steps are those of the weights, averaged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from lepton_studio.methods.fgm.hooks import MovedWords, against, lengths, slope_of, within
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
        slopes = [slope_of(one) for one in seen]
        farthest = [size * lengths(one, slope) for one, slope in zip(seen, slopes, strict=True)]
        moves = [torch.zeros_like(one) for one in slopes]
        for _turn in range(1, count):
            moves = [
                within(move + against(slope, far=_FAR / (count - 1) * far), far=far)
                for move, slope, far in zip(moves, slopes, farthest, strict=True)
            ]
            for one in moves:
                one.requires_grad_()
            with self.moving(moves):
                then(part)
            slopes = [slope_of(one) for one in moves]
        return loss
