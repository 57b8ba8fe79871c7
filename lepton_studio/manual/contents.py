"""What the manual holds, in its order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lepton_studio.language import tr
from lepton_studio.resources import resource_path

FIRST = "index"
"""The page that is shown where nothing else is asked for."""
_EASIEST = "tutorial-text_classification"


@dataclass(frozen=True, slots=True)
class Section:
    """Pages by name, under a title in the person's language."""

    title: str
    pages: tuple[str, ...]


def sections() -> tuple[Section, ...]:
    """All pages, each once."""
    return (
        Section(tr("Begin"), (FIRST,)),
        Section(tr("A tutorial for each task"), _tutorials()),
        Section(
            tr("Common questions"),
            (
                "howto-excel", "howto-two-people", "howto-few-labels", "howto-label-faster", "howto-label-errors",
                "howto-which-model", "howto-good-enough", "howto-use-elsewhere", "howto-gpu", "howto-offline",
            ),
        ),
        Section(
            tr("The pages of the window"),
            (
                "window-start", "window-data", "window-label", "window-tune", "window-inspect", "window-export",
                "window-map",
            ),
        ),
        Section(tr("What the figures mean"), ("explain-figures", "explain-splits")),
        Section(
            tr("Reference"),
            ("reference-command-line", "reference-settings", "reference-formats", "reference-project-folder"),
        ),
        Section(tr("For developers"), ("developers",)),
    )  # fmt: skip


def page_names() -> tuple[str, ...]:
    """The names of all pages, in their order."""
    return tuple(name for section in sections() for name in section.pages)


@cache
def _tutorials() -> tuple[str, ...]:
    """One for each task, found by its file, so that a task is named nowhere else; the one to begin with in front."""
    found = sorted(file.stem for file in (resource_path("manual") / "en").glob("tutorial-*.md"))
    return tuple(sorted(found, key=lambda name: name != _EASIEST))
