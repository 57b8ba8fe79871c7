"""Self-agreement: how often a person gives the same answer to a text that they had labelled before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lepton_studio.language import tr
from lepton_studio.project.connection import to_json
from lepton_studio.project.project import Project
from lepton_studio.project.records import SampleId
from lepton_studio.project.reviews import Reviewed
from lepton_studio.studio.agreement.measures import cohen
from lepton_studio.studio.certainty import wilson
from lepton_studio.studio.scores_in_words import between, per_cent

SHARES = (0.0, 0.02, 0.05)
"""Of all questions, to choose from."""
_FEWEST = 10
"""Answers from which on kappa is said, and in each half for its drift."""


@dataclass(frozen=True, slots=True)
class SelfAgreement:
    """Of `n` texts that were asked about again, so many got the `same` answer. `kappa`: Cohen's, between first and
    second answers; `earlier` and `later`: that of the first and the second half of them, by when they were asked
    again. Those are None where there are too few, or all answers are one. `differing`: the other samples.
    """

    n: int = 0
    same: int = 0
    kappa: float | None = None
    earlier: float | None = None
    later: float | None = None
    differing: tuple[SampleId, ...] = ()
    by_person: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """(same, n) of each."""


def self_agreement(project: Project) -> SelfAgreement:
    """Of all that was asked again and answered."""
    found = [one for one in project.reviews("again") if one.before is not None and one.after is not None]
    by_person: dict[str, tuple[int, int]] = {}
    for one in found:
        same, n = by_person.get(one.who, (0, 0))
        by_person[one.who] = same + one.is_same, n + 1
    half = len(found) // 2
    return SelfAgreement(
        len(found),
        sum(one.is_same for one in found),
        _kappa(found),
        _kappa(found[:half]),
        _kappa(found[half:]),
        tuple(one.sample for one in found if not one.is_same),
        by_person,
    )


def self_agreement_sentence(found: SelfAgreement) -> str:
    """For a person, with what it divides by; "" before anything was asked again."""
    if not found.n:
        return ""
    share = per_cent(found.same / found.n, digits=0)
    interval = between(wilson(found.same, found.n), n=found.n)
    return tr("Same answer on {share} of {n} asked again ({interval})", share=share, n=found.n, interval=interval)


def kappa_sentence(found: SelfAgreement) -> str:
    """Kappa and its drift; what is missing for it."""
    if found.kappa is None:
        return tr("Kappa needs at least {n} repeated answers, and more than one label among them.", n=_FEWEST)
    said = tr("Cohen's kappa: {kappa}", kappa=f"{found.kappa:.2f}")
    if found.earlier is None or found.later is None:
        return said
    drift = tr("{earlier} in the first half, {later} in the second", earlier=f"{found.earlier:.2f}",
               later=f"{found.later:.2f}")  # fmt: skip
    return f"{said} ({drift})"


def _kappa(found: Sequence[Reviewed]) -> float | None:
    if len(found) < _FEWEST:
        return None
    places: dict[str, int] = {}
    first, second = (
        [places.setdefault(to_json(answer), len(places)) for answer in answers]
        for answers in ([one.before for one in found], [one.after for one in found])
    )
    return cohen(first, second).value if len(places) > 1 else None
