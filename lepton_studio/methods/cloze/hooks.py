"""All of the model learns, what fills in the blank too, but for the table of words, which says what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lepton_studio.methods.cloze import ClozeSettings, no_blanks
from lepton_studio.methods.hooks import Hooks, Net, Train, Unfit


class ClozeHooks(Hooks):
    """Where the last layer shares the table of words, as in BERT and RoBERTa, it keeps what it is as well. Of few texts
    each is seen several times in an epoch.
    """

    settings: ClozeSettings

    def wrap(self, net: Net) -> None:
        if net.model.get_output_embeddings() is None:
            raise Unfit(no_blanks(net.name))
        net.model.get_input_embeddings().requires_grad_(False)

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        if not train.examples:
            return train.examples
        return [*train.examples] * max(1, self.settings.cloze_texts // len(train.examples))
