"""An encoder that learns to write: encoder and decoder both begin with its weights.

Rothe, Narayan and Severyn 2020, "Leveraging Pre-trained Checkpoints for Sequence Generation Tasks" (arXiv 1907.12461),
the setting BERT2BERT: the attention of the decoder to the encoder, and what the encoder has no weights for, begin at
random.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, EncoderDecoderConfig, EncoderDecoderModel

from lepton_studio.training.models import Encoder


def warm_started(encoder: Encoder, folder: Path) -> tuple[EncoderDecoderModel, frozenset[str]]:
    """An encoder-decoder on the CPU, and the names of its parameters that begin at random.

    `folder` is where the encoder lies. Raises as loading does.
    """
    loaded: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        is_decoder=True,
        add_cross_attention=True,
        dtype=torch.float32,
        use_safetensors=True,
        trust_remote_code=False,
        output_loading_info=True,
    )
    decoder, told = loaded
    tokenizer, reader = encoder.tokenizer, encoder.model
    if encoder.pooler is not None:
        setattr(reader, "pooler", encoder.pooler.requires_grad_(False))  # noqa: B010 - the saved model has one
    net = EncoderDecoderModel(
        encoder=reader,
        decoder=decoder,
        config=EncoderDecoderConfig.from_encoder_decoder_configs(reader.config, decoder.config),
    )
    begin, end, padding = tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id
    net.config.decoder_start_token_id, net.config.eos_token_id, net.config.pad_token_id = begin, end, padding
    for config in (net.generation_config, decoder.generation_config):
        config.decoder_start_token_id, config.eos_token_id, config.pad_token_id = begin, end, padding
        config.bos_token_id = begin
    missing = {f"decoder.{name}" for name in told["missing_keys"]}
    return net, frozenset(name for name, _ in net.named_parameters() if name in missing)
