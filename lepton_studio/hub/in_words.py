"""How far a download is, and what is said of a model, in words."""

from __future__ import annotations

from lepton_studio.hub.requests import Fetched, FoundModel
from lepton_studio.language import tr
from lepton_studio.progress import Pace
from lepton_studio.words import fetched_words, memory


def amount_in_words(name: str, told: Fetched, *, pace: Pace) -> str:
    """How much of a model is here, and how long the rest takes."""
    if told.waits:
        return tr("{name}: connection lost, trying again…", name=name)
    return f"{name}: {fetched_words(done=told.done, total=told.total, pace=pace)}"


def size_in_words(model: FoundModel) -> str:
    """What would be downloaded; "about" where only its weights were counted."""
    if not model.size:
        return ""
    size = memory(model.size / 1e6)
    return size if model.is_exact else tr("about {size}", size=size)


def languages_in_words(model: FoundModel, *, most: int = 3) -> str:
    """The codes of its languages, the first of many."""
    if len(model.languages) <= most + 1:
        return ", ".join(model.languages)
    shown = ", ".join(model.languages[:most])
    return tr("{languages} and {count} more", languages=shown, count=len(model.languages) - most)
