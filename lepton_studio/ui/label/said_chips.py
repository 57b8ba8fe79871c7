"""What the chips offer of suggestions: which samples by what is suggested of them, and in which order."""

from __future__ import annotations

from dataclasses import replace

from lepton_studio.language import tr
from lepton_studio.project.records import AS_ADDED, BY_GAIN, Filter, Labels, Order, PredictorId, Suggested
from lepton_studio.widgets.choice_popup import Choice

_HARDLY, _SURE = 0.5, 0.9


def choices_of_suggestions(by: PredictorId, labels: Labels) -> list[Choice]:
    """Each with a `Suggested`; the first, None, stands for any."""
    return [
        Choice(None, tr("With or without a suggestion")),
        Choice(Suggested(by), tr("With a suggestion")),
        Choice(Suggested(by, there=False), tr("Without a suggestion")),
        Choice(Suggested(by, disagrees=True), tr("Suggestion differs from annotation")),
        Choice(Suggested(by, score_to=_HARDLY), tr("Confidence below 50%")),
        Choice(Suggested(by, score_from=_HARDLY, score_to=_SURE), tr("Confidence 50–90%")),
        Choice(Suggested(by, score_from=_SURE), tr("Confidence at least 90%")),
        *(Choice(Suggested(by, label=one.id), tr("Suggested: {label}", label=one.name), one.color) for one in labels),
    ]


def choices_of_order(by: PredictorId | None, *, has_margin: bool, learns: bool) -> list[Choice]:
    """Each with an `Order`; the first is the usual one. `has_margin`: labels exclude each other. `learns`: a model
    learns while the person labels.
    """
    said: list[Choice] = []
    if by is not None:
        said.append(Choice(Order("score", by=by), tr("Least confident first")))
        said.append(Choice(Order("score", descending=True, by=by), tr("Most confident first")))
    if by is not None and has_margin:
        said.append(Choice(Order("margin", by=by), tr("Closest call first")))
    return [
        *([Choice(BY_GAIN, tr("Most instructive first"))] if learns else []),
        Choice(AS_ADDED, tr("In the order added")),
        *said,
        Choice(Order("length"), tr("Shortest first")),
        Choice(Order("length", descending=True), tr("Longest first")),
    ]


def sensible(which: Filter) -> Filter:
    """Without a condition on the state that would leave nothing: what is not labelled has no label of its own."""
    said = which.suggested
    needs_annotation = which.label is not None or (said is not None and said.disagrees)
    return replace(which, state="any") if needs_annotation and which.state in ("unlabelled", "skipped") else which
