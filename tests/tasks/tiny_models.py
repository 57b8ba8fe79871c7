"""Folders with tiny random models of the architectures that people bring, each with a tokenizer of the usual kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM, PreTrainedTokenizerFast

Pieces = Literal["wordpiece", "bpe", "unigram"]
Frame = Literal["bert", "roberta", "t5", "plain", "ends"]

TEXTS = (
    "fine and good card", "very bad thing", "an odd transfer", "good good money", "bad bad bank", "odd and odd refund",
    "What is it?", "When will Ada send the card from Berlin?", "the money came back", "two small boxes",
)  # fmt: skip
_SIZE = 120

_BERT = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
_BERT |= {"max_position_embeddings": 66}
_LLAMA = _BERT | {"num_key_value_heads": 2, "head_dim": 16}
_BART = {
    "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": 64,
}  # fmt: skip
_T5 = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 2, "num_heads": 2}

Kind = tuple[str, Mapping[str, Any], Pieces, Frame]
"""The model's config class, its sizes, and how texts become tokens."""

ENCODERS: Mapping[str, Kind] = {
    "bert": ("BertConfig", _BERT, "wordpiece", "bert"),
    "roberta": ("RobertaConfig", _BERT | {"type_vocab_size": 1}, "bpe", "roberta"),
    "xlm-roberta": ("XLMRobertaConfig", _BERT | {"type_vocab_size": 1}, "unigram", "roberta"),
    "distilbert": (
        "DistilBertConfig",
        {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "max_position_embeddings": 66},
        "wordpiece",
        "bert",
    ),
    "albert": ("AlbertConfig", _BERT | {"embedding_size": 16}, "unigram", "bert"),
    "electra": ("ElectraConfig", _BERT | {"embedding_size": 16}, "wordpiece", "bert"),
    "deberta-v2": (
        "DebertaV2Config",
        _BERT
        | {
            "relative_attention": True,
            "position_buckets": 16,
            "pos_att_type": ["p2c", "c2p"],
            "share_att_key": True,
            "norm_rel_ebd": "layer_norm",
            "position_biased_input": False,
            "type_vocab_size": 0,
        },
        "unigram",
        "bert",
    ),
    "modernbert": ("ModernBertConfig", _BERT | {"local_attention": 16}, "bpe", "bert"),
    "mpnet": ("MPNetConfig", _BERT, "wordpiece", "roberta"),
}
CAUSAL_EMBEDDERS: Mapping[str, Kind] = {
    "qwen3": ("Qwen3Config", _LLAMA, "bpe", "ends"),
    "qwen2": ("Qwen2Config", _LLAMA, "bpe", "ends"),
    "gemma3": (
        "Gemma3TextConfig",
        _LLAMA | {"use_bidirectional_attention": True, "sliding_window": 16},
        "unigram",
        "bert",
    ),
}
ENCODER_DECODERS: Mapping[str, Kind] = {
    "t5": ("T5Config", _T5, "unigram", "t5"),
    "mt5": ("MT5Config", _T5 | {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}, "unigram", "t5"),
    "bart": ("BartConfig", _BART, "bpe", "roberta"),
    "mbart": ("MBartConfig", _BART, "unigram", "t5"),
    "marian": ("MarianConfig", _BART, "unigram", "t5"),
    "pegasus": ("PegasusConfig", _BART, "unigram", "t5"),
}
DECODERS: Mapping[str, Kind] = {
    "gpt2": ("GPT2Config", {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 96}, "bpe", "plain"),
    "llama": ("LlamaConfig", _LLAMA | {"max_position_embeddings": 96}, "bpe", "plain"),
    "qwen2": ("Qwen2Config", _LLAMA | {"max_position_embeddings": 96}, "bpe", "plain"),
    "gemma": ("GemmaConfig", _LLAMA | {"max_position_embeddings": 96}, "unigram", "plain"),
    "phi": ("PhiConfig", _LLAMA | {"max_position_embeddings": 96}, "bpe", "plain"),
}
_MODELS = {
    "encoder": (ENCODERS, AutoModel),
    "causal": (CAUSAL_EMBEDDERS, AutoModel),
    "encoder_decoder": (ENCODER_DECODERS, AutoModelForSeq2SeqLM),
    "decoder": (DECODERS, AutoModelForCausalLM),
}


def write_tiny(kind: str, name: str, folder: Path, *, texts: Sequence[str] = TEXTS) -> Path:
    """A model of this kind ("encoder", "causal", "encoder_decoder", "decoder") and architecture in a folder."""
    torch.manual_seed(0)
    kinds, auto = _MODELS[kind]
    config_class, sizes, pieces, frame = kinds[name]
    tokenizer = tiny_tokenizer(pieces, frame, texts=texts)
    special = {
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    if kind == "encoder_decoder":
        special["decoder_start_token_id"] = tokenizer.pad_token_id
    config = getattr(transformers, config_class)(vocab_size=len(tokenizer), **sizes, **special)
    model = auto.from_config(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def tiny_tokenizer(pieces: Pieces, frame: Frame, *, texts: Sequence[str] = TEXTS) -> PreTrainedTokenizerFast:
    """One that was trained on a few texts."""
    # Padding first or second, as the makers of RoBERTa and of BERT have it.
    pad, begin, end, unknown, mask = (
        ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]")
        if frame == "bert"
        else ("<pad>", "<s>", "</s>", "<unk>", "<mask>")
    )
    special = [begin, pad, end, unknown, mask] if frame == "roberta" else [pad, begin, end, unknown, mask]
    made, trainer = _model(pieces, unknown=unknown, special=special)
    made.train_from_iterator(texts, trainer)
    ids = [(one, made.token_to_id(one)) for one in (begin, end)]
    frames = {
        "bert": (f"{begin} $A {end}", f"{begin} $A {end} $B:1 {end}:1"),
        "roberta": (f"{begin} $A {end}", f"{begin} $A {end} {end} $B {end}"),
        "t5": (f"$A {end}", f"$A {end} $B {end}"),
        "ends": (f"$A {end}", f"$A {end} $B {end}"),
    }
    if frame in frames:
        single, pair = frames[frame]
        made.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=ids)
    found = PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token=pad, bos_token=begin, eos_token=end, cls_token=begin, sep_token=end,
        unk_token=unknown, mask_token=mask, model_max_length=64,
    )  # fmt: skip
    if frame == "ends":
        found.padding_side = "left"  # as the makers of Qwen's embedders have it
    return found


def _model(pieces: Pieces, *, unknown: str, special: list[str]) -> tuple[Tokenizer, Any]:
    common: dict[str, Any] = {"vocab_size": _SIZE, "special_tokens": special, "show_progress": False}
    if pieces == "wordpiece":
        made = Tokenizer(models.WordPiece(unk_token=unknown))
        made.normalizer = normalizers.BertNormalizer(lowercase=True)
        made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        made.decoder = decoders.WordPiece()
        return made, trainers.WordPieceTrainer(**common)
    if pieces == "bpe":
        made = Tokenizer(models.BPE())
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        made.decoder = decoders.ByteLevel()
        return made, trainers.BpeTrainer(
            **common | {"vocab_size": 256 + _SIZE}, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
        )
    made = Tokenizer(models.Unigram())
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    return made, trainers.UnigramTrainer(**common, unk_token=unknown)
