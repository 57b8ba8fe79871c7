"""How lengths, splits, stages and long texts are said, everywhere alike."""

from __future__ import annotations

from lepton_studio.language import tr, trn
from lepton_studio.progress import Pace


def shortened(text: str, most: int) -> str:
    """The text, with "…" in place of what goes beyond so many characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def on_one_line(text: str, most: int) -> str:
    """The beginning of a text with every white space as one space, shortened."""
    return shortened(" ".join(text[: 2 * most].split()) + ("…" if len(text) > 2 * most else ""), most)


def split_name(split: str | None) -> str:
    """ "training", "validation", "test", or "no split"; any other name as it is."""
    if split is None:
        return tr("no split")
    return {"train": tr("training"), "validation": tr("validation"), "test": tr("test")}.get(split, split)


def cut_targets(count: int, *, total: int) -> str:
    """That some targets are not learnt to their end."""
    return trn(
        "{count} of {total} target texts is longer than the maximum output length: only its beginning is learned.",
        "{count} of {total} target texts are longer than the maximum output length: only their beginning is learned.",
        count,
        total=f"{total:,}",
    )


def duration(seconds: float) -> str:
    """A length of time, as exact as an estimate is: "40 s", "12 min", "1.5 h"."""
    if seconds < 90:
        return tr("{count} s", count=max(1, round(seconds)))
    if seconds < 90 * 60:
        return tr("{count} min", count=round(seconds / 60))
    return tr("{count} h", count=f"{seconds / 3600:.1f}")


def duration_left(seconds: float) -> str:
    """ "about 2 min left", rounded as a person would say it."""
    if seconds < 8:
        return tr("a few seconds left")
    if seconds < 90:
        return tr("about {n} s left", n=round(seconds / 5) * 5)
    if seconds < 5400:
        return tr("about {n} min left", n=round(seconds / 60))
    return tr("about {n} h left", n=f"{seconds / 3600:.1f}")


def clock(seconds: float) -> str:
    """A length of time as it runs: "48 s", "3:20 min", "1:05 h"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return tr("{count} s", count=whole)
    if whole < 3600:
        return tr("{minutes}:{seconds} min", minutes=whole // 60, seconds=f"{whole % 60:02}")
    return tr("{hours}:{minutes} h", hours=whole // 3600, minutes=f"{whole % 3600 // 60:02}")


def memory(megabytes: float) -> str:
    """Memory in the unit that suits it."""
    if megabytes < 1000:
        return tr("{count} MB", count=round(megabytes))
    return tr("{count} GB", count=f"{megabytes / 1000:.1f}")


def fetched_words(*, done: int, total: int, pace: Pace) -> str:
    """How far a download of so many bytes is: "12 of 84 MB, about 10 s left"."""
    values = {"done": done // 1_000_000, "total": round(total / 1e6)}
    left = pace.seconds_left(done, total)
    if left is None:
        return tr("{done} of {total} MB", **values)
    return tr("{done} of {total} MB, {left}", left=duration_left(left), **values)


def stage_words(stage: str | None) -> str:
    """What the child is doing, by a `runs.events.Stage`; None: not yet begun."""
    if stage is None:
        return tr("Starting the process")
    return {
        "loading": tr("Loading the model"),
        "embedding": tr("Encoding all texts"),
        "probing": tr("Fitting the initial head"),
        "pretraining": tr("Learning from unlabelled texts"),
        "rewriting": tr("Rewriting the training texts"),
        "training": tr("Tuning"),
        "evaluating": tr("Scoring"),
        "saving": tr("Saving the model"),
        "predicting": tr("Predicting"),
        "explaining": tr("Weighing the words"),
        "measuring": tr("Trying a few steps"),
        "placing": tr("Drawing the map"),
        "racing": tr("Comparing"),
    }.get(stage, stage)
