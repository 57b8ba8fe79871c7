"""Training texts with words replaced by their neighbours in the model's table of words."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from lepton_studio.methods.copies import ChangedCopies
from lepton_studio.methods.hooks import Net
from lepton_studio.methods.synonyms import SynonymsSettings
from lepton_studio.methods.synonyms.neighbours import Neighbours


class SynonymsHooks(ChangedCopies):
    """Which words are replaced, and by which of their neighbours, is drawn anew for each epoch."""

    settings: SynonymsSettings

    def wrap(self, net: Net) -> None:
        # The table as its makers left it: it does not learn.
        table: Any = net.model.get_input_embeddings().weight
        self._neighbours = Neighbours(table, net.tokenizer, closeness=self.settings.synonym_closeness)

    @property
    def copies(self) -> int:
        return self.settings.replaced_copies

    def get_ready(self, texts: Sequence[str]) -> None:
        self._neighbours.look_up(texts)

    def changed(self, text: str, *, chance: random.Random) -> str:
        return self._neighbours.replaced(text, share=self.settings.replaced_words, chance=chance)
