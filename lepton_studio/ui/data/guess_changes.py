"""How files are guessed to be read, and what a person changes of that. Slow where files are large: call it beside the
window; what reads files is loaded here, with the first question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lepton_studio.formats import Guess
from lepton_studio.hub.connection import Connection
from lepton_studio.studio.hub_rows import HubRows
from lepton_studio.ui.shared.background import WorkContext


def sniffed_all(paths: Sequence[Path], *, wants: Sequence[str]) -> tuple[Guess, ...]:
    """A guess for each set of files that are read alike. Raises UnreadableFile, as all here."""
    from lepton_studio.formats import sniff_all

    return sniff_all(paths, wants=wants)


def sniffed(paths: Sequence[Path], *, format_id: str, wants: Sequence[str]) -> Guess:
    """The guess for these files in a format that a person chose."""
    from lepton_studio.formats import sniff

    return sniff(paths, format=format_id, wants=wants)


def each_turn_of(guess: Guess, roles: tuple[str, ...]) -> Guess:
    """Turns of these parties as samples."""
    from lepton_studio.formats import each_turn

    return each_turn(guess, of=roles)


def table_chosen(guess: Guess, name: str) -> Guess:
    """Another table of its files."""
    from lepton_studio.formats import choose_table

    return choose_table(guess, name)


def header_chosen(guess: Guess, row: int) -> Guess:
    """Another row with the names of the columns."""
    from lepton_studio.formats import choose_header

    return choose_header(guess, row)


def refreshed(guess: Guess, before: Guess) -> Guess:
    """The guess that `before` became."""
    from lepton_studio.formats import refresh

    return refresh(guess, before=before)


def downloaded(
    rows: HubRows, *, guessed: Guess | None, chosen: Guess, connection: Connection, progress: WorkContext
) -> tuple[HubRows, tuple[Guess, ...]]:
    """All rows of a dataset whose first ones are `rows`, read as a person chose. Raises HubRefused, Cancelled."""
    from lepton_studio.studio.hub_import import all_rows, read_alike

    stop = progress.should_stop
    paths = all_rows(rows.offer, rows.splits, connection=connection, progress=progress.show, should_stop=stop)
    guesses = read_alike(paths, guessed=guessed or chosen, chosen=chosen)
    return HubRows(rows.offer, paths, rows.splits, is_whole=True), guesses
