"""An encoder goes on learning on texts without a label, before there is a head: masked language modelling.

Devlin et al. 2019, https://arxiv.org/abs/1810.04805; on the texts of the task, Gururangan et al. 2020,
https://arxiv.org/abs/2004.10964.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.methods.domain import METHOD, DomainSettings
from lepton_studio.methods.hooks import Hooks, Net, Train
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.runs.job import Recipe
from lepton_studio.training.body import Body
from lepton_studio.training.frozen import Recall
from lepton_studio.training.learner import Batch, Example, Learner

FEWEST = 50
"""Of fewer texts nothing is learned."""
_MASKED = 0.15
_HIDDEN, _SWAPPED = 0.8, 0.9
"""Of the pieces that are asked for, so many are hidden; up to here another piece stands there; the rest stay."""
_RATE = 5e-5
_RATE_OF_LAYER = 1e-3
"""Of the layer that is thrown away: it begins at random."""
_WARMUP = 0.1


def pretraining_recipe(recipe: Recipe) -> Recipe:
    """How long and how fast it learns, of a recipe with the method."""
    settings: DomainSettings = METHOD.chosen(recipe)
    return replace(
        recipe,
        epochs=settings.domain_epochs,
        fewest_steps=0,
        optimizer="adamw",
        learning_rate=_RATE,
        head_learning_rate=_RATE_OF_LAYER,
        warmup=_WARMUP,
        decay="linear",
        patience=0,
    )


def read_texts(inputs: Sequence[Input], *, tokenizer: Any, length: int) -> list[Example]:
    """Each text once, as the encoder reads it, with at least one piece that can be hidden: to its end or `length`."""
    texts = dict.fromkeys(
        text for one in inputs for text in (one.text, one.fields.get(SECOND_TEXT, "")) if text.strip()
    )
    if not texts:
        return []
    special = set(tokenizer.all_special_ids)
    read = tokenizer(list(texts), truncation=True, max_length=length)["input_ids"]
    return [Example(tuple(tokens), place) for place, tokens in enumerate(read) if not special.issuperset(tokens)]


class Masking(Hooks):
    """In each epoch other pieces are hidden, the same again in a resumed run. An example's target are the places that
    are asked for and what stands there: ((place, piece), ...).
    """

    def __init__(self, *, seed: int, pieces: Sequence[int], mask: int, special: frozenset[int]) -> None:
        self._seed, self._pieces, self._mask, self._special = seed, pieces, mask, special

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        chance = random.Random(f"{self._seed} masked {epoch}")
        return [self._masked(one, chance) for one in train.examples]

    def _masked(self, one: Example, chance: random.Random) -> Example:
        tokens = list(one.tokens)
        places = [place for place, token in enumerate(tokens) if token not in self._special]
        asked = sorted(chance.sample(places, max(1, round(_MASKED * len(places)))))
        target = tuple((place, tokens[place]) for place in asked)
        for place in asked:
            drawn = chance.random()
            if drawn < _SWAPPED:
                tokens[place] = self._mask if drawn < _HIDDEN else chance.choice(self._pieces)
        return replace(one, tokens=tuple(tokens), target=target)


class MaskedModel(nn.Module):
    """The encoder, and what makes words of its vectors: a layer that is thrown away afterwards, and the encoder's own
    table of words, which does not learn. `pieces` [n]: those that are told apart: the ones of the texts.
    """

    pieces: Tensor

    def __init__(self, encoder: Any, pieces: Tensor) -> None:
        super().__init__()
        self.encoder = encoder
        of_words = encoder.get_input_embeddings().weight.shape[1]
        self.transform = nn.Linear(int(encoder.config.hidden_size), of_words)
        self.norm = nn.LayerNorm(of_words)
        self.bias = nn.Parameter(torch.zeros(len(pieces)))
        self.register_buffer("pieces", pieces, persistent=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, asked: Tensor) -> Tensor:
        """[places that are asked for, n]; `asked`: those places in the batch's tokens, counted row by row."""
        read = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        found = self.norm(F.gelu(self.transform(read.flatten(0, 1)[asked])))
        words = self.encoder.get_input_embeddings().weight.detach()[self.pieces]
        return F.linear(found, words.to(found.dtype), self.bias.to(found.dtype))


class _Filling:
    """A learner, as far as the loop needs one."""

    def __init__(self, model: MaskedModel, *, pieces: Sequence[int], padding: int) -> None:
        self.model = model
        self._rows = {piece: row for row, piece in enumerate(pieces)}
        self._padding = padding

    def encode(self, *_given: Any) -> list[Example]:
        raise NotImplementedError

    def collate(self, examples: Sequence[Example]) -> Batch:
        longest = max(len(one.tokens) for one in examples)
        ids = torch.full((len(examples), longest), self._padding)
        read = torch.zeros(len(examples), longest, dtype=torch.long)
        for row, one in enumerate(examples):
            ids[row, : len(one.tokens)] = torch.tensor(one.tokens)
            read[row, : len(one.tokens)] = 1
        asked = [row * longest + place for row, one in enumerate(examples) for place, _ in one.target]
        targets = [self._rows[piece] for one in examples for _, piece in one.target]
        inputs = {"input_ids": ids, "attention_mask": read, "asked": torch.tensor(asked)}
        return Batch(inputs, torch.tensor(targets), float(len(targets)), len(examples))

    def forward(self, batch: Batch) -> Tensor:
        found: Tensor = self.model(**batch.inputs)
        return found

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return F.cross_entropy(outputs.float(), batch.targets, reduction="sum")


def filling_in(
    examples: Sequence[Example], *, body: Body, tokenizer: Any, recipe: Recipe
) -> tuple[Learner[Any], Body, int]:
    """Who learns on `examples` (of `read_texts`), what it learns with, and how many words it tells apart. `body`: what
    the methods made of the encoder; of it learns what they let learn. New weights are drawn from torch's seed.
    """
    special = frozenset(tokenizer.all_special_ids)
    pieces = sorted({token for one in examples for token in one.tokens} - special)
    mask = tokenizer.unk_token_id if tokenizer.mask_token_id is None else tokenizer.mask_token_id
    hooks = Masking(seed=recipe.seed, pieces=pieces, mask=int(mask), special=special)
    model = MaskedModel(body.model, torch.tensor(pieces))
    learner = _Filling(model, pieces=pieces, padding=int(tokenizer.pad_token_id or 0))
    alone = Body(Net(body.model, body.family), hooks=[hooks], methods={METHOD: METHOD.chosen(recipe)})
    alone.recall = Recall(())  # texts are other ones in each epoch
    return cast("Learner[Any]", learner), alone, len(pieces)
