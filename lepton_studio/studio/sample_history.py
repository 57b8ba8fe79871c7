"""The history of one sample in words: when, who, what, from where, and what the sample was then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import BadAnnotation, Task
from lepton_studio.language import tr
from lepton_studio.project.records import Labels, Origin
from lepton_studio.project.sample_states import SampleState
from lepton_studio.words import shortened, split_name

_LONGEST_NOTE, _LONGEST_VALUE = 60, 40
"""Characters."""


@dataclass(frozen=True, slots=True)
class StateInWords:
    """A state in words. `can_be`: it can be brought back; not where a label in it is gone."""

    what: str
    source: str
    state: str
    can_be: bool


def in_words(state: SampleState, *, task: Task[Any], labels: Labels) -> StateInWords:
    """One state, in the labels of now."""
    can_be = True
    stored = state.draft if state.value is None else state.value
    if stored is None:
        said = tr("unlabelled")
    else:
        try:
            said = task.words(task.parse(stored, labels), labels)
        except BadAnnotation:
            said, can_be = tr("a label that was removed"), False
        if state.value is None:
            said = tr("{value} (begun)", value=said)
    marks = [
        *([split_name(state.split)] if state.split else []),
        *([tr("skipped")] if state.skipped else []),
        *([tr("flagged")] if state.flagged else []),
        *([tr("note: {note}", note=shortened(state.note, _LONGEST_NOTE))] if state.note else []),
    ]
    return StateInWords(
        state.name, origin_name(state.origin), " · ".join([shortened(said, _LONGEST_VALUE), *marks]), can_be
    )


def origin_name(origin: Origin | None) -> str:
    """Where an annotation came from; "" where there is none."""
    if origin is None:
        return ""
    return {
        "manual": tr("by hand"),
        "suggestion": tr("a suggestion accepted"),
        "bulk": tr("a bulk action"),
        "import": tr("a file"),
    }[origin]
