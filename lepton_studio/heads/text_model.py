"""The models that say something of whole texts, of the kind that a recipe's methods want, and of the kind that a folder
holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from torch import nn

from lepton_studio.heads.cloze import BLANK_FILE, Cloze
from lepton_studio.heads.cross_encoder import CrossEncoder
from lepton_studio.heads.pooled import Pooled
from lepton_studio.heads.worded import Worded
from lepton_studio.methods.hooks import Net
from lepton_studio.methods.recipes import methods_of
from lepton_studio.quick.recipe import VOCABULARY_FILE
from lepton_studio.quick.regression import Kind
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.manifest import LABELS_FILE
from lepton_studio.training.models import Base

TextModel = Pooled | Worded | Cloze | CrossEncoder


def start_text_model(
    base: Base, *, outputs: int, kind: Kind, recipe: Recipe, labels: Sequence[JobLabel] = ()
) -> TextModel:
    """A new head for whole texts, of the sort that the recipe's methods want. `labels`: of a choice. Raises
    ModelNotFound, BadData, Unfit.
    """
    weights = next(one for one in methods_of(recipe, task=base.task, family="encoder") if one.is_for_weights)
    if weights.fills_blanks:
        return Cloze.start(base, labels=[one.name for one in labels], recipe=recipe)
    if weights.reads_labels and labels:
        return CrossEncoder.start(base, labels=labels, kind=kind, recipe=recipe)
    if not weights.at_once:
        return Pooled.start(base, outputs=outputs, recipe=recipe)
    if weights.needs_model:
        return Worded(Pooled.start(base, outputs=outputs, recipe=recipe), outputs=outputs, kind=kind, check=base.check)
    base.fit_out(Net(nn.Identity(), "encoder"), recipe=recipe)
    return Worded(None, outputs=outputs, kind=kind, check=base.check)


def load_text_model(folder: Path, *, kind: Kind) -> TextModel:
    """The model saved in a folder; called within `ModelFolder.read`. Raises ModelNotFound."""
    if (folder / BLANK_FILE).exists():
        return Cloze.load(folder)
    if (folder / LABELS_FILE).exists():
        return CrossEncoder.load(folder, kind=kind)
    return Worded.load(folder, kind=kind) if (folder / VOCABULARY_FILE).exists() else Pooled.load(folder)
