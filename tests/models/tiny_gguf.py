"""GGUF files with tiny random decoders, made here with the package `gguf` as llama.cpp's converter makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from lepton_studio.models.gguf_plan import SPLITS

KINDS = {"llama": "Llama", "qwen2": "Qwen2", "qwen3": "Qwen3"}
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SIGNS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TEXTS = (
    "the red card is good",
    "a bad day at the bank",
    "odd one, isn't it?",
    "这家餐厅很好 12345",
    "wann kommt der Zug",
)


@dataclass(frozen=True)
class TinyGguf:
    """`kind`: the architecture; `told`: other settings for those that are usual, None takes one out; `but`: names of
    tensors that are left out; `pre`: how texts are cut; `stored`: how matrices are."""

    kind: str = "llama"
    pre: str = "smollm"
    model: str = "gpt2"
    told: Mapping[str, Any] = field(default_factory=dict)
    but: Sequence[str] = ()
    tied: bool = True
    stored: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F16
    architecture: str = ""


def pieces() -> tuple[list[str], list[str]]:
    """Tokens and merges of byte-level BPE, learnt from a few texts; the signs first."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=list(SIGNS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(TEXTS * 3, trainer)
    known = made.get_vocab()
    merges = json.loads(made.to_str())["model"]["merges"]
    return sorted(known, key=known.__getitem__), [one if isinstance(one, str) else " ".join(one) for one in merges]


def write_gguf(path: Path, like: TinyGguf = TinyGguf()) -> Any:
    """Write the file; the model of transformers that it holds, in float32 with weights that float16 keeps."""
    assert like.pre in SPLITS or like.pre == "unheard of"
    words, merges = pieces()
    torch.manual_seed(1)
    name = KINDS[like.kind]
    config = getattr(transformers, f"{name}Config")(
        vocab_size=len(words), hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=32 if like.kind == "qwen3" else 16, max_position_embeddings=128,
        tie_word_embeddings=like.tied, initializer_range=0.2,
    )  # fmt: skip
    model = getattr(transformers, f"{name}ForCausalLM")(config).eval()
    with torch.no_grad():  # biases and norms begin alike: a mix-up would not be seen
        for weight in model.parameters():
            weight.copy_(((torch.rand_like(weight) + 0.5) if weight.ndim == 1 else weight).half())
    kind = like.architecture or like.kind
    writer = gguf.GGUFWriter(path, kind)
    usual: dict[str, Any] = {
        f"{kind}.block_count": 2, f"{kind}.context_length": 128, f"{kind}.embedding_length": 64,
        f"{kind}.feed_forward_length": 96, f"{kind}.attention.head_count": 4, f"{kind}.attention.head_count_kv": 2,
        f"{kind}.attention.layer_norm_rms_epsilon": 1e-6, f"{kind}.rope.freq_base": 10000.0,
        "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2, "tokenizer.ggml.padding_token_id": 0,
        "tokenizer.chat_template": TEMPLATE, "general.license": "apache-2.0",
    }  # fmt: skip
    if like.kind == "qwen3":
        usual |= {f"{kind}.attention.key_length": 32, f"{kind}.attention.value_length": 32}
    for key, value in {**usual, **like.told}.items():
        if value is not None:
            add: dict[type, Any] = {
                int: writer.add_uint32,
                float: writer.add_float32,
                str: writer.add_string,
                bool: writer.add_bool,
            }
            add[type(value)](key, value)
    if words and like.model:
        writer.add_tokenizer_model(like.model)
        writer.add_tokenizer_pre(like.pre)
        writer.add_token_list(words)
        writer.add_token_types([3] * len(SIGNS) + [1] * (len(words) - len(SIGNS)))
        writer.add_token_merges(merges)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[like.kind.upper()], 2)
    for theirs, weight in model.state_dict().items():
        if theirs == "lm_head.weight" and like.tied:
            continue
        ours = names.get_name(theirs, try_suffixes=(".weight", ".bias")) or ""
        values = weight.numpy()
        if like.kind == "llama" and ("q_proj" in theirs or "k_proj" in theirs):
            heads = 4 if "q_proj" in theirs else 2
            values = values.reshape(heads, 2, -1, values.shape[1]).swapaxes(1, 2).reshape(values.shape)
        if ours in like.but:
            continue
        if values.ndim == 1:
            writer.add_tensor(ours, np.ascontiguousarray(values))
        else:
            stored = gguf.quants.quantize(np.ascontiguousarray(values), like.stored)
            writer.add_tensor(ours, stored, raw_dtype=like.stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return model
