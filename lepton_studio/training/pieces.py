"""A tokenizer with fewer pieces than it came with: which ones stay, and what its tokenizer.json says then. No torch."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from tokenizers import Tokenizer

COMMON = 12_000
"""Pieces that stay beside those in use: the most frequent ones of the scripts in use. Of Chinese, 12,000 in place of
none leave 5 % of new reviews with a piece that is gone, in place of 27 %; 24,000 leave 4 %."""
_AT_ONCE = 1000
_BYTE = re.compile("<0x[0-9A-F]{2}>")
_LISTED, _NUMBERED = ("Unigram",), ("BPE", "WordPiece", "WordLevel")

Content = Mapping[str, Any]
"""A tokenizer.json."""
Kind = frozenset[str]
"""The scripts of a piece; empty for signs and digits."""


def pieces_of(content: Content) -> dict[int, str]:
    """The pieces of a tokenizer.json by their ids, without those that were added later."""
    vocabulary = content["model"]["vocab"]
    if isinstance(vocabulary, dict):
        return {id: piece for piece, id in vocabulary.items()}
    return {id: piece for id, (piece, _) in enumerate(vocabulary)}


def used_pieces(tokenizer: Tokenizer, texts: Iterable[str]) -> set[int]:
    """The ids of all tokens of the texts, whole."""
    found: set[int] = set()
    some: list[str] = []
    for text in texts:
        some.append(text)
        if len(some) == _AT_ONCE:
            found.update(*(one.ids for one in tokenizer.encode_batch_fast(some)))
            some.clear()
    return found.union(*(one.ids for one in tokenizer.encode_batch_fast(some)))


def kept_pieces(tokenizer: Tokenizer, content: Content, *, used: Collection[int], common: int = COMMON) -> list[int]:
    """The ids that stay, ascending: those in use, the special ones, every single character, and the `common` ones.

    Each mix of scripts gets as many of these as its share of the pieces in use. What the kept ones are built of stays.
    """
    vocabulary = pieces_of(content)
    decoder = tokenizer.decoder
    texts = {id: decoder.decode([piece]) if decoder else piece for id, piece in vocabulary.items()}
    kinds = {id: _kind(text) for id, text in texts.items()}
    kept = {*used, *(int(one["id"]) for one in content["added_tokens"]), *_needed(content["model"])}
    kept |= {
        id for id, piece in vocabulary.items() if len(piece) == 1 or _is_single(texts[id]) or _BYTE.fullmatch(piece)
    }
    shares = Counter(kinds[id] for id in used if id in kinds)
    by_kind: dict[Kind, list[int]] = {kind: [] for kind in shares}
    for id in sorted(vocabulary):  # the makers of a vocabulary give the frequent pieces the low numbers
        if kinds[id] in by_kind:
            by_kind[kinds[id]].append(id)
    for kind, count in shares.items():
        kept.update(by_kind[kind][: round(common * count / shares.total())])
    return sorted(_with_parts(kept, content, vocabulary))


def without_others(content: Content, kept: Sequence[int]) -> dict[str, Any] | None:
    """The tokenizer.json with these pieces only, numbered anew in their order; None for a kind that is not known.

    A text whose pieces are all kept is read as before: what was best among all is best among fewer.
    """
    model = content["model"]
    numbers = {old: new for new, old in enumerate(kept)}
    if model["type"] in _LISTED:
        given = model["vocab"]
        changed: dict[str, Any] = {"vocab": [given[id] for id in kept if id < len(given)]}
        if model.get("unk_id") is not None:
            changed["unk_id"] = numbers[model["unk_id"]]
    elif model["type"] in _NUMBERED and not (model["type"] == "BPE" and model.get("continuing_subword_prefix")):
        changed = {"vocab": {piece: numbers[id] for piece, id in model["vocab"].items() if id in numbers}}
        if "merges" in model:
            known = changed["vocab"]
            changed["merges"] = [one for one in model["merges"] if {*_parts(one), "".join(_parts(one))} <= known.keys()]
    else:
        return None
    return {
        **content,
        "added_tokens": [{**one, "id": numbers[int(one["id"])]} for one in content["added_tokens"]],
        "model": {**model, **changed},
        "post_processor": _renumbered(content.get("post_processor"), numbers),
        "padding": content["padding"] and {**content["padding"], "pad_id": numbers[content["padding"]["pad_id"]]},
    }


def _needed(model: Content) -> set[int]:
    """What the way of reading rests on: the piece for what is unknown; and the least likely one, from whose score that
    of the unknown is reckoned."""
    if model["type"] not in _LISTED:
        return {model["vocab"][model["unk_token"]]} if model.get("unk_token") in model["vocab"] else set()
    scores = [score for _, score in model["vocab"]]
    return {scores.index(min(scores)), *([model["unk_id"]] if model.get("unk_id") is not None else ())}


def _with_parts(kept: set[int], content: Content, vocabulary: Mapping[int, str]) -> set[int]:
    """With the pieces from which byte pairs are merged to the kept ones."""
    model = content["model"]
    found = {vocabulary[id] for id in kept if id in vocabulary}
    for merge in reversed(model.get("merges", ())):  # each is made of pieces that come before it
        parts = _parts(merge)
        if "".join(parts) in found:
            found.update(parts)
    return kept | {model["vocab"][piece] for piece in found} if "merges" in model else kept


def _parts(merge: str | Sequence[str]) -> Sequence[str]:
    return merge.split(" ") if isinstance(merge, str) else merge


def _renumbered(part: Any, numbers: Mapping[int, int]) -> Any:
    """A post-processor, or one in a sequence of them."""
    if not part:
        return part
    match part["type"]:
        case "Sequence":
            return {**part, "processors": [_renumbered(one, numbers) for one in part["processors"]]}
        case "TemplateProcessing":
            special = {
                name: {**one, "ids": [numbers[id] for id in one["ids"]]} for name, one in part["special_tokens"].items()
            }
            return {**part, "special_tokens": special}
        case "BertProcessing" | "RobertaProcessing":
            return {**part, **{name: [part[name][0], numbers[part[name][1]]] for name in ("sep", "cls")}}
        case _:
            return part


def _is_single(text: str) -> bool:
    return len(text.strip()) <= 1


@cache
def _script(character: str) -> str:
    if not character.isalpha():
        return ""
    return unicodedata.name(character, "").partition(" ")[0].partition("-")[0]


def _kind(text: str) -> Kind:
    return frozenset(map(_script, text)) - {""}
