"""Whether a base model can be what a person names, as far as that is seen without loading it: standard library only."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.hub.places import hub_name, local_folder
from lepton_studio.language import tr
from lepton_studio.models.brought import why_not_as_made, why_not_fitting
from lepton_studio.models.built_in import built_in
from lepton_studio.models.gguf_header import is_gguf
from lepton_studio.models.model_config import CONFIG, PREFIXED, UnusableModel, read_config
from lepton_studio.models.sentence_modules import encoder_path

ENCODER_FOLDER = "0_Transformer"
"""What sentence-transformers calls the folder of an encoder that does not lie at the top."""

BESIDE = "beside"
"""In the folder of a model that answers together with another one: that one's folder."""

SUM_FILE = "sum.json"
"""In `BESIDE`: {"weight": how much the first one counts, 0 to 1}."""

LARGE_TABLE = 100_000
"""With so many words or more, the table of words is most of a small model: a saved one keeps those that are needed."""


def encoder_in(folder: Path) -> Path:
    """Where the encoder of a model folder is: at the top, or in a folder of its own as in many sentence encoders."""
    told = encoder_path(folder)
    if told is not None and (told / CONFIG).is_file():
        return told
    inner = folder / ENCODER_FOLDER
    return inner if (inner / "config.json").is_file() and not (folder / "config.json").exists() else folder


def opens_elsewhere(folder: Path) -> bool:
    """Whether other libraries load the model in a folder: not one that a prefix was learned for."""
    try:
        return not read_config(encoder_in(folder)).kind.startswith(PREFIXED)
    except UnusableModel:  # a model without an encoder
        return True


def why_unusable(model: str) -> str:
    """A sentence where this can be no base model: no such folder, a part missing, files that do not fit each other; ""
    where nothing stands against it. A second for a folder with a large vocabulary.

    Asks no network: a model of the Hub must have been downloaded.
    """
    if built_in(model) is not None:
        return ""
    folder = local_folder(model)  # as the child will look for it
    if folder is None:
        return why_not_here(model)
    return by_name(why_not_fitting(encoder_in(folder)) or why_not_as_made(folder), model)


def by_name(sentence: str, model: str) -> str:
    """A sentence on a model's folder; of one of the Hub with its name there, as nobody knows the folders of a cache."""
    folder, name = local_folder(model), hub_name(model)
    if folder is None or name is None or Path(model).is_dir():
        return sentence
    return sentence.replace(str(encoder_in(folder)), name.id).replace(str(folder), name.id)


def why_not_here(model: str) -> str:
    """The sentence for a model that is neither a folder nor one of the Hub that was downloaded."""
    if is_gguf(Path(model)):
        return tr(
            "{path} is a GGUF file, and is not prepared for tuning yet. Press “Prepare” below its name, or use: "
            "lepton-studio models add {path}",
            path=model,
        )
    if Path(model).is_file():
        return tr("{path} is a file. Choose the folder that contains the model's files.", path=model)
    if hub_name(model) is not None:
        return tr("The model {name} is not on this computer. Download it from the Hub first.", name=model)
    return tr("The model folder {name} does not exist.", name=model)


def has_large_table(model: str) -> bool:
    """Whether the table of words may be a large one: that of a model that is not here is not known."""
    if (known := built_in(model)) is not None:
        return known.words >= LARGE_TABLE
    if (folder := local_folder(model)) is None:
        return True
    try:
        return (read_config(encoder_in(folder)).words or 0) >= LARGE_TABLE
    except UnusableModel:
        return False
