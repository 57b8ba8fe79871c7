"""How words are written, capitals or not, for encoders whose tokenizer throws that away.

The shape of a token's word is given to the encoder in place of its segment: rows are added to the embedding of token
types, all equal to the first one at the beginning. So the model stays one of the standard kinds.
"""

from __future__ import annotations

import re
from array import array

import torch
from torch import nn

from lepton_studio.training.models import Encoder

SHAPES = 6
_WORD = re.compile(r"\w+")


def shape(word: str) -> int:
    """0 without capitals, 1 "A", 2 "ABC", 3 "Abc", 4 "AbC", 5 "aBc"."""
    if word.isupper():
        return 1 if len(word) == 1 else 2
    if word[0].isupper():
        return 3 if word[1:].islower() else 4
    return 5 if any(character.isupper() for character in word) else 0


def shapes(text: str, starts: array[int]) -> bytes:
    """The shape of the word in which each token starts; `starts` rise."""
    found = bytearray(len(starts))
    words = _WORD.finditer(text)
    word = next(words, None)
    for place, start in enumerate(starts):
        while word is not None and word.end() <= start:
            word = next(words, None)
        if word is None:
            break
        if word.start() <= start:
            found[place] = shape(word.group())
    return bytes(found)


def wants_shapes(encoder: Encoder) -> bool:
    """Whether its tokenizer makes capitals small, and it has token types to tell them by."""
    tokenizer, config = encoder.tokenizer, encoder.model.config
    is_blind = tokenizer("A Berlin USA")["input_ids"] == tokenizer("a berlin usa")["input_ids"]
    return is_blind and getattr(config, "type_vocab_size", 0) in (2, SHAPES) and _types(encoder) is not None


def add_shapes(encoder: Encoder) -> None:
    """Give the encoder a token type for each shape, where it has none yet, and let them learn."""
    old = _types(encoder)
    assert old is not None
    if old.num_embeddings == SHAPES:
        old.requires_grad_(True)
        return
    new = nn.Embedding(SHAPES, old.embedding_dim)
    with torch.no_grad():
        new.weight.copy_(old.weight[:1].expand(SHAPES, -1))
    setattr(encoder.model.embeddings, "token_type_embeddings", new)  # noqa: B010 - the kind of model is not known
    encoder.model.config.type_vocab_size = SHAPES


def _types(encoder: Encoder) -> nn.Embedding | None:
    found = getattr(getattr(encoder.model, "embeddings", None), "token_type_embeddings", None)
    return found if isinstance(found, nn.Embedding) else None
