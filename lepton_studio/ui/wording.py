"""The project's words as people read them."""

from __future__ import annotations

from lepton_studio.language import tr
from lepton_studio.project.records import Split, State


def split_name(split: Split | None) -> str:
    """ "training", "validation", "test", or "no split"."""
    if split is None:
        return tr("no split")
    return {"train": tr("training"), "validation": tr("validation"), "test": tr("test")}[split]


def state_name(state: State) -> str:
    """A state as a chip names it."""
    return {
        "any": tr("All"),
        "labelled": tr("Labelled"),
        "unlabelled": tr("To label"),
        "skipped": tr("Skipped"),
        "flagged": tr("Flagged"),
        "noted": tr("With a note"),
        "duplicate": tr("Duplicates"),
        "leak": tr("Leaks between splits"),
    }[state]


def amount(number: int) -> str:
    """A whole number with its thousands set apart."""
    return f"{number:,}"
