"""How runs are said: lengths of time, moments, settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QDate, QDateTime, QLocale

from lepton_studio.contract.task import Task
from lepton_studio.language import tr, trn
from lepton_studio.methods.recipes import method_ids, method_words, used_settings
from lepton_studio.project.records import RunRecord, Split


def split_title(split: Split) -> str:
    """A split's name for people."""
    return {"train": tr("Train"), "validation": tr("Validation"), "test": tr("Test")}[split]


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


def setting_words(run: RunRecord, task: Task[Any]) -> str:
    """How a run is tuned, on one line: its method, and what differs from run to run; "" where that was not kept."""
    recipe = run.recipe
    if not recipe:
        return ""
    epochs = recipe.get("epochs")
    shown = {
        "epochs": trn("{count} epoch", "{count} epochs", epochs if isinstance(epochs, int) else 0),
        "batch_size": tr("batch size {value}", value=recipe.get("batch_size")),
        "learning_rate": tr("learning rate {value}", value=recipe.get("learning_rate")),
        "seed": tr("seed {value}", value=recipe.get("seed")),
    }
    method = method_words(recipe, task=task, model=run.model)
    said = [method] if method else []
    used = used_settings(method_ids(recipe, task=task, model=run.model))
    return tr(", ").join([*said, *(words for name, words in shown.items() if name in recipe and name in used)])
