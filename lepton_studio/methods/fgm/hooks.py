"""Words moved against the model: each text's word vectors along the gradient of its loss, and the loss of that too."""

from __future__ import annotations

from torch import Tensor

from lepton_studio.methods.fgm import FgmSettings
from lepton_studio.methods.hooks import Backward, Step
from lepton_studio.methods.moved_words import MovedWords, against


class FgmHooks(MovedWords):
    """The gradient of a step is that of its loss and of the loss with the words moved, added up.

    The move of each text has `fgm_size` times the length of all its vectors together, whatever stands beside it in a
    batch.
    """

    settings: FgmSettings

    def backward(self, step: Step, then: Backward) -> Tensor:
        with self.watching() as seen:
            loss = then(step)
        with self.moving([against(one, one.grad, size=self.settings.fgm_size) for one in seen]):
            then(step)
        return loss
