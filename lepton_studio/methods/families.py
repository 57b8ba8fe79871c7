"""What a task makes of a base model, as far as that is seen without loading it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.hub.places import local_folder
from lepton_studio.models.brought import Use
from lepton_studio.models.built_in import built_in
from lepton_studio.project.marks import MEDIA
from lepton_studio.runs.model_folder import encoder_in

_BOTH = ("ForConditionalGeneration", "EncoderDecoderModel")
_DECODERS = ("ForCausalLM", "LMHeadModel")
_PARTS = ("spans", "answer")
"""What a task wants whose model says something of parts of a text."""


def use_of(task: Task[Any]) -> Use | None:
    """What a base model must be able to do for the task; None where it is not about texts."""
    if MEDIA in task.reads:
        return None
    if task.families[0] != "encoder":
        return "writing"
    return "parts" if set(_PARTS) & set(task.wants) else "texts"


def family_of(model: str, *, task: Task[Any]) -> Family | None:
    """What the task makes of a base model; None where only its files say so and they are not here (one of the Hub)."""
    known = built_in(model)
    if known is not None and known.family in task.families:
        return known.family
    if len(task.families) == 1 or known is not None:
        return task.families[0]
    folder = local_folder(model)
    found = None if folder is None else family_in(folder)
    return task.families[0] if found is not None and found not in task.families else found


def family_in(folder: Path) -> Family:
    """What the model in a folder does, as its config.json says; an encoder where it does not say."""
    try:
        config = json.loads((encoder_in(folder) / "config.json").read_text("utf-8"))
        names = [str(name) for name in config.get("architectures") or ()]
        if config.get("is_encoder_decoder") or any(name.endswith(_BOTH) for name in names):
            return "encoder_decoder"
        return "decoder" if any(name.endswith(_DECODERS) for name in names) else "encoder"
    except (OSError, ValueError, RecursionError, AttributeError, TypeError):
        return "encoder"
