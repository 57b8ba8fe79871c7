"""Whether a run is as often right as it says, and what it can be left to answer alone. Plain functions on arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.errors import StudioError
from lepton_studio.language import tr, trn
from lepton_studio.project.opening import too_new
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunRecord, Split
from lepton_studio.runs.unsure import Unsure, read_unsure, write_unsure
from lepton_studio.studio.certainty import LEVEL, Interval, wilson
from lepton_studio.studio.instant.automation import RISKS, needed_tests, prove
from lepton_studio.studio.judging import Judged, judged_predictions
from lepton_studio.studio.scores_in_words import between, per_cent
from lepton_studio.studio.tuning import run_folder
from lepton_studio.tasks import task_named

_BINS, _IN_A_BIN = 10, 20
"""At most so many bins, with about so many predictions each at least."""
_DRAWS, _AT_ONCE = 400, 20
"""Draws of a bootstrap, and of these at once."""
_POINTS = 60
"""Points of the curve of what it answers against what of that is wrong."""
_FINE = 0.05
"""A calibration error that chance may bring about so easily says little."""

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


class CannotKeep(StudioError):
    """It cannot be kept with a model what that answers alone; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Predictions of which the run was at least `low` and less than `high` sure (1 belongs to the last bin).

    It was `said` sure on average; so many of `n` were `right`, a share with its 95 % `interval`.
    """

    low: float
    high: float
    said: float
    right: int
    n: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Reliability:
    """How sure a run was beside how often it was right, over `n` predictions.

    `error`: the expected calibration error over bins of about one size (Naeini et al. 2015; equal sizes as in Nguyen
    and O'Connor 2015), the mean distance between the two, weighted by predictions, with its 95 % `interval` (a
    bootstrap). It is above zero even of a run that is exactly as sure as it is right: then it is at most `by_chance`
    in 19 of 20 samples of this size. `said`: how sure it was on average; `right`: the share that was right.
    """

    n: int
    bins: tuple[ReliabilityBin, ...]
    error: float
    interval: Interval
    by_chance: float
    said: float
    right: float

    @property
    def is_off(self) -> bool:
        """Whether it is off by more than chance explains."""
        return self.error > self.by_chance


@dataclass(frozen=True, slots=True)
class Share:
    """What a run answers alone where at most the share `risk` may be wrong: all of which it is at least `threshold`
    sure, None for nothing. Of the `total` judged that is `n`, of which `wrong`; `bound`: at most such a share of what
    it answers is wrong, with 95 % confidence.
    """

    risk: float
    threshold: float | None
    n: int
    wrong: int
    bound: float
    total: int


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known of a run on a `split`, by the labels of today. `reliability`: None where what it says of its
    certainty is no probability of being right. `curve`: (answers, share of them that is wrong), rising. `kept`: see
    `kept_words`.
    """

    split: Split
    n: int
    reliability: Reliability | None
    shares: tuple[Share, ...]
    curve: tuple[tuple[int, float], ...]
    kept: str = ""


def trust(project: Project, run: RunRecord, split: Split, *, judged: Judged | None = None) -> Trust | None:
    """What is known; None for tasks of which a prediction is not plainly right or wrong. For a worker thread. `judged`:
    the predictions of the split, where they were read already.
    """
    task = task_named(project.task_id)
    if not task.right:
        return None
    rows = (judged or judged_predictions(project, run, split)).rows
    if not rows:
        return None
    sure = np.array([one.sure for one in rows], dtype=np.float64)
    right = np.array([one.is_right(task) for one in rows], dtype=np.bool_)
    return Trust(
        split,
        len(rows),
        reliability(sure, right) if task.linear == "choice" else None,
        tuple(share_at(risk, sure, right) for risk in RISKS),
        risk_curve(sure, right),
        kept_words(project, run),
    )


def keep_share(project: Project, run: RunRecord, share: Share | None) -> None:
    """Keep with the run's model from which confidence on it answers alone; None: it answers everything. What it
    predicts of a file is marked so. Raises CannotKeep, ProjectTooNew, OSError.
    """
    if project.is_newer:
        raise too_new(project.folder)
    model = run_folder(project, run).model
    if not model.is_dir():
        raise CannotKeep(tr("Run {number} has no model. Choose a finished run.", number=run.number))
    if share is not None and share.threshold is None:
        raise CannotKeep(share_words(share))
    write_unsure(model, None if share is None or share.threshold is None else Unsure(share.threshold, share.risk))


def kept_words(project: Project, run: RunRecord) -> str:
    """What is kept with the run's model, "" for nothing."""
    kept = read_unsure(run_folder(project, run).model)
    if kept is None:
        return ""
    return tr(
        "In files it predicts, what it is less than {below} sure of is marked as unsure, so that at most {risk} of the "
        "rest is wrong.",
        below=per_cent(kept.below),
        risk=per_cent(kept.risk, digits=0),
    )


