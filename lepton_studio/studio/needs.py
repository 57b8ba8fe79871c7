"""What each kind of work asks of the owner of the children."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.language import tr
from lepton_studio.methods import all_methods
from lepton_studio.methods.rewriting.here import models_that_rewrite
from lepton_studio.project.records import RunRecord
from lepton_studio.runs.children.memory import forecast
from lepton_studio.runs.children.slots import Need, Slot
from lepton_studio.runs.job import Recipe

_MAP, _MAP_NUMBER = 500_000_000, 16
"""Bytes that a map takes, and each number of the texts' vectors."""
_INSTANT, _INSTANT_TEXT, _INSTANT_LABEL = 300_000_000, 4_000, 20
"""Bytes that the instant model takes; each text of it: its words, counted, its vector; what is said of its labels."""


def need_of_run(run: RunRecord) -> Need:
    """A child that tunes."""
    title = tr("run {number}", number=run.number)
    recipe = Recipe.from_json(run.recipe)
    return Need(Slot.TUNING, title, _of_tuning(run.model, recipe))


def need_of_measure(model: str, recipe: Recipe) -> Need:
    """A child that tries a few steps; nothing is lost with it."""
    title = tr("the trial steps for the estimate")
    return Need(Slot.TUNING, title, _of_tuning(model, recipe), is_awaited=False)


def _of_tuning(model: str, recipe: Recipe) -> int:
    named = [one for one in all_methods().values() if one.id in recipe.methods]
    if any(one.at_once and not (one.on_pairs or one.compares) for one in named):
        return forecast("predict", model)  # it only reads with the model
    beside = sum(forecast("predict", one) for one in models_that_rewrite(recipe))
    return forecast("tune", model, batch_size=recipe.batch_size, max_length=recipe.max_length) + beside


def need_of_prediction(model: Path, title: str) -> Need:
    """A child that lets the tuned model in this folder read a file; `title` says which."""
    return Need(Slot.PREDICTING, title, forecast("predict", str(model)), holds=str(model))


def need_of_suggestions(model: Path, *, is_awaited: bool = True) -> Need:
    """A child that lets the tuned model in this folder read samples for the person who labels them.

    `is_awaited`: the person asked for it. What begins by itself can end with the window, without a question.
    """
    return Need(Slot.LIVE, tr("suggestions"), forecast("predict", str(model)), holds=str(model), is_awaited=is_awaited)


def need_of_explanation(model: Path) -> Need:
    """A child that weighs the words of a sample by the tuned model in this folder, for the person who looks at it."""
    return Need(Slot.LIVE, tr("weighing the words"), forecast("predict", str(model)), holds=str(model))


def need_of_changed_texts(model: Path) -> Need:
    """A child that lets the tuned model in this folder read changed texts; the person waits for it."""
    return Need(Slot.LIVE, tr("changed texts"), forecast("predict", str(model)), holds=str(model))


def need_of_drafts(model: str) -> Need:
    """A child that lets a base model (a job's `model`), as it is, write for the person who labels."""
    memory = forecast("predict", model)
    return Need(Slot.LIVE, tr("drafts"), memory, holds=model)


def need_of_vectors(encoder: str) -> Need:
    """A child that lets an encoder (a job's `model`) read samples beside the person who labels them."""
    memory = forecast("predict", encoder)
    title = tr("reading the texts")
    return Need(Slot.LIVE, title, memory, holds=encoder, is_awaited=False)


def need_of_map(*, texts: int, width: int) -> Need:
    """A child of its own that draws the map of so many texts: the one that a person labels beside goes on."""
    return Need(Slot.PREDICTING, tr("the map of the texts"), _MAP + texts * width * _MAP_NUMBER)


def need_of_instant(encoder: str, *, texts: int, labels: int, is_awaited: bool) -> Need:
    """A child that keeps so many texts for the instant model beside an encoder (a job's `model`). `is_awaited`: a
    person waits for what it says, and not for texts to be read; closing the window need not ask."""
    memory = forecast("predict", encoder) + _INSTANT + texts * (_INSTANT_TEXT + labels * _INSTANT_LABEL)
    return Need(
        Slot.LIVE,
        tr("reading the texts"),
        memory,
        holds=encoder,
        is_awaited=False,
        gives_way=not is_awaited,
    )
