"""The orders in which samples can be asked for, each with a sentence on when to take it."""

from __future__ import annotations

from typing import Literal

from lepton_studio.language import tr
from lepton_studio.project.records import AS_ADDED, AS_GIVEN, BY_GAIN, Order, PredictorId
from lepton_studio.widgets.choice_popup import Choice

Learns = Literal["", "texts", "spans"]
"""What the instant model of a project learns; "": there is none."""


def choices_of_order(by: PredictorId | None, *, has_margin: bool, learns: Learns, are_given: bool) -> list[Choice]:
    """Each with an `Order`; the first is the usual one. `has_margin`: labels exclude each other. `learns`: a model
    learns while the person labels; spans it asks for in the usual order only. `are_given`: the samples were found as
    the most similar ones to another.
    """
    similar = Choice(AS_GIVEN, tr("Most similar first"), tip=tr("As they were found, the most similar ones first."))
    by_the_model = {"": [], "spans": _by_the_model()[:1], "texts": _by_the_model()}[learns]
    said = _by_a_predictor(by, has_margin=has_margin)
    return [*([similar] if are_given else []), *by_the_model, *_by_the_project(), *said]


def _by_the_model() -> list[Choice]:
    return [
        Choice(
            BY_GAIN,
            tr("Most instructive first"),
            tip=tr("The usual choice: the model learns most for your time, and a tenth is set aside for the test."),
        ),
        Choice(
            Order("uncertainty"),
            tr("Between two labels first"),
            tip=tr("When some labels are easily confused with each other."),
        ),
        Choice(
            Order("entropy"),
            tr("Between many labels first"),
            tip=tr("When there are many labels, and the model knows little of them. Odd texts come early, too."),
        ),
        Choice(
            Order("badge"),
            tr("Uncertain and varied"),
            tip=tr("When you label quickly, many in a row: uncertain texts, no two alike (BADGE)."),
        ),
        Choice(
            Order("diversity"),
            tr("Unlike anything labelled first"),
            tip=tr("To see early what else there is, and whether a label is missing."),
        ),
        Choice(
            Order("density"),
            tr("Uncertain and typical"),
            tip=tr("When odd texts should not take up your time: uncertain texts that many others resemble."),
        ),
        Choice(
            Order("rarity"),
            tr("Rare labels first"),
            tip=tr("When some labels have too few samples: what may belong to them comes first."),
        ),
        Choice(
            Order("disagreement"),
            tr("Two models disagree"),
            tip=tr("To find texts whose words mislead: one model counts words, the other reads for meaning."),
        ),
        Choice(
            Order("random"),
            tr("At random"),
            tip=tr("When the labelled samples should stand for all of them, as for counting labels."),
        ),
    ]


def _by_the_project() -> list[Choice]:
    return [
        Choice(AS_ADDED, tr("In the order added"), tip=tr("When you want to read everything from beginning to end.")),
        Choice(Order("length"), tr("Shortest first"), tip=tr("To get many samples done in little time.")),
        Choice(
            Order("length", descending=True),
            tr("Longest first"),
            tip=tr("While you are fresh: long texts take the most attention."),
        ),
    ]


def _by_a_predictor(by: PredictorId | None, *, has_margin: bool) -> list[Choice]:
    if by is None:
        return []
    closest = Choice(
        Order("margin", by=by),
        tr("Closest call first"),
        tip=tr("By the suggestions kept in the project: where two labels score about the same."),
    )
    return [
        Choice(
            Order("score", by=by),
            tr("Least confident first"),
            tip=tr("By the suggestions kept in the project: to check the doubtful ones."),
        ),
        Choice(
            Order("score", descending=True, by=by),
            tr("Most confident first"),
            tip=tr("By the suggestions kept in the project: to accept many in a row with Enter."),
        ),
        *([closest] if has_margin else []),
    ]
