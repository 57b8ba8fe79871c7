"""Tokenizers whose pieces hold several Chinese characters, made to keep them apart: what is marked in a text has its
edges between any two of them, and a piece that holds such an edge can be marked only as a whole."""

from __future__ import annotations

from tokenizers import Regex, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerBase

from lepton_studio.scripts import HAN_AND_KANA

_PROBE = "今天中国北京我们"
"""Words that every vocabulary with such pieces has."""


def split_characters(tokenizer: PreTrainedTokenizerBase) -> None:
    """Let it read each Chinese and Japanese character by itself, in place; a saved copy does so too.

    A tokenizer that does so anyway, or cannot be told, stays as it is. All pieces of one character are in the
    vocabularies that have longer ones.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    before = getattr(backend, "pre_tokenizer", None)
    if backend is None or before is None or not _joins(tokenizer):
        return
    single = pre_tokenizers.Split(Regex(f"[{HAN_AND_KANA}]"), "isolated")
    backend.pre_tokenizer = pre_tokenizers.Sequence([before, single])


def lower(tokenizer: PreTrainedTokenizerBase) -> None:
    """Let it read every letter as a small one, in place; a saved copy does so too."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:
        before = [] if backend.normalizer is None else [backend.normalizer]
        backend.normalizer = normalizers.Sequence([normalizers.Lowercase(), *before])


def _joins(tokenizer: PreTrainedTokenizerBase) -> bool:
    given = tokenizer(_PROBE, add_special_tokens=False, return_offsets_mapping=True)
    return any(end - start > 1 for start, end in given["offset_mapping"])
