"""What a model folder's config.json says of the model: standard library only, so that the window can ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_studio.errors import StudioError
from lepton_studio.language import tr

CONFIG = "config.json"

PREFIXED = "lepton-studio-prefix-"
"""What the "model_type" of a model with learned keys and values begins with (`lepton_studio.methods.prefix`): other
libraries would read it without them, and then say something else in silence.
"""

_WIDTHS = ("hidden_size", "d_model", "n_embd", "dim", "embedding_size", "word_embed_proj_dim", "emb_dim")
_DECODERS = frozenset(
    {
        "bloom", "codegen", "cohere", "cohere2", "ernie4_5", "falcon", "gemma", "gemma2", "gemma3_text", "glm", "glm4",
        "gpt2", "gpt_bigcode", "gpt_neo", "gpt_neox", "gptj", "granite", "helium", "llama", "ministral", "mistral",
        "mixtral", "mpt", "nemotron", "olmo", "olmo2", "olmo3", "opt", "persimmon", "phi", "phi3", "qwen2", "qwen2_moe",
        "qwen3", "qwen3_moe", "smollm3", "stablelm", "starcoder2", "xglm",
    }
)  # fmt: skip
"""Types of models that read from left to right."""
_LEARN_TO_WRITE = frozenset(
    {
        "bert", "bert-generation", "camembert", "data2vec-text", "electra", "ernie", "megatron-bert", "roberta",
        "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl", "xmod",
    }
)  # fmt: skip
"""Encoders whose weights a decoder that looks at them can begin with."""
_DECODER_NAMES = ("ForCausalLM", "LMHeadModel")
_BOTH_NAMES = ("ForConditionalGeneration", "EncoderDecoderModel")


class UnusableModel(StudioError):
    """A model folder cannot be used; the text is a sentence that names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """`kind` is the "model_type", "" where none is said; `words`: rows of the table of words, None where none is said;
    `widths`: what a row of it may measure.
    """

    kind: str
    architectures: tuple[str, ...]
    words: int | None
    widths: tuple[int, ...]
    is_encoder_decoder: bool
    looks_both_ways: bool
    ties_words: bool
    has_code: bool
    quantised: str

    @property
    def is_decoder(self) -> bool:
        """Whether it is a model that reads from left to right, made to write."""
        return self.kind in _DECODERS or any(name.endswith(_DECODER_NAMES) for name in self.architectures)

    @property
    def is_causal(self) -> bool:
        """Whether what it says of a token knows nothing of those behind it."""
        return self.kind in _DECODERS and not self.looks_both_ways

    @property
    def writes_what_it_reads(self) -> bool:
        """Whether it is an encoder-decoder."""
        return self.is_encoder_decoder or any(name.endswith(_BOTH_NAMES) for name in self.architectures)

    @property
    def learns_to_write(self) -> bool:
        """Whether it is an encoder that a writing model can begin with."""
        return self.kind in _LEARN_TO_WRITE


def read_config(folder: Path) -> ModelConfig:
    """Raises UnusableModel where there is none, or none that can be read."""
    path = folder / CONFIG
    if not path.is_file():
        raise UnusableModel(_why_none(folder))
    stored = read_object(path)
    architectures = stored.get("architectures")
    words = stored.get("vocab_size")
    return ModelConfig(
        kind=str(stored.get("model_type") or ""),
        architectures=tuple(str(one) for one in architectures) if isinstance(architectures, list) else (),
        words=words if isinstance(words, int) else None,
        widths=tuple(one for name in _WIDTHS if isinstance(one := stored.get(name), int)),
        is_encoder_decoder=bool(stored.get("is_encoder_decoder")),
        looks_both_ways=bool(stored.get("use_bidirectional_attention")) or stored.get("is_causal") is False,
        ties_words=stored.get("tie_word_embeddings") is not False,
        has_code=bool(stored.get("auto_map")),
        quantised=_method_of(stored.get("quantization_config")),
    )


def read_object(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a model. Raises UnusableModel."""
    stored = _read(path)
    if not isinstance(stored, dict):
        raise UnusableModel(_why_unread(path))
    return stored


def read_values(path: Path) -> list[Any]:
    """The list in a JSON file of a model. Raises UnusableModel."""
    stored = _read(path)
    if not isinstance(stored, list):
        raise UnusableModel(_why_unread(path))
    return stored


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnusableModel(_why_unread(path)) from error


def _why_unread(path: Path) -> str:
    if is_pointer(path):
        return pointer_sentence(path)
    return tr("Cannot read the {file} in {folder}. Copy the model's folder again.", **place(path))


def is_pointer(path: Path) -> bool:
    """Whether Git left a few lines in place of a large file."""
    try:
        with path.open("rb") as file:
            return file.read(40).startswith(b"version https://git-lfs")
    except OSError:
        return False


def pointer_sentence(path: Path) -> str:
    """What to say of such a file."""
    return tr(
        "{file} in {folder} is a Git LFS pointer, not the file itself. Run “git lfs pull” in that folder, or download "
        "the file from the model's page.",
        **place(path),
    )


def place(path: Path) -> Mapping[str, object]:
    """A file for a sentence."""
    return {"file": path.name, "folder": path.parent}


def _why_none(folder: Path) -> str:
    if (folder / "adapter_config.json").is_file():
        return tr(
            "The folder {folder} contains an adapter, not a whole model: config.json is missing. Merge the adapter "
            "into its base model, or choose the base model.",
            folder=folder,
        )
    if any(folder.glob("*.gguf")):
        return tr(
            "The folder {folder} only contains a GGUF file. Choose that file itself, or a folder with the same model "
            "as safetensors.",
            folder=folder,
        )
    return tr("The folder {folder} has no model: config.json is missing.", folder=folder)


def _method_of(stored: object) -> str:
    if not isinstance(stored, dict):
        return ""
    return str(stored.get("quant_method") or "quantization_config")
