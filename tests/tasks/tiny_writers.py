"""Folders with tiny models that write, made here: they know a dozen words and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.processors import TemplateProcessing
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MarianConfig,
    MarianMTModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

WORDS = ["red", "green", "blue", "one", "two", "three", "big", "small", "card", "key", "box", "door"]
SPECIAL = ("<pad>", "</s>", "<unk>", "<|user|>", "<|assistant|>", "<|system|>", "user:", "assistant:")
TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system here') }}{% endif %}"
    "<|{{ m.role }}|> {{ m.content }} {% if m.role == 'assistant' %}</s> {% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|> {% endif %}"
)


def tokenizer(*, ends: bool, template: str | None = None) -> PreTrainedTokenizerFast:
    """Words as tokens; `ends`: what it reads ends with </s>, as encoder-decoders want it."""
    vocabulary = {word: place for place, word in enumerate((*SPECIAL, *WORDS))}
    words = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    words.pre_tokenizer = WhitespaceSplit()
    if ends:
        words.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    made = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
    made.model_max_length = 48
    made.chat_template = template
    return made


def encoder_decoder(kind: str, folder: Path) -> Path:
    """ "t5", "bart" or "marian"."""
    torch.manual_seed(0)
    size = len(SPECIAL) + len(WORDS)
    common: dict[str, Any] = {
        "vocab_size": size,
        "d_model": 32,
        "decoder_start_token_id": 0,
        "pad_token_id": 0,
        "eos_token_id": 1,
    }
    layers: dict[str, Any] = {
        "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
        "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": 64, "forced_eos_token_id": None,
        "init_std": 0.3,
    }  # fmt: skip
    made: PreTrainedModel
    if kind == "t5":
        made = T5ForConditionalGeneration(T5Config(**common, d_kv=16, d_ff=64, num_layers=1, num_heads=2))
    elif kind == "bart":
        made = BartForConditionalGeneration(BartConfig(**common, **layers))
    else:
        made = MarianMTModel(MarianConfig(**common, **layers))
    return _save(made, tokenizer(ends=True), folder)


def decoder(kind: str, folder: Path) -> Path:
    """ "gpt2" without a chat template, or "llama" with one."""
    torch.manual_seed(0)
    size = len(SPECIAL) + len(WORDS)
    made: PreTrainedModel
    if kind == "gpt2":
        special: dict[str, Any] = {"bos_token_id": 1, "eos_token_id": 1}
        made = GPT2LMHeadModel(
            GPT2Config(
                vocab_size=size, n_embd=32, n_layer=2, n_head=2, n_positions=96, initializer_range=0.3, **special
            )
        )
        return _save(made, tokenizer(ends=False), folder)
    made = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=size, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
            num_key_value_heads=2, max_position_embeddings=96, bos_token_id=1, eos_token_id=1, pad_token_id=0,
            tie_word_embeddings=True, initializer_range=0.3,
        )
    )  # fmt: skip
    return _save(made, tokenizer(ends=False, template=TEMPLATE), folder)


def _save(model: PreTrainedModel, words: PreTrainedTokenizerFast, folder: Path) -> Path:
    for name in ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id"):
        value = getattr(model.config, name, None)
        setattr(model.generation_config, name, value)
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder
