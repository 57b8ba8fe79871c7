"""What stands on the Label page in place of a sample where there is none: why, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lepton_studio.language import tr, trn
from lepton_studio.project.records import AS_ADDED, Filter
from lepton_studio.ui.label.queue import UNLABELLED
from lepton_studio.widgets.empty_state import NextStep

if TYPE_CHECKING:
    from lepton_studio.ui.label.page import LabelPage


def nothing_left(samples: int, page: LabelPage) -> tuple[str, str, list[NextStep]]:
    """A title, a sentence and the next steps; `samples`: how many the project has, as far as they are counted."""
    session, elsewhere = page.session, page.found.elsewhere
    show_all = NextStep(tr("Show all samples"), lambda: page.show_samples(Filter()))
    if not samples and session.project.count() == 0:
        return *nothing_to_label(), [NextStep(tr("Go to Data"), lambda: session.open_page("data"))]
    if replace(page.queue.filter, order=AS_ADDED) == UNLABELLED:
        return *all_labelled(), [NextStep(tr("Go to Tune"), lambda: session.open_page("tune")), show_all]
    if elsewhere:
        return *found_elsewhere(elsewhere), [NextStep(tr("Show all matches"), page.show_all_found)]
    return *nothing_fits(), [show_all]


def nothing_to_label() -> tuple[str, str]:
    """For a project without samples."""
    return tr("Nothing to label yet"), tr("Drop a file with texts here, or import one on the Data page.")


def all_labelled() -> tuple[str, str]:
    """For a queue of unlabelled samples that is done."""
    sentence = tr("Tune a model on them, or review your labels once more. Ctrl+Z undoes the last one.")
    return tr("All samples are labelled"), sentence


def found_elsewhere(count: int) -> tuple[str, str]:
    """For a search whose samples the chips leave out."""
    return tr("No matches here"), trn(
        "The search finds {count} sample outside these filters.",
        "The search finds {count} samples outside these filters.",
        count,
    )


def nothing_fits() -> tuple[str, str]:
    """For a filter that holds nothing."""
    return tr("No matching samples"), tr("No samples match these filters and this search.")
