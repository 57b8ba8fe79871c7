"""What is made of a decoder in a GGUF file: its config as transformers has it, its tensors by the names there, and the
way its tokenizer cuts texts. Standard library only, so that a person is told at once what cannot be read.

Nothing is guessed: a model is taken where each of its tensors is known and has the shape that its settings call for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_studio.language import tr
from lepton_studio.models.gguf_header import GgufHeader, GgufTensor
from lepton_studio.models.model_config import UnusableModel, place

SPLITS: Mapping[str, str] = {
    "smollm": "",
    "gpt-2": "",
    "qwen2": (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
        r"|\s+(?!\S)|\s+"
    ),
    "llama-bpe": (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
        r"|\s+(?!\S)|\s+"
    ),
}
"""How texts are cut before the byte-level pieces are put together, by llama.cpp's names; "": as GPT-2 does."""

_KINDS = {"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM", "qwen3": "Qwen3ForCausalLM"}
_SPECIAL = {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}
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
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """One tensor: by its name in transformers, as it lies in the file. `heads`: of a query or key matrix of llama,
    whose rows lie in another order in the file (`permute` in llama.cpp's convert_hf_to_gguf.py); 0 for all others."""

    name: str
    source: GgufTensor
    heads: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`special`: id of the tokens "bos", "eos", "pad" and "unk" where there are such. `size`: bytes of the weights."""

    header: GgufHeader
    config: Mapping[str, object]
    tensors: tuple[Planned, ...]
    special: Mapping[str, int]

    @property
    def size(self) -> int:
        """As float16."""
        return sum(2 * math.prod(one.source.shape) for one in self.tensors)

    @property
    def max_length(self) -> int:
        """Tokens that it reads at once."""
        return int(str(self.config["max_position_embeddings"]))


def plan_of(header: GgufHeader) -> Plan:
    """Raises UnusableModel where the model is of another kind, its tokenizer is not known or not there, or a tensor is
    missing, is of another shape, or is not known."""
    kind = str(header.told.get("general.architecture", "?"))
    if kind not in _KINDS:
        raise UnusableModel(
            tr(
                "The model in {file} in {folder} is of the kind {kind}. As GGUF, models of these kinds can be used: "
                "{kinds}. For others choose a folder with weights as safetensors.",
                **place(header.path),
                kind=kind,
                kinds=", ".join(_KINDS),
            )
        )
    try:
        _check_tokenizer(header, kind=kind)
        special = {
            ours: int(header.told[key])
            for ours, theirs in _SPECIAL.items()
            if (key := f"tokenizer.ggml.{theirs}_token_id") in header.told
        }
        if not all(0 <= id < len(header.told["tokenizer.ggml.tokens"]) for id in special.values()):
            raise ValueError("a special token is none of the tokenizer's")
        config = _config(header, kind=kind, special=special)
        tensors = _matched(header, config, kind=kind)
    except (LookupError, ValueError, TypeError, ArithmeticError) as error:
        sentence = tr("Cannot read {file} in {folder}: it is damaged. Download it again.", **place(header.path))
        raise UnusableModel(sentence) from error
    return Plan(header, config, tensors, special)


def _check_tokenizer(header: GgufHeader, *, kind: str) -> None:
    told = header.told
    words, kinds = told.get("tokenizer.ggml.tokens"), told.get("tokenizer.ggml.token_type")
    if not words:
        raise UnusableModel(tr("{file} in {folder} has no tokenizer in it. Choose another file.", **place(header.path)))
    cut = told.get("tokenizer.ggml.pre", "?")
    known = ("qwen2",) if kind == "qwen2" else SPLITS  # transformers cuts as Qwen does wherever a model says qwen2
    if told.get("tokenizer.ggml.model") != "gpt2" or cut not in known:
        name = told.get("tokenizer.ggml.model", "?")
        raise UnusableModel(
            tr(
                "The tokenizer in {file} in {folder} ({name}) is not read here. Choose a folder with the same model as "
                "safetensors.",
                **place(header.path),
                name=f"gpt2, {cut}" if name == "gpt2" else name,
            )
        )
    if "tokenizer.ggml.merges" not in told or kinds is None or not len(kinds) == len(words) == len(set(words)):
        raise ValueError("the tokenizer is not whole")


def _config(header: GgufHeader, *, kind: str, special: Mapping[str, int]) -> dict[str, object]:
    told = header.told

    def of(name: str, usual: Any = None) -> Any:
        return told[f"{kind}.{name}"] if usual is None else told.get(f"{kind}.{name}", usual)

    width, heads = int(of("embedding_length")), int(of("attention.head_count"))
    head = int(of("attention.key_length", width // heads))
    strange = [
        name
        for name, is_strange in {
            "rope.scaling.type": of("rope.scaling.type", "none") != "none",
            "rope.dimension_count": int(of("rope.dimension_count", head)) != head,
            "attention.value_length": int(of("attention.value_length", head)) != head,
            "attention.key_length": kind == "qwen2" and head * heads != width,
            "attention.sliding_window": bool(of("attention.sliding_window", 0)),
            "expert_count": bool(of("expert_count", 0)),
        }.items()
        if is_strange
    ]
    if strange:
        raise _unlike(header.path, f"{kind}.{strange[0]}")
    return {
        "architectures": [_KINDS[kind]],
        "model_type": kind,
        "hidden_act": "silu",
        "hidden_size": width,
        "num_hidden_layers": int(of("block_count")),
        "num_attention_heads": heads,
        "num_key_value_heads": int(of("attention.head_count_kv", heads)),
        "head_dim": head,
        "intermediate_size": int(of("feed_forward_length")),
        "vocab_size": len(told["tokenizer.ggml.tokens"]),
        "max_position_embeddings": int(of("context_length")),
        "rms_norm_eps": round(float(of("attention.layer_norm_rms_epsilon")), 12),
        "rope_theta": float(of("rope.freq_base", 10_000.0)),
        "tie_word_embeddings": all(one.name != "output.weight" for one in header.tensors),
        "dtype": "float16",
        **{f"{role}_token_id": id for role, id in special.items() if role != "unk"},
    }


def _matched(header: GgufHeader, config: Mapping[str, Any], *, kind: str) -> tuple[Planned, ...]:
    """Each tensor of the file with its place in the model; all of the model's must be there, and no other."""
    there = {one.name: one for one in header.tensors}
    wanted = dict(_wanted(config, kind=kind))
    if others := sorted(there.keys() - wanted.keys()):
        raise _unlike(header.path, others[0])
    for name, (_, shape) in wanted.items():
        if name not in there or there[name].shape != shape:
            raise UnusableModel(
                tr(
                    "{file} in {folder} is not whole: the weights {name} are missing, or not of the size that the "
                    "file's settings call for. Download it again.",
                    **place(header.path),
                    name=name,
                )
            )
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    return tuple(
        Planned(ours, there[name], heads.get(name.split(".")[-2], 0) if kind == "llama" else 0)
        for name, (ours, _) in wanted.items()
    )


