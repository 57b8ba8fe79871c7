"""What methods share that show each training text once more, changed. Training texts only: no other split is seen."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lepton_studio.contract.task import Input
from lepton_studio.methods.hooks import Hooks, Train
from lepton_studio.project.marks import SECOND_TEXT


class ChangedCopies(Hooks):
    """Gives the texts as they are and, behind them, the copies of this epoch: the same again in a resumed run."""

    @property
    def copies(self) -> int:
        """So many of each text."""
        raise NotImplementedError

    def changed(self, text: str, *, chance: random.Random) -> str:
        """A copy of a text; the text itself where there is nothing to change."""
        raise NotImplementedError

    def get_ready(self, texts: Sequence[str]) -> None:
        """See all texts that will be changed, before the first of them is."""

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        inputs = [one for _ in range(self.copies) for one in train.inputs]
        found = self.changed_inputs(inputs, epoch=epoch)
        return [*train.examples, *train.encode(found, list(train.values) * self.copies)]

    def changed_inputs(self, inputs: Sequence[Input], *, epoch: int) -> list[Input]:
        """Copies as an epoch has them; of pairs of texts both are changed."""
        self.get_ready([text for one in inputs for text in (one.text, one.fields.get(SECOND_TEXT, "")) if text])
        chance = random.Random(f"{self.recipe.seed} {epoch}")
        return [_changed(one, lambda text: self.changed(text, chance=chance)) for one in inputs]


def _changed(given: Input, change: Callable[[str], str]) -> Input:
    second = given.fields.get(SECOND_TEXT)
    fields = given.fields if second is None else {**given.fields, SECOND_TEXT: change(second)}
    return replace(given, text=change(given.text), fields=fields)
