"""What simpler models reach beside a run, in words, and what to do where the run is no better."""

from __future__ import annotations

from lepton_studio.contract.task import Baseline
from lepton_studio.language import tr, trn
from lepton_studio.studio.certainty import LEVEL, mcnemar, wilson
from lepton_studio.studio.judging import Standing
from lepton_studio.studio.scores_in_words import between, per_cent


def baseline_words(one: Standing) -> str:
    """What is reached on the same samples by word statistics and the quick model, or by copying, and what to do where
    the model is no better; "" where that is not known, or was measured by other labels than those of today.
    """
    if one.baseline is None or one.is_moved or not one.n:
        return ""
    if one.baseline.by != "words":
        return _copying_words(one.baseline, n=one.n)
    said = trn(
        "Word statistics alone get {share} on the same text; {interval}.",
        "Word statistics alone get {share} on the same {count:,} texts; {interval}.",
        one.n,
        **_reached(one.baseline, n=one.n),
    )
    if one.quick is None:
        return " ".join(filter(None, [said, _no_better(one.baseline)]))
    quick = tr("The quick model gets {share}; {interval}.", **_reached(one.quick, n=one.n))
    return " ".join(filter(None, [said, quick, _no_better_than_quick(one.quick)]))


def _reached(beside: Baseline, *, n: int) -> dict[str, str]:
    return {"share": per_cent(beside.right / n), "interval": between(wilson(beside.right, n), n=n)}


def _no_better(words: Baseline) -> str:
    if mcnemar(words.better, words.worse) >= LEVEL:
        return tr("The difference may be due to chance: label more texts, or try another base model or method.")
    if words.worse > words.better:
        return tr("They do better: label more texts, or try another base model or method.")
    return ""


def _no_better_than_quick(quick: Baseline) -> str:
    if mcnemar(quick.better, quick.worse) >= LEVEL:
        return tr(
            "The difference between the two may be due to chance: take the quick model, label more texts, or try "
            "another base model."
        )
    if quick.worse > quick.better:
        return tr("It does better than this one: take the quick model, label more texts, or try another base model.")
    return ""


def _copying_words(beside: Baseline, *, n: int) -> str:
    value = per_cent(beside.quality)
    if beside.by == "lead":
        said = trn(
            "Copying the beginning of the text gets an average of {value} on the same text.",
            "Copying the beginning of each text gets an average of {value} on the same {count:,} texts.",
            n,
            value=value,
        )
    else:
        said = trn(
            "Copying what was written for the most similar training sample gets an average of {value} on the same "
            "text.",
            "Copying what was written for the most similar training sample gets an average of {value} on the same "
            "{count:,} texts.",
            n,
            value=value,
        )
    if mcnemar(beside.better, beside.worse) < LEVEL:
        if beside.better > beside.worse:
            return said
        return tr("{said} That is better than this model: annotate more texts, or try another base model.", said=said)
    return tr("{said} The difference may be due to chance: annotate more texts, or try another base model.", said=said)
