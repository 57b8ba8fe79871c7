"""Repositories as they are on the Hub."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from tests.hub.server import Repo

CONFIG = {"model_type": "bert", "architectures": ["BertModel"], "hidden_size": 32}


def encoder(name: str = "ada/tiny-bert", *, size: int = 300_000, seed: int = 1, **how: Any) -> Repo:
    """An encoder beside files that must not come: pickles, code, other formats, a picture."""
    about: Mapping[str, Any] = {
        "tags": ["transformers", "safetensors", "bert", "zh", "en", "license:apache-2.0"],
        "pipeline_tag": "fill-mask",
        "cardData": {"license": "apache-2.0", "language": ["zh", "en"]},
        "config": CONFIG,
        "safetensors": {"parameters": {"F32": size // 4}, "total": size // 4},
        "downloads": 1000,
    }
    files = {
        ".gitattributes": b"*.safetensors filter=lfs",
        "README.md": b"# Tiny",
        "config.json": json.dumps(CONFIG).encode(),
        "model.safetensors": Random(seed).randbytes(size),
        "pytorch_model.bin": b"\x80\x02pickle" * 1000,
        "modeling_tiny.py": b"raise SystemExit",
        "onnx/model.onnx": b"onnx" * 2000,
        "tokenizer.json": b'{"version": "1.0"}',
        "tokenizer_config.json": b"{}",
        "vocab.txt": b"[PAD]\n[UNK]\n",
        "1_Pooling/config.json": b'{"pooling_mode_mean_tokens": true}',
        "picture.png": b"png",
    }
    return Repo(name, how.pop("files", files), about={**about, **how.pop("about", {})}, **how)
