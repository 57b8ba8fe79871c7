"""What a run made of the model that it went on from, in words: on the samples of now, and on those of then."""

from __future__ import annotations

from typing import Any

from lepton_studio.contract.before import Before
from lepton_studio.contract.task import Task
from lepton_studio.language import tr, trn
from lepton_studio.studio.certainty import LEVEL, mcnemar, wilson
from lepton_studio.studio.judging import Standing, Sure
from lepton_studio.studio.scores_in_words import between, per_cent, titled_score


def before_words(one: Standing, task: Task[Any]) -> str:
    """How the model that the run started from did on the same samples, what the run forgot of that one's test samples,
    and how good its pseudo-labels are; "" for a run that started from none of ours and had none.
    """
    started = "" if one.start is None or one.is_moved else _started(one.start, task)
    forgot = "" if one.old is None else _forgot(one.old, task)
    return "\n".join(filter(None, (started, forgot, "" if one.pseudo is None else _pseudo(one.pseudo))))


def model_before(one: Before) -> str:
    """What it went on from, within a sentence."""
    if not one.run:
        return tr("the model that it started from")
    return tr("run {number} of “{project}”", number=one.run, project=one.project)


def _started(one: Before, task: Task[Any]) -> str:
    said = trn(
        "Started from {model}, which reaches {before} on the same text; this run reaches {after}.",
        "Started from {model}, which reaches {before} on the same {count:,} texts; this run reaches {after}.",
        one.n,
        **_scores(one, task),
    )
    return f"{said} {_chance(one)}"


def _forgot(one: Before, task: Task[Any]) -> str:
    said = trn(
        "On the test sample of {model}: {before} before, {after} now.",
        "On the {count:,} test samples of {model}: {before} before, {after} now.",
        one.n,
        **_scores(one, task),
    )
    if one.left_out:
        gone = trn(
            "{count} more has a label that this project does not have, or is now trained on.",
            "{count} more have labels that this project does not have, or are now trained on.",
            one.left_out,
        )
        said = f"{said} {gone}"
    if one.lost <= one.won:
        return said
    if mcnemar(one.won, one.lost) >= LEVEL:
        return f"{said} {_chance(one)}"
    forgot = tr("It forgot some: use the method “Replay”, a lower learning rate or fewer epochs.")
    return f"{said} {_chance(one)} {forgot}"


def _pseudo(one: Sure) -> str:
    if not one.n:
        return tr("Of no held-out text it is as sure as of its pseudo-labels ({share}).", share=_share(one))
    return trn(
        "As sure as of its pseudo-labels ({share}), it is right on {right:,} of {count:,} held-out text; {interval}.",
        "As sure as of its pseudo-labels ({share}), it is right on {right:,} of {count:,} held-out texts; {interval}.",
        one.n,
        share=_share(one),
        right=one.right,
        interval=between(wilson(one.right, one.n), n=one.n),
    )


def _share(one: Sure) -> str:
    return per_cent(one.threshold, digits=0)


def _chance(one: Before) -> str:
    counts = tr("{won} newly right, {lost} newly wrong.", won=f"{one.won:,}", lost=f"{one.lost:,}")
    if one.won + one.lost and mcnemar(one.won, one.lost) >= LEVEL:
        return f"{counts} {tr('The difference may be due to chance.')}"
    return counts


def _scores(one: Before, task: Task[Any]) -> dict[str, str]:
    return {
        "model": model_before(one),
        "before": titled_score(one.before, task),
        "after": titled_score(one.after, task),
    }
