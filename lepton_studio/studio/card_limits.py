"""What is to be said against a model before anybody relies on it, told by what is known of its run: for its card."""

from __future__ import annotations

from collections.abc import Iterator

from lepton_studio.language import tr, trn
from lepton_studio.studio.card_facts import CardFacts
from lepton_studio.studio.judging import moved_words
from lepton_studio.studio.scores_in_words import between, per_cent
from lepton_studio.words import split_name

_FEW = 10
"""Held-out samples of a label: of fewer, its figures say little."""
_FEW_IN_ALL = 50
"""Held-out samples: of fewer, an interval is itself a guess."""
_RARE = 0.05
"""Of the training texts: a language that fewer of them have is hardly in the data."""
_SHOWN = 8


def limits(about: CardFacts) -> Iterator[str]:
    """A sentence for each; the last one is true of every model."""
    yield from _of_the_test(about)
    yield from _of_the_data(about)
    if about.task.linear and about.manifest is not None and about.manifest.max_length:
        yield tr(
            "It reads the first {count} tokens (pieces of words) of a text and nothing of what follows.",
            count=f"{about.manifest.max_length:,}",
        )
    yield tr("The figures hold for texts like those it was measured on. Of other texts nothing is known.")


def _of_the_test(about: CardFacts) -> Iterator[str]:
    splits = [one.split for one in about.measured]
    for split in about.damaged:
        yield tr("Its scores on {split} samples cannot be read: the stored data is damaged.", split=split_name(split))
    if not splits:
        yield tr("It was never scored on samples that it had not seen.")
        return
    first = about.measured[0]
    if "test" not in splits:
        yield tr(
            "It was not scored on test samples. The validation samples also chose its best step, so its scores are "
            "slightly optimistic."
        )
    if first.standing.is_vague or first.standing.n < _FEW_IN_ALL:
        yield trn(
            "It was measured on {count:,} sample only: by chance alone, its score could be far off ({interval}).",
            "It was measured on {count:,} samples only: by chance alone, its score could be far off ({interval}).",
            first.standing.n,
            interval=between(first.standing.interval, n=first.standing.n),
        )
    if said := moved_words(first.standing, about.task):
        yield said
    rows = () if first.report is None else first.report.per_class
    few = sorted((row.support, row.label) for row in rows if row.support < _FEW)
    if few:
        named = tr(", ").join(f"{label} ({count})" for count, label in few[:_SHOWN])
        more = tr("; and {count} more", count=len(few) - _SHOWN) if len(few) > _SHOWN else ""
        yield tr(
            "Of these labels it was measured on fewer than {few} samples, which says little: {labels}.",
            few=_FEW,
            labels=named + more,
        )


def _of_the_data(about: CardFacts) -> Iterator[str]:
    data = about.data
    if data is None:
        return
    if data.seen:
        yield trn(
            "The text of {count:,} validation or test sample is also a training text, so its scores may be too good.",
            "The texts of {count:,} validation or test samples are also training texts, so its scores may be too good.",
            data.seen,
        )
    untaught = [name for name, by in data.labels.items() if not by.get("train")]
    if untaught and any(data.labels.values()):
        named = tr(", ").join(untaught[:_SHOWN])
        yield tr("It never saw a training sample of these labels: {labels}.", labels=named)
    told = {name: count for name, count in data.languages.items() if name}
    common = [name for name, count in told.items() if count >= _RARE * data.looked_at]
    if told and common:
        yield tr(
            "Its training texts are in: {languages}. Of texts in other languages nothing is known.",
            languages=tr(", ").join(tr("other languages") if one == "other" else tr(one) for one in sorted(common)),
        )
    else:
        yield tr("The language of its training texts could not be told.")
    foreign = sum(count for name, count in told.items() if name != "English") / data.looked_at
    if about.base is not None and about.base.languages == "English" and foreign >= _RARE:
        yield tr(
            "Its base model, {name}, was made for English; {share} of its training texts are in other languages.",
            name=about.base.name,
            share=per_cent(foreign, digits=0),
        )
