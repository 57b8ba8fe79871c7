"""Which format a file is of, and how that format reads it."""

from __future__ import annotations

from lepton_studio.formats.base import Format, Guess, UnreadableFile
from lepton_studio.formats.bounds import MOST_COLUMNS
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.guessing import advice
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.guessing.other_kinds import why_refused
from lepton_studio.formats.misshapen import not_foreseen
from lepton_studio.formats.tables.json_objects import OTHER_SHAPE
from lepton_studio.formats.tables.json_values import why_no_json
from lepton_studio.language import tr

_PLAIN = {"lines", "csv"}
"""What any text can be read as."""


def describe(head: FileStart, format: str | None) -> Guess:
    """What the format says of the file; that of the id `format`, else the one that is most sure of it. Raises
    UnreadableFile."""
    if not head.is_folder and head.size == 0:
        raise UnreadableFile(tr("{file} is empty.", file=head.path.name))
    if format is None and head.text.startswith("<?xml"):
        raise UnreadableFile(advice.wrong_kind(head))
    if format is None and (refusal := why_refused(head)):
        raise UnreadableFile(refusal)
    chosen = all_formats()[format] if format else _best_format(head)
    if format is None and chosen.id in _PLAIN and (why := why_no_json(head.text, suffix=head.suffix)):
        raise UnreadableFile(
            tr(
                "{file} seems to be JSON, but is not valid ({why}). Correct it, or export it again.",
                file=head.path.name,
                why=why,
            )
        )
    if head.kind and not _certainty(chosen, head):
        raise UnreadableFile(advice.wrong_kind(head))
    try:
        guess = chosen.describe(head)
    except OTHER_SHAPE as error:
        raise UnreadableFile(
            tr(
                "{file} looks like {format}, but has a different structure. Choose another format for it.",
                file=head.path.name,
                format=tr(chosen.title),
            )
        ) from error
    if len(guess.columns) > MOST_COLUMNS:
        sentence = tr("{file} has {count} columns, more than can be shown. Save a table with fewer columns.",
                      file=head.path.name, count=f"{len(guess.columns):,}")  # fmt: skip
        raise UnreadableFile(sentence)
    return guess


def _certainty(format: Format, head: FileStart) -> float:
    """How sure the format is that the file is its own; not at all where it holds what the format does not foresee."""
    try:
        return format.detect(head)
    except OTHER_SHAPE:
        not_foreseen(head.path.name)
        return 0.0


def _best_format(head: FileStart) -> Format:
    sure, _, best = max((_certainty(one, head), one.id, one) for one in all_formats().values())
    if sure <= 0:
        raise UnreadableFile(advice.wrong_kind(head))
    return best
