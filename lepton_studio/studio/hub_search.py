"""What to look for on the Hub for a project: the kind of model that its task tunes, and the language of its texts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.hub.requests import SearchModels
from lepton_studio.project.project import Project
from lepton_studio.studio.languages import language_of
from lepton_studio.studio.proposing import reads, some_samples
from lepton_studio.tasks import task_named

TASKS = (
    ("", "Any task"),
    ("fill-mask", "Fill-mask"),
    ("sentence-similarity", "Sentence similarity"),
    ("feature-extraction", "Feature extraction"),
    ("text-generation", "Text generation"),
    ("summarization", "Summarization"),
    ("translation", "Translation"),
)
"""Tasks as the Hub calls them, with English source strings for `tr`."""
LANGUAGES = (
    ("", "Any language"), ("multilingual", "Multilingual"), ("en", "English"), ("zh", "Chinese"), ("ar", "Arabic"),
    ("de", "German"), ("el", "Greek"), ("es", "Spanish"), ("fr", "French"), ("he", "Hebrew"), ("hi", "Hindi"),
    ("it", "Italian"), ("ja", "Japanese"), ("ko", "Korean"), ("nl", "Dutch"), ("pl", "Polish"), ("pt", "Portuguese"),
    ("ru", "Russian"), ("sv", "Swedish"), ("th", "Thai"), ("tr", "Turkish"), ("uk", "Ukrainian"), ("vi", "Vietnamese"),
)  # fmt: skip
"""Codes that the Hub tags models with, with English source strings for `tr`."""
_CODES = {title: code for code, title in LANGUAGES}


def search_for(task: Task[Any], language: str) -> SearchModels:
    """A first search for a task; `language` as `likely_language` says."""
    return SearchModels(task="fill-mask" if reads(task) else "text-generation", language=language)


def likely_language(project: Project) -> str:
    """The code of the language of most of a project's texts; "" where they do not say. Reads some hundred of them."""
    counts = Counter(language_of(sample.text) for sample in some_samples(project))
    language = counts.most_common(1)[0][0] if counts else ""
    return _CODES.get(language, "")


def is_for_reading(project: Project) -> bool:
    """Whether models for the project's task read texts and need not write any."""
    return reads(task_named(project.task_id))
