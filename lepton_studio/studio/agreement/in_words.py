"""Agreement as people read it."""

from __future__ import annotations

from collections.abc import Mapping

from lepton_studio.language import tr, trn
from lepton_studio.project.records import LabelId
from lepton_studio.studio.agreement.people import Agreement, Difference, MeasureName, Score
from lepton_studio.studio.scores_in_words import per_cent

_RELIABLE, _TENTATIVE = 0.8, 0.667
"""Krippendorff 2004, "Content Analysis", section 11.4.2."""
_SEVERAL, _LEAST = 3, 3
"""From so many labels on, so many are named."""


def measure_name(measure: MeasureName) -> str:
    """What the measure is called, with what it compares."""
    return {
        "alpha_nominal": tr("Krippendorff's alpha"),
        "alpha_masi": tr("Krippendorff's alpha (sets of labels, MASI)"),
        "alpha_interval": tr("Krippendorff's alpha (interval)"),
        "alpha_characters": tr("Krippendorff's alpha over characters"),
        "fleiss": tr("Fleiss' kappa"),
        "kappa": tr("Cohen's kappa"),
        "f1": tr("F1 (exact matches)"),
        "likeness": tr("mean similarity of the answers"),
    }[measure]


def score_words(score: Score) -> str:
    """ "0.74 (95% CI: 0.66–0.81)"; a dash where there is no value."""
    if score.value is None:
        return "–"
    if score.low is None or score.high is None:
        return _number(score.value)
    return tr(
        "{value} (95% CI: {low}–{high})",
        value=_number(score.value),
        low=_number(score.low),
        high=_number(score.high),
    )


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def summary(found: Agreement) -> list[str]:
    """How far people agree, in sentences."""
    if not found.samples:
        return [tr("No sample has been labelled by two people yet.")]
    said = [
        trn(
            "{count} sample was labelled by two or more people; they all agree on {same} ({share}).",
            "{count} samples were labelled by two or more people; they all agree on {same} ({share}).",
            found.samples,
            same=f"{found.same:,}",
            share=per_cent(found.same / found.samples, digits=0),
        )
    ]
    for score in found.overall:
        samples = trn("{count} sample", "{count} samples", score.n)
        said.append(f"{measure_name(score.measure)}: {score_words(score)}, {samples}.")
    first = found.overall[0]
    if first.value is None:
        said.append(tr("All answers are the same, so nothing can be said about agreement beyond chance."))
    elif first.measure.startswith("alpha"):
        said.append(_verdict(first.value))
    if count := len(found.to_settle):
        said.append(trn("{count} sample is not settled yet.", "{count} samples are not settled yet.", count))
    return said


def least_agreed(found: Agreement, names: Mapping[LabelId, str]) -> str:
    """The labels on which people agree least, where there are several; "" else."""
    known = sorted((one.value, names.get(label, "")) for label, one in found.labels.items() if one.value is not None)
    if len(known) < _SEVERAL:
        return ""
    said = ", ".join(f"“{name}” {_number(value)}" for value, name in known[:_LEAST])
    return tr("Least agreement on: {labels}.", labels=said)


def _verdict(value: float) -> str:
    if value >= _RELIABLE:
        return tr("0.80 or more is usually taken as reliable.")
    if value >= _TENTATIVE:
        return tr("Between 0.67 and 0.80 only tentative conclusions are usually drawn.")
    return tr("Below 0.67 the labels are usually not taken as reliable: the guidelines may need another look.")


def difference_words(one: Difference) -> tuple[str, str]:
    """What each of the two says there."""
    if one.first_says != one.second_says:
        return one.first_says or "–", one.second_says or "–"
    how = {"boundary": tr("other boundaries"), "direction": tr("other direction")}.get(one.kind, tr("differs"))
    return one.first_says or "–", f"{one.second_says} ({how})" if one.second_says else how
