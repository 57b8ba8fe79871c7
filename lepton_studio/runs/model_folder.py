"""Whether a base model can be what a person names, as far as that is seen without loading it: standard library only."""

from __future__ import annotations

import json
import re
from pathlib import Path

from lepton_studio.language import tr
from lepton_studio.models.built_in import built_in

ENCODER_FOLDER = "0_Transformer"
"""What sentence-transformers calls the folder of an encoder that does not lie at the top."""

LARGE_TABLE = 100_000
"""With so many words or more, the table of words is most of a small model: a saved one keeps those that are needed."""
_TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model", "*.spm", "*.tiktoken", "tokenizer_config.json")
"""Each tokenizer is in one of these; without any, transformers makes one that knows no words."""
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.\-]*(/[\w.\-]+)?")


def encoder_in(folder: Path) -> Path:
    """Where the encoder of a model folder is: at the top, or in a folder of its own as in many sentence encoders."""
    inner = folder / ENCODER_FOLDER
    return inner if (inner / "config.json").is_file() and not (folder / "config.json").exists() else folder


def why_unusable(model: str) -> str:
    """A sentence where this can be no base model: no such folder, a part missing; "" where nothing stands against it.

    Asks no network: of a model of the Hub it only says whether one can be called so.
    """
    if built_in(model) is not None:
        return ""
    path = Path(model)  # as the child will look for it
    if path.is_dir():
        return missing_part(encoder_in(path))
    if path.is_file():
        return tr("{path} is a file. Choose the folder that contains the model's files.", path=path)
    if _HUB_ID.fullmatch(model) and not model.startswith("."):
        return ""
    return tr("The model folder {name} does not exist.", name=model)


def has_large_table(model: str) -> bool:
    """Whether the table of words may be a large one: that of a model of the Hub is not known before it is here."""
    if (known := built_in(model)) is not None:
        return known.words >= LARGE_TABLE
    if not Path(model).is_dir():
        return True
    try:
        stored = json.loads((encoder_in(Path(model)) / "config.json").read_text("utf-8"))
        return int(stored["vocab_size"]) >= LARGE_TABLE
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


def missing_part(folder: Path) -> str:
    """A sentence that names what a model in this folder lacks; "" where all parts are there."""
    config = folder / "config.json"
    if not config.is_file():
        return tr("The folder {folder} has no model: config.json is missing.", folder=folder)
    try:
        stored = json.loads(config.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        return tr("Cannot read the config.json in {folder}. Copy the model's folder again.", folder=folder)
    if not any(folder.glob("*.safetensors")):
        return tr("The model in {folder} has no weights in the safetensors format.", folder=folder)
    if not any(any(folder.glob(name)) for name in _TOKENIZERS):
        return tr("The model in {folder} has no tokenizer. Copy its tokenizer files there too.", folder=folder)
    return ""
