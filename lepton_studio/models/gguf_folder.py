"""From a GGUF file with a llama decoder to a folder that transformers reads. Imported in children only.

GGUF is llama.cpp's format: settings, the tokenizer and the weights, which may be quantized, in one file. `gguf` reads
it. Weights are written as float16. The rows of the query and key matrices lie another way there: the two halves that
the rotary embedding turns are interleaved (`permute` in llama.cpp's convert_hf_to_gguf.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from lepton_studio.models.q4_file import DamagedFile

_CONTROL = 3
"""The type of a token that stands for no text: the beginning or the end of a turn."""
_WHOLE = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def write_llama(source: Path, folder: Path, *, max_length: int) -> None:
    """Config, weights and tokenizer of the decoder in `source`, with its chat template.

    `max_length`: the tokens that the tokenizer says it reads. Raises DamagedFile for another kind of model or tokenizer
    than this knows, OSError.
    """
    import gguf

    reader = gguf.GGUFReader(source)
    told = {name: field.contents() for name, field in reader.fields.items()}
    if told.get("general.architecture") != "llama" or told.get("tokenizer.ggml.model") != "gpt2":
        raise DamagedFile("it holds no llama model with a byte-level tokenizer")
    heads = {"attn_q": _number(told, "attention.head_count"), "attn_k": _number(told, "attention.head_count_kv")}
    tensors: dict[str, NDArray[np.float16]] = {}
    for one in reader.tensors:
        values = gguf.dequantize(one.data, one.tensor_type).astype(np.float16)
        tensors[_named(one.name)] = _unpermuted(values, heads.get(one.name.split(".")[-2]))
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    _write(folder / "config.json", _config(told, is_tied="lm_head.weight" not in tensors))
    special = {name: int(told[f"tokenizer.ggml.{name}_token_id"]) for name in ("bos", "eos", "padding", "unknown")}
    _write(
        folder / "generation_config.json",
        {"bos_token_id": special["bos"], "eos_token_id": special["eos"], "pad_token_id": special["padding"]},
    )
    words = told["tokenizer.ggml.tokens"]
    _save_tokenizer(told, folder / "tokenizer.json")
    _write(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": max_length,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            "bos_token": words[special["bos"]],
            "eos_token": words[special["eos"]],
            "pad_token": words[special["padding"]],
            "unk_token": words[special["unknown"]],
            "chat_template": told["tokenizer.chat_template"],
        },
    )


def _named(name: str) -> str:
    """The tensor by the name that LlamaForCausalLM knows it by."""
    parts = name.split(".")
    if name in _WHOLE:
        return _WHOLE[name]
    if len(parts) != 4 or parts[0] != "blk" or parts[2] not in _LAYER:
        raise DamagedFile(f"it holds {name}")
    return f"model.layers.{parts[1]}.{_LAYER[parts[2]]}.{parts[3]}"


def _unpermuted(values: NDArray[np.float16], heads: int | None) -> NDArray[np.float16]:
    if heads is None:
        return values
    rows, columns = values.shape
    return np.ascontiguousarray(
        values.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)
    )


def _number(told: Mapping[str, Any], name: str) -> int:
    return int(told[f"llama.{name}"])


def _config(told: Mapping[str, Any], *, is_tied: bool) -> dict[str, object]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": _number(told, "embedding_length"),
        "num_hidden_layers": _number(told, "block_count"),
        "num_attention_heads": _number(told, "attention.head_count"),
        "num_key_value_heads": _number(told, "attention.head_count_kv"),
        "intermediate_size": _number(told, "feed_forward_length"),
        "vocab_size": len(told["tokenizer.ggml.tokens"]),
        "max_position_embeddings": _number(told, "context_length"),
        "rms_norm_eps": round(float(told["llama.attention.layer_norm_rms_epsilon"]), 12),
        "rope_theta": float(told["llama.rope.freq_base"]),
        "tie_word_embeddings": is_tied,
        "bos_token_id": int(told["tokenizer.ggml.bos_token_id"]),
        "eos_token_id": int(told["tokenizer.ggml.eos_token_id"]),
        "pad_token_id": int(told["tokenizer.ggml.padding_token_id"]),
        "dtype": "float16",
    }


def _save_tokenizer(told: Mapping[str, Any], path: Path) -> None:
    """Byte-level BPE in which each digit is a token of its own: what llama.cpp calls "smollm"."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    if told.get("tokenizer.ggml.pre") != "smollm":
        raise DamagedFile("it cuts texts another way")
    words, kinds = told["tokenizer.ggml.tokens"], told["tokenizer.ggml.token_type"]
    merges = [tuple(one.split(" ", 1)) for one in told["tokenizer.ggml.merges"]]
    made = Tokenizer(models.BPE({word: place for place, word in enumerate(words)}, merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(
        [
            AddedToken(word, special=True, normalized=False)
            for word, kind in zip(words, kinds, strict=True)
            if kind == _CONTROL
        ]
    )
    made.save(str(path))


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