def _wanted(config: Mapping[str, Any], *, kind: str) -> Iterator[tuple[str, tuple[str, tuple[int, ...]]]]:
    """Of each tensor the name in the file, the name in transformers and the shape."""
    width, inner, head = config["hidden_size"], config["intermediate_size"], config["head_dim"]
    asked, kept = (head * config[name] for name in ("num_attention_heads", "num_key_value_heads"))
    words = (config["vocab_size"], width)
    yield "token_embd.weight", ("model.embed_tokens.weight", words)
    yield "output_norm.weight", ("model.norm.weight", (width,))
    if not config["tie_word_embeddings"]:
        yield "output.weight", ("lm_head.weight", words)
    shapes = {
        "attn_norm": (width,), "ffn_norm": (width,), "attn_q": (asked, width), "attn_k": (kept, width),
        "attn_v": (kept, width), "attn_output": (width, asked), "ffn_gate": (inner, width), "ffn_up": (inner, width),
        "ffn_down": (width, inner),
    }  # fmt: skip
    if kind == "qwen3":
        shapes |= {"attn_q_norm": (head,), "attn_k_norm": (head,)}
    biased = ("attn_q", "attn_k", "attn_v") if kind == "qwen2" else ()
    for layer in range(config["num_hidden_layers"]):
        for name, shape in shapes.items():
            yield f"blk.{layer}.{name}.weight", (f"model.layers.{layer}.{_LAYER[name]}.weight", shape)
        for name in biased:
            yield f"blk.{layer}.{name}.bias", (f"model.layers.{layer}.{_LAYER[name]}.bias", shapes[name][:1])


def _unlike(path: Path, name: str) -> UnusableModel:
    return UnusableModel(
        tr(
            "The model in {file} in {folder} is built in a way that is not read here ({name}). Choose a folder with "
            "the same model as safetensors.",
            **place(path),
            name=name,
        )
    )
