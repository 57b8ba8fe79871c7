"""What to look for on the Hub for a project, by its task and the language of its texts, and what is here already."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.hub.places import HubName, kept_models
from lepton_studio.hub.requests import FoundModel, SearchModels
from lepton_studio.hub.usable import why_not
from lepton_studio.language import tr
from lepton_studio.models.model_config import UnusableModel, read_config
from lepton_studio.project.project import Project
from lepton_studio.runs.model_folder import encoder_in
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


def models_here() -> list[FoundModel]:
    """The models of the Hub that are on this computer. Reads the disk, asks nobody."""
    return [_here(name, folder) for name, folder in kept_models()]


def _here(name: HubName, folder: Path) -> FoundModel:
    files = tuple(one.relative_to(folder).as_posix() for one in sorted(folder.rglob("*")) if one.is_file())
    try:
        kind = read_config(encoder_in(folder)).kind
    except UnusableModel:
        kind = ""
    return FoundModel(
        id=name.id,
        commit=name.revision,
        size=sum((folder / one).stat().st_size for one in files),
        is_exact=True,
        model_type=kind,
        why_not=why_not(kind, files=files, weights=0, needs_code=False),
        files=files,
    )


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
