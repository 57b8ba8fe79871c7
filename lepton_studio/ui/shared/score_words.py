"""How runs are said: lengths of time, moments, stages, settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QDate, QDateTime, QLocale

from lepton_studio.language import tr, trn
from lepton_studio.project.records import Split
from lepton_studio.runs.wire import Stage


def split_title(split: Split) -> str:
    """A split's name for people."""
    return {"train": tr("Train"), "validation": tr("Validation"), "test": tr("Test")}[split]


def stage_words(stage: Stage | None) -> str:
    """What the child is doing."""
    if stage is None:
        return tr("Starting the process")
    return {
        "loading": tr("Loading the model"),
        "embedding": tr("Encoding all texts"),
        "probing": tr("Fitting the initial head"),
        "training": tr("Tuning"),
        "evaluating": tr("Scoring"),
        "saving": tr("Saving the model"),
        "predicting": tr("Predicting"),
        "measuring": tr("Trying a few steps"),
    }[stage]


def moment(stored: str) -> str:
    """A stored time (ISO 8601) in local words: "14:03" today, else "3 Nov 14:03". The patterns are Qt's."""
    try:
        when = datetime.fromisoformat(stored)
    except ValueError:
        return stored
    local = QDateTime.fromSecsSinceEpoch(round(when.timestamp()))
    if local.date() == QDate.currentDate():
        return QLocale().toString(local, tr("HH:mm"))
    return QLocale().toString(local, tr("d MMM HH:mm"))


def setting_words(recipe: Mapping[str, object]) -> str:
    """A recipe on one line: what differs from run to run first."""
    epochs = recipe.get("epochs")
    shown = {
        "epochs": trn("{count} epoch", "{count} epochs", epochs if isinstance(epochs, int) else 0),
        "batch_size": tr("batch size {value}", value=recipe.get("batch_size")),
        "learning_rate": tr("learning rate {value}", value=recipe.get("learning_rate")),
        "seed": tr("seed {value}", value=recipe.get("seed")),
    }
    return tr(", ").join(words for name, words in shown.items() if name in recipe)
