"""What changed texts do to a run's answers, in sentences and for programs."""

from __future__ import annotations

from typing import Any

from lepton_studio.language import tr, trn
from lepton_studio.studio.certainty import LEVEL
from lepton_studio.studio.changed_texts.trying import Effect, Example, Tried
from lepton_studio.studio.scores_in_words import between, per_cent
from lepton_studio.studio.slices import LEAST


def change_title(change: str) -> str:
    """What was done to the texts, as the heading of a row."""
    return {
        "typos": tr("a tenth of the words mistyped"),
        "capitals": tr("all in capitals"),
        "similar": tr("a tenth of the words replaced by similar ones"),
        "sentence": tr("a neutral sentence added"),
        "pronouns": tr("pronouns of the other gender"),
        "names": tr("first names of the other gender"),
    }.get(change, change)


def tried_words(found: Tried) -> str:
    """How many texts were tried, and a sentence for each change."""
    head = trn(
        "{n} of {count:,} text was read as it is and changed.",
        "{n} of {count:,} texts were read as they are and changed.",
        found.total,
        n=f"{found.n:,}",
    )
    return "\n".join([head, *(effect_words(one) for one in found.effects)])


def effect_words(one: Effect) -> str:
    """What one change did."""
    title = change_title(one.change)
    title = title[:1].upper() + title[1:]
    if one.why:
        return tr("{change}: could not be tried. {why}", change=title, why=one.why)
    if not one.n:
        return tr("{change}: none of these texts has anything to change.", change=title)
    if one.n < LEAST:
        return trn(
            "{change}: only {count} text has something to change, too few to tell.",
            "{change}: only {count} texts have something to change, too few to tell.",
            one.n,
            change=title,
        )
    if not one.moved:
        return trn(
            "{change}: the answer of {count:,} text stays ({interval} change).",
            "{change}: the answers of all {count:,} texts stay ({interval} change).",
            one.n,
            change=title,
            interval=between(one.moved_interval, n=one.n),
        )
    moved = trn(
        "{change}: {moved} of {count:,} answer changes ({share}; {interval}).",
        "{change}: {moved} of {count:,} answers change ({share}; {interval}).",
        one.n,
        change=title,
        moved=f"{one.moved:,}",
        share=per_cent(one.moved / one.n),
        interval=between(one.moved_interval, n=one.n),
    )
    right = tr(
        "{before} were right before, {after} are now",
        before=per_cent(one.before / one.n),
        after=per_cent(one.after / one.n),
    )
    return tr("{said} {more}", said=moved, more=f"{right}{_turn(one)}")


def _turn(one: Effect) -> str:
    if one.p >= LEVEL:
        return tr("; the difference may be chance ({low} to {high} points).", **_ends(one))
    if one.after < one.before:
        return tr("; it gets worse beyond chance ({low} to {high} points).", **_ends(one))
    return tr("; it gets better beyond chance ({low} to {high} points).", **_ends(one))


def _ends(one: Effect) -> dict[str, str]:
    return {"low": f"{one.low * 100:+.0f}", "high": f"{one.high * 100:+.0f}"}


def difference_of(one: Effect) -> str:
    """The difference of the shares that are right, with its interval in points."""
    return (
        ""
        if one.n < LEAST
        else f"{(one.after - one.before) / one.n * 100:+.0f} ({_ends(one)['low']} … {_ends(one)['high']})"
    )


def verdict_of(one: Effect) -> str:
    """Whether it does harm, in a word or two."""
    if one.why:
        return tr("not tried")
    if one.n < LEAST:
        return tr("too few to tell")
    if one.p >= LEVEL:
        return tr("may be chance")
    return tr("worse") if one.after < one.before else tr("better")


def example_words(one: Example) -> str:
    """Both answers and the changed text, on a line."""
    return tr("“{said}” becomes “{says}”: {text}", said=one.said, says=one.says, text=" ".join(one.after.split()))


def tried_facts(found: Tried) -> dict[str, Any]:
    """The same for programs."""
    return {
        "split": found.split,
        "n": found.n,
        "of": found.total,
        "changes": [
            {
                "change": one.change,
                "n": one.n,
                "moved": one.moved,
                "moved_interval": [one.moved_interval.low, one.moved_interval.high],
                "right_before": one.before,
                "right_after": one.after,
                "better": one.better,
                "worse": one.worse,
                "interval": [one.low, one.high],
                "p": one.p,
                "why": one.why or None,
                "samples": list(one.samples),
                "examples": [
                    {
                        "sample": each.sample,
                        "before": each.before,
                        "after": each.after,
                        "said": each.said,
                        "says": each.says,
                        "right": list(each.right),
                    }
                    for each in one.examples
                ],
            }
            for one in found.effects
        ],
    }