def reliability(sure: Numbers, right: Flags) -> Reliability:
    """`sure` [n] and `right` [n], n > 0. Seeded draws: the same figures each time."""
    order = np.argsort(sure, kind="stable")
    sure, right = sure[order], right[order]
    n, edges = len(sure), _edges(sure)
    starts = np.searchsorted(sure, edges[:-1])
    bins = []
    for bin, (first, end) in enumerate(zip(starts, [*starts[1:], n], strict=True)):
        hits, size = int(right[first:end].sum()), int(end - first)
        said = float(sure[first:end].mean())
        bins.append(ReliabilityBin(float(edges[bin]), float(edges[bin + 1]), said, hits, size, wilson(hits, size)))
    gap = (right - sure)[None]
    errors, by_chance = [], []
    chance = np.random.default_rng(1)
    for _ in range(_DRAWS // _AT_ONCE):
        again = chance.multinomial(n, np.full(n, 1 / n), size=_AT_ONCE)
        errors.append(_error(again * gap, starts))
        by_chance.append(_error((chance.random((_AT_ONCE, n)) < sure) - sure, starts))
    low, high = np.quantile(np.concatenate(errors), (0.025, 0.975))
    return Reliability(
        n=n,
        bins=tuple(bins),
        error=float(_error(gap, starts)[0]),
        interval=Interval(float(low), float(high)),
        by_chance=float(np.quantile(np.concatenate(by_chance), 1 - LEVEL)),
        said=float(sure.mean()),
        right=float(right.mean()),
    )


def share_at(risk: float, sure: Numbers, right: Flags) -> Share:
    """What can be left to it, proven on these predictions: see `prove`."""
    found = prove(sure, sure, ~right, risk=risk)
    return Share(risk, found.threshold, found.n, found.wrong, found.bound, len(sure))


def risk_curve(sure: Numbers, right: Flags) -> tuple[tuple[int, float], ...]:
    """(how many it answers, which share of them is wrong), the surest first; equal certainties go together."""
    order = np.argsort(-sure, kind="stable")
    wrong = np.cumsum(~right[order])
    ends = np.flatnonzero(np.diff(-sure[order], append=1.0) > 0) + 1
    if len(ends) > _POINTS:
        ends = ends[np.unique(np.linspace(0, len(ends) - 1, _POINTS).round().astype(int))]
    return tuple((int(end), float(wrong[end - 1] / end)) for end in ends)


def _edges(ordered: Numbers) -> Numbers:
    """From 0 to 1: bins of about one size; predictions that are equally sure stay together, and no bin is empty."""
    n = len(ordered)
    count = max(1, min(_BINS, n // _IN_A_BIN))
    inner = np.unique(ordered[[n * bin // count for bin in range(1, count)]])
    return np.concatenate(([0.0], inner[inner > ordered[0]], [1.0]))


def _error(gaps: Numbers, starts: NDArray[np.int64]) -> Numbers:
    """Of each row of gaps [draws, n], whose bins begin at `starts`: the mean of |sum of a bin's|, per prediction."""
    found: Numbers = np.abs(np.add.reduceat(gaps, starts, axis=1)).sum(1) / gaps.shape[1]
    return found


# ------------------------------------------------------------------------------------------------------- in words


def reliability_words(one: Reliability) -> str:
    """What to think of what the run says of its own certainty, with the figures."""
    said, right = per_cent(one.said, digits=0), per_cent(one.right, digits=0)
    if not one.is_off and one.by_chance > _FINE:
        what = tr(
            "Nothing shows that its confidence is off: {said} on average, and right on {right}.", said=said, right=right
        )
    elif not one.is_off:
        what = tr(
            "Its confidence can be taken at its word: {said} on average, and right on {right}.", said=said, right=right
        )
    elif one.said > one.right + one.error / 2:
        what = tr("It is too confident: {said} on average, but right on {right}.", said=said, right=right)
    elif one.said < one.right - one.error / 2:
        what = tr(
            "It is right more often than it says: {said} on average, and right on {right}.", said=said, right=right
        )
    else:
        what = tr("Its confidence is off in places: too high for some predictions, too low for others.")
    figures = tr(
        "Calibration error {error}; {interval}; up to {chance} would be chance.",
        error=per_cent(one.error),
        interval=between(one.interval, n=one.n),
        chance=per_cent(one.by_chance),
    )
    return f"{what} {figures}"


def share_words(one: Share) -> str:
    """What it can be left to answer at a risk."""
    risk = per_cent(one.risk, digits=0)
    if one.threshold is None:
        needed = needed_tests(one.risk)
        if one.total < needed:
            return trn(
                "At most {risk} wrong: cannot be shown on {count} sample; it takes {needed} at least.",
                "At most {risk} wrong: cannot be shown on {count:,} samples; it takes {needed} at least.",
                one.total,
                risk=risk,
                needed=needed,
            )
        return tr("At most {risk} wrong: there is no confidence from which on that holds.", risk=risk)
    return tr(
        "At most {risk} wrong: it answers {share} ({n} of {total}, {wrong} wrong; at most {bound} with 95% "
        "confidence), the rest goes to a person.",
        risk=risk,
        share=per_cent(one.n / one.total, digits=0),
        n=f"{one.n:,}",
        total=f"{one.total:,}",
        wrong=f"{one.wrong:,}",
        bound=per_cent(one.bound),
    )


def trust_words(one: Trust) -> str:
    """All of it, a line each."""
    found = [] if one.reliability is None else [reliability_words(one.reliability)]
    return "\n".join([*found, *map(share_words, one.shares), *filter(None, [one.kept])])


def trust_facts(one: Trust) -> dict[str, Any]:
    """The same for programs."""
    found = one.reliability
    return {
        "split": one.split,
        "n": one.n,
        "calibration": found
        and {
            "error": found.error,
            "interval": [found.interval.low, found.interval.high],
            "by_chance": found.by_chance,
            "confidence": found.said,
            "accuracy": found.right,
            "bins": [
                {"from": bin.low, "to": bin.high, "confidence": bin.said, "right": bin.right, "n": bin.n}
                for bin in found.bins
            ],
        },
        "answers": [
            {
                "risk": share.risk,
                "threshold": share.threshold,
                "n": share.n,
                "wrong": share.wrong,
                "bound": share.bound,
                "of": share.total,
            }
            for share in one.shares
        ],
    }
