"""Pairs of training texts, drawn anew for each epoch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from lepton_studio.methods.contrastive import ContrastiveSettings
from lepton_studio.methods.hooks import Hooks, Net, Pair, Train

_MOST = 8_000
"""Pairs in an epoch: of more texts some are drawn."""


class ContrastiveHooks(Hooks):
    """All weights but the table of words learn; a text is paired with as many of its own label as of others."""

    settings: ContrastiveSettings

    def wrap(self, net: Net) -> None:
        net.model.get_input_embeddings().requires_grad_(False)

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        chance = random.Random(f"{self.recipe.seed} {epoch}")
        places = list(range(len(train.examples)))
        by_label: dict[object, list[int]] = {}
        for place in places:
            by_label.setdefault(train.examples[place].target, []).append(place)
        if len(by_label) < 2:
            return train.examples  # the learner has refused that, in a sentence
        turns = max(1, min(self.settings.pairs_a_text, _MOST // (2 * len(places))))
        chosen = places if 2 * len(places) <= _MOST else chance.sample(places, _MOST // 2)
        found = []
        for _ in range(turns):
            for place in chosen:
                label = train.examples[place].target
                other = chance.choice(places)
                while train.examples[other].target == label:
                    other = chance.choice(places)
                for one, alike in ((chance.choice(by_label[label]), True), (other, False)):
                    found.append(Pair(train.examples[place], train.examples[one], alike))
        return found
