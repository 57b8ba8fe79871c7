"""Whether a base model can be what a person names, as far as that is seen without loading it: standard library only."""

from __future__ import annotations

import re
from pathlib import Path

from lepton_studio.language import tr
from lepton_studio.models.brought import why_not_fitting
from lepton_studio.models.built_in import built_in
from lepton_studio.models.model_config import UnusableModel, read_config

ENCODER_FOLDER = "0_Transformer"
"""What sentence-transformers calls the folder of an encoder that does not lie at the top."""

LARGE_TABLE = 100_000
"""With so many words or more, the table of words is most of a small model: a saved one keeps those that are needed."""
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.\-]*(/[\w.\-]+)?")


def encoder_in(folder: Path) -> Path:
    """Where the encoder of a model folder is: at the top, or in a folder of its own as in many sentence encoders."""
    inner = folder / ENCODER_FOLDER
    return inner if (inner / "config.json").is_file() and not (folder / "config.json").exists() else folder


def why_unusable(model: str) -> str:
    """A sentence where this can be no base model: no such folder, a part missing, files that do not fit each other; ""
    where nothing stands against it. Half a second for a folder with a large vocabulary.

    Asks no network: of a model of the Hub it only says whether one can be called so.
    """
    if built_in(model) is not None:
        return ""
    path = Path(model)  # as the child will look for it
    if path.is_dir():
        return why_not_fitting(encoder_in(path))
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
        return (read_config(encoder_in(Path(model))).words or 0) >= LARGE_TABLE
    except UnusableModel:
        return False
