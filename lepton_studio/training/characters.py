"""Tokenizers made to read as the work needs it; a saved copy reads so too.

Where parts of texts are marked, a piece that holds several Chinese characters is kept from it: what is marked has its
edges between any two of them, and a piece that holds such an edge can be marked only as a whole.
"""

from __future__ import annotations

from tokenizers import Regex, normalizers, pre_tokenizers, processors
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


def _joins(tokenizer: PreTrainedTokenizerBase) -> bool:
    given = tokenizer(_PROBE, add_special_tokens=False, return_offsets_mapping=True)
    return any(end - start > 1 for start, end in given["offset_mapping"])
