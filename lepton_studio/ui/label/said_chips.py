"""What the chips offer of suggestions: which samples by what is suggested of them."""

from __future__ import annotations

from dataclasses import replace

from lepton_studio.language import tr
from lepton_studio.project.records import AS_ADDED, AS_GIVEN, Filter, Labels, PredictorId, Suggested
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


def sensible(which: Filter) -> Filter:
    """Without a condition on the state that would leave nothing: what is not labelled has no label of its own. Without
    the order of samples that are not named any more.
    """
    if which.order == AS_GIVEN and which.ids is None:
        which = replace(which, order=AS_ADDED)
    said = which.suggested
    disagrees = said is not None and said.disagrees
    needs_annotation = which.label is not None or disagrees or which.decided is not None
    return replace(which, state="any") if needs_annotation and which.state in ("unlabelled", "skipped") else which
