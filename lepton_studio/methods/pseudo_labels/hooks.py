"""Unlabelled texts in an epoch, with the labels that the model gives them as the epoch begins."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lepton_studio.contract.task import Input
from lepton_studio.methods.hooks import Hooks, Train
from lepton_studio.methods.pseudo_labels import PseudoLabelsSettings
from lepton_studio.methods.word_noise.hooks import with_noise
from lepton_studio.project.marks import SECOND_TEXT

_READ = 3
"""Times as many texts are read as may be learned: most are not sure enough."""
_CHANGED = 0.1
"""Share of the words of a text that are changed."""


class PseudoLabelsHooks(Hooks):
    """In each epoch but the first other texts are drawn and labelled. One is learned where the model is as sure as is
    asked for, and says the same once some words are changed; what it learns is the changed text. Where too few are,
    labelled samples stand in their place, so that every epoch has as many.
    """

    settings: PseudoLabelsSettings

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._epoch = 0
        self._found: list[tuple[int, int]] = []
        """(place among the unlabelled texts, label) of this epoch."""

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        count = min(len(train.unlabelled), round(self.settings.pseudo_labelled * len(train.examples)))
        if not count:
            return train.examples
        chance = random.Random(f"{self.recipe.seed} pseudo {epoch}")
        drawn = chance.sample(range(len(train.unlabelled)), min(len(train.unlabelled), _READ * count))
        changed = [_changed(train.unlabelled[place], chance=chance) for place in drawn]
        if epoch and epoch != self._epoch and train.outputs is not None:
            self._found = self._labelled(train, drawn, changed)[:count]
            self._epoch = epoch
        texts = dict(zip(drawn, changed, strict=True))
        found = self._found if epoch else []
        learned = train.encode([texts[place] for place, _ in found], None) if found else []
        pseudo = [replace(one, target=label) for one, (_, label) in zip(learned, found, strict=True)]
        return [*train.examples, *pseudo, *chance.choices(train.examples, k=count - len(pseudo))]

    def _labelled(self, train: Train, drawn: Sequence[int], changed: Sequence[Input]) -> list[tuple[int, int]]:
        assert train.outputs is not None
        plain = train.outputs(train.encode([train.unlabelled[place] for place in drawn], None)).softmax(-1)
        noisy = train.outputs(train.encode(changed, None)).argmax(-1)
        sure, label = plain.max(-1)
        kept = (sure >= self.settings.pseudo_confidence) & (label == noisy)
        return [(place, int(said)) for place, said, one in zip(drawn, label, kept, strict=True) if one]

    def state(self) -> dict[str, Any]:
        return {"epoch": self._epoch, "found": [list(pair) for pair in self._found]} if self._epoch else {}

    def put_back(self, state: Mapping[str, Any]) -> None:
        self._epoch, self._found = int(state["epoch"]), [(int(one), int(label)) for one, label in state["found"]]


def _changed(given: Input, *, chance: random.Random) -> Input:
    second = given.fields.get(SECOND_TEXT)
    fields = given.fields
    if second is not None:
        fields = {**fields, SECOND_TEXT: with_noise(second, share=_CHANGED, chance=chance)}
    return replace(given, text=with_noise(given.text, share=_CHANGED, chance=chance), fields=fields)
