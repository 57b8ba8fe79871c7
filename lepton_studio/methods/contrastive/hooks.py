"""Pairs of training texts, drawn anew for each epoch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from lepton_studio.methods.contrastive import ContrastiveSettings
from lepton_studio.methods.hooks import Hooks, Net, Pair, Train

_ENOUGH = 500
"""Pairs in an epoch, from which on a text has fewer: twice as many brought 0.4 points (TREC, 200 texts, n = 500)."""
_MOST = 1_000
"""Texts in an epoch: of more some are drawn."""


class ContrastiveHooks(Hooks):
    """All weights but the table of words learn; a text is paired with others of its own label, and what a batch has of
    other labels is what it is held against. One that is alone in its label is paired with itself.
    """

    settings: ContrastiveSettings

    def wrap(self, net: Net) -> None:
        net.model.get_input_embeddings().requires_grad_(False)

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        chance = random.Random(f"{self.recipe.seed} {epoch}")
        texts = train.examples
        of_label: dict[object, list[int]] = {}
        for place, text in enumerate(texts):
            of_label.setdefault(text.target, []).append(place)
        if len(of_label) < 2:
            return texts  # the learner has refused that, in a sentence
        turns = max(1, min(self.settings.pairs_a_text, _ENOUGH // len(texts)))
        chosen = range(len(texts)) if len(texts) <= _MOST else chance.sample(range(len(texts)), _MOST)
        return [
            Pair(texts[place], texts[_other(place, of_label[texts[place].target], chance)])
            for _ in range(turns)
            for place in chosen
        ]


def _other(place: int, alike: Sequence[int], chance: random.Random) -> int:
    """One of `alike`, and not the same one where there are others."""
    found = chance.randrange(len(alike) - 1) if len(alike) > 1 else 0
    return alike[-1] if alike[found] == place else alike[found]
