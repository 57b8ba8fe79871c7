"""What to look for on the Hub for a project: the kind of model that its task tunes, and the language of its texts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.hub.requests import SearchModels
from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.studio.languages import Language, language_of
from lepton_studio.studio.proposing import reads, some_samples
from lepton_studio.tasks import task_named

_CODES: dict[Language, str] = {
    "English": "en", "Chinese": "zh", "Japanese": "ja", "Korean": "ko", "Thai": "th", "Greek": "el", "Hebrew": "he",
}  # fmt: skip


def hub_tasks() -> tuple[tuple[str, str], ...]:
    """Tasks as the Hub calls them, with their titles; "" for any."""
    return (
        ("", tr("Any task")),
        ("fill-mask", tr("Fill-mask")),
        ("sentence-similarity", tr("Sentence similarity")),
        ("feature-extraction", tr("Feature extraction")),
        ("text-generation", tr("Text generation")),
        ("summarization", tr("Summarization")),
        ("translation", tr("Translation")),
    )


def hub_languages() -> tuple[tuple[str, str], ...]:
    """Codes that the Hub tags models with, with the names of the languages; "" for any."""
    return (
        ("", tr("Any language")), ("multilingual", tr("Multilingual")), ("en", tr("English")), ("zh", tr("Chinese")),
        ("ar", tr("Arabic")), ("nl", tr("Dutch")), ("fr", tr("French")), ("de", tr("German")), ("el", tr("Greek")),
        ("he", tr("Hebrew")), ("hi", tr("Hindi")), ("it", tr("Italian")), ("ja", tr("Japanese")), ("ko", tr("Korean")),
        ("pl", tr("Polish")), ("pt", tr("Portuguese")), ("ru", tr("Russian")), ("es", tr("Spanish")),
        ("sv", tr("Swedish")), ("th", tr("Thai")), ("tr", tr("Turkish")), ("uk", tr("Ukrainian")),
        ("vi", tr("Vietnamese")),
    )  # fmt: skip


def search_for(task: Task[Any], language: str) -> SearchModels:
    """A first search for a task; `language` as `likely_language` says."""
    return SearchModels(task="fill-mask" if reads(task) else "text-generation", language=language)


def likely_language(project: Project) -> str:
    """The code of the language of most of a project's texts; "" where they do not say. Reads some hundred of them."""
    counts = Counter(language_of(sample.text) for sample in some_samples(project))
    return _CODES.get(counts.most_common(1)[0][0], "") if counts else ""


def is_for_reading(project: Project) -> bool:
    """Whether models for the project's task read texts and need not write any."""
    return reads(task_named(project.task_id))
