"""Tokenizers made to read as the work needs it; a saved copy reads so too.

Where parts of texts are marked, a piece of several Chinese characters may hold an edge of what is marked, and could be
marked only as a whole. Such pieces are read apart there; all others stay, since a model knows words better than the
characters that they are written with. See docs/decisions/0054.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerBase

from lepton_studio.scripts import is_unspaced

_ROUNDS = 4
"""What is read apart at one place may be joined across another one."""


def split_where_marked(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], edges: Sequence[Collection[int]]
) -> None:
    """Let it begin a new piece where one of the texts has an edge within a piece, in place; a saved copy does so too.

    `edges`: of each text the code points before which something marked begins or ends. What stands on both sides of
    such an edge in its piece is read apart in all texts. Only where a script has no spaces: elsewhere the units are
    words.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or backend.pre_tokenizer is None:
        return
    before = backend.pre_tokenizer
    is_of_bytes = "ByteLevel" in str(before)  # behind it no Chinese is left to see
    found: set[tuple[str, str]] = set()
    for _ in range(_ROUNDS):
        cut = _cut(backend, texts, edges)
        if cut <= found:
            return
        found |= cut
        apart = "|".join(f"(?<={re.escape(left)})(?={re.escape(right)})" for left, right in sorted(found))
        split = pre_tokenizers.Split(Regex(apart), "isolated")
        backend.pre_tokenizer = pre_tokenizers.Sequence([split, before] if is_of_bytes else [before, split])


def _cut(tokenizer: Tokenizer, texts: Sequence[str], edges: Sequence[Collection[int]]) -> set[tuple[str, str]]:
    """What stands in a piece before and after an edge in it."""
    found: set[tuple[str, str]] = set()
    read = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    for text, places, tokens in zip(texts, edges, read, strict=True):
        inside = [place for place in places if 0 < place < len(text) and is_unspaced(text[place - 1])]
        for start, end in tokens.offsets if inside else ():
            cuts = sorted({start, end, *(one for one in inside if start < one < end)})
            for left, right in pairwise(pairwise(cuts)):
                sides = text[slice(*left)].strip(), text[slice(*right)].strip()
                if all(sides):
                    found.add(sides)
    return found


def lower(tokenizer: PreTrainedTokenizerBase) -> None:
    """Let it read every letter as a small one, in place; a saved copy does so too."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:
        before = [] if backend.normalizer is None else [backend.normalizer]
        backend.normalizer = normalizers.Sequence([normalizers.Lowercase(), *before])


def separate_pairs(tokenizer: PreTrainedTokenizerBase) -> None:
    """Let it put its end token between two texts, in place, where it would put nothing there; a saved copy does so
    too. Tokenizers of models that write have no template for pairs.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    plain, end = tokenizer("a", add_special_tokens=False)["input_ids"], tokenizer.eos_token
    if backend is None or end is None or tokenizer("a")["input_ids"] != plain:
        return
    if tokenizer("a", "a")["input_ids"] != [*plain, *plain]:
        return
    before = [] if backend.post_processor is None else [backend.post_processor]
    framed = processors.TemplateProcessing(
        single="$A", pair=f"$A {end} $B", special_tokens=[(end, int(tokenizer.eos_token_id))]
    )
    backend.post_processor = processors.Sequence([*before, framed])
