"""What the manual holds, in its order."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.language import tr

FIRST = "index"
"""The page that is shown where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Section:
    """Pages by name, under a title in the person's language."""

    title: str
    pages: tuple[str, ...]


def sections() -> tuple[Section, ...]:
    """All pages, each once."""
    return (
        Section(tr("Begin"), (FIRST,)),
        Section(
            tr("A tutorial for each task"),
            (
                "tutorial-text_classification", "tutorial-multi_label", "tutorial-ratings", "tutorial-spans",
                "tutorial-relations", "tutorial-question_answering", "tutorial-text_to_text", "tutorial-dialogue",
            ),
        ),
        Section(
            tr("How do I …"),
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
