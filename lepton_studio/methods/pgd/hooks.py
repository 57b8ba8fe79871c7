"""Words moved against the model step by step, and back to where they may be after each."""

from __future__ import annotations

import torch
from torch import Tensor

from lepton_studio.methods.fgm.hooks import MovedWords, against, lengths, slope_of, within
from lepton_studio.methods.hooks import Backward, Step
from lepton_studio.methods.pgd import PgdSettings

_FAR = 1.5
"""All steps together, as a multiple of the size: so the last ones can still turn."""


class PgdHooks(MovedWords):
    """The gradient of a step is that of its loss and of the loss with the words moved, added up."""

    settings: PgdSettings

    def backward(self, step: Step, then: Backward) -> Tensor:
        size, count = self.settings.pgd_size, self.settings.pgd_steps
        with self.watching() as seen:
            loss = then(step)
        slopes = [slope_of(one) for one in seen]
        farthest = [size * lengths(one, slope) for one, slope in zip(seen, slopes, strict=True)]
        moves = [torch.zeros_like(one) for one in slopes]
        for turn in range(count):
            if turn:
                slopes = self.slopes(step, moves)
            moves = [
                within(move + against(slope, far=_FAR / count * far), far=far)
                for move, slope, far in zip(moves, slopes, farthest, strict=True)
            ]
        with self.moving(moves):
            then(step)
        return loss
