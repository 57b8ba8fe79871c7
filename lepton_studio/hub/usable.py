"""Whether a model of the Hub can be used here, as far as the Hub's own words tell. Light: no library is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import psutil
from msgspec.structs import replace

from lepton_studio.hub.requests import FoundModel
from lepton_studio.hub.wanted import has_weights
from lepton_studio.language import tr

WhyNot = Literal["", "no_weights", "gguf", "no_tokenizer", "code", "unknown", "too_large", "writes"]

ENCODERS = frozenset({
    "albert", "bert", "camembert", "deberta", "deberta-v2", "distilbert", "electra", "ernie", "eurobert", "gemma3_text",
    "mpnet", "modernbert", "nomic_bert", "qwen2", "qwen3", "rembert", "roberta", "roformer", "xlm", "xlm-roberta",
})  # fmt: skip
"""Model types that read texts into vectors here."""
WRITERS = frozenset({
    "bart", "gemma", "gemma2", "gemma3_text", "gpt2", "gpt_neo", "gpt_neox", "llama", "m2m_100", "marian", "mbart",
    "mistral", "mt5", "opt", "pegasus", "phi", "phi3", "qwen2", "qwen3", "smollm3", "t5",
})  # fmt: skip
"""Model types that write texts here."""
_TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", ".model", ".spm", ".tiktoken")
_BYTES_AT_WORK = 4
"""A weight is a float32 where it is used."""


def why_not(model_type: str, *, files: Sequence[str], weights: int, needs_code: bool) -> WhyNot:
    """What stands against using it here; "" for nothing that is seen from afar. `files`: all that it has."""
    if not has_weights(files):
        return "gguf" if any(path.lower().endswith(".gguf") for path in files) else "no_weights"
    if model_type not in ENCODERS | WRITERS:
        return "code" if needs_code else "unknown"
    if not any(path.endswith(_TOKENIZERS) for path in files):
        return "no_tokenizer"
    return "too_large" if weights * _BYTES_AT_WORK > psutil.virtual_memory().total else ""


def fitting(model: FoundModel, *, reads: bool) -> FoundModel:
    """The same, with what stands against it where it is to read texts and can only write them."""
    writes_only = model.model_type in WRITERS - ENCODERS
    return replace(model, why_not="writes") if reads and writes_only and not model.why_not else model


def usable_in_words(model: FoundModel) -> str:
    """For the table: "Yes", or in a few words why not."""
    return {
        "": tr("Yes, on request") if model.gated else tr("Yes"),
        "no_weights": tr("No: no safe weights"),
        "gguf": tr("No: only GGUF"),
        "no_tokenizer": tr("No: no tokenizer"),
        "code": tr("No: needs its own code"),
        "unknown": tr("No: unknown architecture"),
        "too_large": tr("No: too large"),
        "writes": tr("No: writes texts"),
    }.get(model.why_not, tr("No"))


def why_not_in_words(why: str, *, model_type: str) -> str:
    """A sentence with the reason against it; "" where there is none."""
    return {
        "": "",
        "no_weights": tr("It has no weights in the safetensors format. Other formats can run code and are not opened."),
        "gguf": tr(
            "It only has weights as GGUF, which are not downloaded here. Choose the model that it was made from, or "
            "choose a GGUF file that you downloaded yourself."
        ),
        "no_tokenizer": tr("It has no tokenizer, so texts cannot be given to it."),
        "code": tr("It only works with program code from the Hub, which Lepton Studio never runs."),
        "unknown": tr("Its architecture ({name}) is not supported.", name=model_type or tr("unknown")),
        "writes": tr("It writes texts. This project's task needs a model that reads them."),
        "too_large": tr("It needs more memory than this computer has."),
    }.get(why, tr("It cannot be used here."))
