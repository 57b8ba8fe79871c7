"""A saved encoder made small: its table of words cut to the pieces that a project needs. See docs/decisions/0032.

In the folder of a trimmed encoder all is as transformers reads it. Beside it lies the tokenizer as it was, packed: it
tells which texts have words that were not kept.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from lepton_studio.atomic import new_file
from lepton_studio.runs.model_folder import LARGE_TABLE
from lepton_studio.training.pieces import COMMON, kept_pieces, pieces_of, used_pieces, without_others

_ALL_WORDS = "all_words.json.gz"
_WEIGHTS, _TOKENIZER, _CONFIG, _SETTINGS = "model.safetensors", "tokenizer.json", "config.json", "tokenizer_config.json"
_OLD_VOCABULARIES = ("vocab.txt", "vocab.json", "merges.txt", "*.model", "*.spm", "*.tiktoken")
_WORTH = 0.7
"""Of the words, at most so many may stay for the cut to be made."""
_TRIED = 200


@dataclass(frozen=True, slots=True)
class Trimmed:
    """How many of how many words were kept."""

    kept: int
    of: int


def trim(
    folder: Path, *, texts: Iterable[str], ids: Iterable[int] = (), large: int = LARGE_TABLE, common: int = COMMON
) -> Trimmed | None:
    """Cut the table of the encoder in a folder, in place, to what the texts and the tokens `ids` use and a common core.

    None where nothing is done: there is no encoder, its table is small, nearly all of it is in use, or its tokenizer is
    of a kind that would not read the texts as before. Raises OSError.
    """
    if not (folder / _CONFIG).is_file():
        return None
    config = json.loads((folder / _CONFIG).read_text("utf-8"))
    words = config.get("vocab_size", 0)
    files = [one.name for one in folder.glob("*.safetensors")]
    if words < large or not (folder / _TOKENIZER).is_file() or _WEIGHTS not in files:
        return None
    whole = (folder / _TOKENIZER).read_text("utf-8")
    content = json.loads(whole)
    tokenizer = _reader(whole)
    rest = iter(texts)
    tried = list(islice(rest, _TRIED))
    used = used_pieces(tokenizer, chain(tried, rest)).union(ids)
    kept = kept_pieces(tokenizer, content, used=used, common=common)
    shorter = without_others(content, kept)
    if shorter is None or len(kept) > _WORTH * words or kept[-1] >= words:
        return None
    said = json.dumps(shorter, ensure_ascii=False, separators=(",", ":"))
    numbers = {old: new for new, old in enumerate(kept)}
    if not _read_alike(tokenizer, _reader(said), tried, numbers):
        return None
    _cut_weights(folder / _WEIGHTS, kept, words=words)
    (folder / _TOKENIZER).write_text(said, "utf-8")
    _rewrite(folder / _CONFIG, lambda config: {**_renumbered(config, numbers), "vocab_size": len(kept)})
    if (folder / _SETTINGS).is_file():
        _rewrite(folder / _SETTINGS, lambda settings: _with_added(settings, numbers))
    for pattern in _OLD_VOCABULARIES:
        for old in folder.glob(pattern):
            old.unlink()
    with gzip.GzipFile(folder / _ALL_WORDS, "wb", 6, mtime=0) as file:
        file.write(whole.encode("utf-8"))
    return Trimmed(len(kept), words)


class AllWords:
    """What a trimmed encoder's tokenizer was before: it tells which texts have words that were not kept."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError or ValueError where the folder has no such tokenizer."""
        self._tokenizer = _reader(gzip.decompress((folder / _ALL_WORDS).read_bytes()).decode("utf-8"))
        content = json.loads((folder / _TOKENIZER).read_text("utf-8"))
        kept = {self._tokenizer.token_to_id(piece) for piece in pieces_of(content).values()}
        self._kept = frozenset(kept)

    def are_kept(self, texts: Sequence[str]) -> list[bool]:
        """Of each text, whether all its words are among those that the encoder knows."""
        return [
            self._kept.issuperset(one.ids)
            for one in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        ]


def all_words(folder: Path) -> AllWords | None:
    """Those of the encoder in a folder; None where it was not trimmed."""
    return AllWords(folder) if (folder / _ALL_WORDS).is_file() else None


def _reader(content: str) -> Tokenizer:
    """Of whole texts, however it was set when it was saved."""
    tokenizer: Tokenizer = Tokenizer.from_str(content)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _read_alike(one: Tokenizer, other: Tokenizer, texts: Sequence[str], numbers: Mapping[int, int]) -> bool:
    """Whether both find the same pieces in the texts, numbered anew by the other."""
    found, expected = other.encode_batch_fast(texts), one.encode_batch_fast(texts)
    return all([numbers[id] for id in old.ids] == new.ids for old, new in zip(expected, found, strict=True))


def _cut_weights(file: Path, kept: Sequence[int], *, words: int) -> None:
    """Of each tensor with a row for each word the rows that stay: there is no other of that many."""
    weights, rows = load_file(file), torch.tensor(kept)
    cut = {name: one[rows] if one.ndim and len(one) == words else one for name, one in weights.items()}
    with new_file(file) as made:
        save_file({name: one.contiguous() for name, one in cut.items()}, made, metadata={"format": "pt"})


def _renumbered(config: Any, numbers: Mapping[int, int]) -> Any:
    """A config.json: each `..._token_id` in it."""

    def changed(value: Any) -> Any:
        return [changed(one) for one in value] if isinstance(value, list) else numbers.get(value, value)

    return {name: changed(one) if name.endswith("_token_id") else one for name, one in config.items()}


def _with_added(settings: Any, numbers: Mapping[int, int]) -> Any:
    """A tokenizer_config.json: the special tokens by their number, where it lists them."""
    if "added_tokens_decoder" not in settings:
        return settings
    added = {str(numbers[int(id)]): one for id, one in settings["added_tokens_decoder"].items()}
    return {**settings, "added_tokens_decoder": added}


def _rewrite(file: Path, change: Callable[[Any], Any]) -> None:
    file.write_text(
        json.dumps(change(json.loads(file.read_text("utf-8"))), indent=2, ensure_ascii=False) + "\n", "utf-8"
    )
