"""A dataset of the Hub on its way into a project: how its first rows are read is how all of them are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from lepton_studio.formats import Guess, refresh, sniff_all
from lepton_studio.formats.packed import call
from lepton_studio.hub.connection import Connection
from lepton_studio.hub_datasets import asking
from lepton_studio.hub_datasets.wanted import Offer
from lepton_studio.progress import Progress, ShouldStop, never, silent

_OF_THE_FILES = {
    "format",
    "paths",
    "columns",
    "splits",
    "file_labels",
    "preview",
    "notices",
    "doubts",
    "labels",
    "odd_splits",
}


def first_rows(
    offer: Offer, split: str, *, connection: Connection | None = None, should_stop: ShouldStop = never
) -> tuple[Offer, Path]:
    """The first rows of a split as a file, asked of the Hub, and the offer with what they do not hold. Raises
    HubRefused, Cancelled."""
    offer, path = asking.preview(offer, split, connection=connection, should_stop=should_stop)
    call(path, offer.name(split))
    return offer, path


def all_rows(
    offer: Offer,
    splits: Sequence[str],
    *,
    connection: Connection | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
) -> tuple[Path, ...]:
    """A file for each split, fetched where it is not here yet; `progress` is told megabytes. Raises HubRefused,
    Cancelled."""

    def in_megabytes(done: int, total: int | None) -> None:
        progress(done >> 20, total and max(total >> 20, 1))

    paths = asking.fetch(offer, tuple(splits), connection=connection, progress=in_megabytes, should_stop=should_stop)
    for split, path in zip(splits, paths, strict=True):
        call(path, offer.name(split))
    return paths


def read_alike(paths: Sequence[Path], *, guessed: Guess, chosen: Guess) -> tuple[Guess, ...]:
    """How these files are read, where a person made `chosen` of what was `guessed` from their first rows. Raises
    UnreadableFile."""
    settled = {
        one.name: getattr(chosen, one.name)
        for one in fields(Guess)
        if one.name not in _OF_THE_FILES and getattr(chosen, one.name) != getattr(guessed, one.name)
    }
    found = sniff_all(paths, wants=guessed.wants, format=guessed.format)
    return tuple(refresh(replace(one, **settled)) if settled else one for one in found)
