"""From a base model's name, or a tuned model's folder, to a model that writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from transformers import AutoConfig, AutoTokenizer, PreTrainedTokenizerBase
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES

from lepton_studio.contract.task import Family
from lepton_studio.heads.generation.decoder import Decoder
from lepton_studio.heads.generation.encoder_decoder import EncoderDecoder
from lepton_studio.heads.generation.warm_start import warm_started
from lepton_studio.heads.generation.writer import generation_config, set_length
from lepton_studio.language import tr
from lepton_studio.methods.hooks import Net
from lepton_studio.runs.job import Recipe
from lepton_studio.training.failures import ModelNotFound
from lepton_studio.training.models import Base, loading

_LONGEST = 1_000_000
_USUAL = 512
"""Tokens read where neither model nor tokenizer says how many (T5)."""


def start_writer(base: Base, *, recipe: Recipe, keeps_end: bool) -> EncoderDecoder | Decoder:
    """The base model ready to be tuned: an encoder learns to write. Raises ModelNotFound.

    `keeps_end`: of a question that is too long the end is read, not the beginning.
    """
    folder = base.folder()
    with loading(folder):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    fresh: frozenset[str] = frozenset()
    if config.is_encoder_decoder or _writes(config):
        writer = _read(folder, config=config)
        longest = _reads(config, tokenizer=writer.tokenizer)
        if isinstance(writer, Decoder):
            # An answer has the same positions as what it answers: at most half of them.
            recipe = replace(recipe, max_new_tokens=max(1, min(recipe.max_new_tokens, longest // 2)))
            longest -= recipe.max_new_tokens
    else:
        encoder = base.encoder()
        with loading(folder):
            net, fresh = warm_started(encoder, folder)
            writer = EncoderDecoder(net, tokenizer=encoder.tokenizer, max_length=encoder.max_length)
        longest = encoder.longest if recipe.max_length else encoder.max_length
    family: Family = "decoder" if isinstance(writer, Decoder) else "encoder_decoder"
    base.fit_out(Net(writer.net, family, name=base.public_name, fresh=fresh), recipe=recipe)
    base.tokenizer = writer.tokenizer
    writer.max_length = min(recipe.max_length or longest, longest)
    set_length(writer.tokenizer, writer.max_length, keeps_end=keeps_end)
    writer.net.generation_config = generation_config(writer.net, recipe)
    return writer


def load_writer(folder: Path) -> EncoderDecoder | Decoder:
    """The model that `Writer.save` wrote there. Raises ModelNotFound."""
    with loading(folder):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    return _read(folder, config=config)


def _read(folder: Path, *, config: Any) -> EncoderDecoder | Decoder:
    writes_after_reading = config.model_type in MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES
    if not writes_after_reading and not _writes(config):
        raise ModelNotFound(tr("The model in {folder} cannot generate text.", folder=folder))
    with loading(folder):
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
        length = _reads(config, tokenizer=tokenizer)
        kind = EncoderDecoder if writes_after_reading else Decoder
        return kind.read(folder, tokenizer=tokenizer, max_length=length)


def _writes(config: Any) -> bool:
    """Whether it is a decoder, as the names of its architectures say."""
    return any(name.endswith(("ForCausalLM", "LMHeadModel")) for name in config.architectures or ())


def _reads(config: Any, *, tokenizer: PreTrainedTokenizerBase) -> int:
    """Tokens that it can read, by its positions and its tokenizer."""
    encoder = getattr(config, "encoder", None) or config
    positions = getattr(encoder, "max_position_embeddings", None) or getattr(encoder, "n_positions", None)
    length = min(int(positions or _LONGEST), int(tokenizer.model_max_length))
    return length if length < _LONGEST else _USUAL
