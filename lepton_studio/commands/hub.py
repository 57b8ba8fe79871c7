"""`import` of a dataset of the Hub: what it offers, its first rows before anything is fetched, then all of them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, Misused, ProgressLine, Refused, say, table
from lepton_studio.language import tr
from lepton_studio.words import on_one_line

if TYPE_CHECKING:
    from lepton_studio.formats import Guess
    from lepton_studio.hub_datasets.wanted import Offer

_SHOWN = 100
"""Characters of a text."""


def offered(options: Namespace) -> Offer | None:
    """What the dataset that was named offers; None where files were named. Raises Misused, HubRefused."""
    from lepton_studio.hub_datasets.asking import look
    from lepton_studio.hub_datasets.wanted import SCHEME, Wanted, dataset_id

    named = [str(one) for one in options.file if str(one).startswith(SCHEME)]
    if not named:
        if options.config or options.hub_split or options.revision:
            raise Misused(tr("--config, --hub-split and --revision are for a dataset of the Hub: hub:OWNER/NAME."))
        return None
    if len(options.file) > 1:
        raise Misused(tr("Import a dataset of the Hub by itself."))
    meant = dataset_id(named[0])
    if meant is None:
        raise Misused(tr("{named} is not the name of a dataset of the Hub, such as hub:OWNER/NAME.", named=named[0]))
    id, revision = meant
    return look(Wanted(id, config=options.config or "", revision=options.revision or revision))


def first_rows_of(offer: Offer, options: Namespace) -> tuple[list[Path], Offer]:
    """A file of the first rows, and the offer with what cannot come along; says what is known. Raises Refused."""
    from lepton_studio.studio.hub_import import first_rows
    from lepton_studio.studio.hub_rows import left_out_words, offer_words

    offer, path = first_rows(offer, _splits(offer, options)[0])
    for line in (f"{offer.name()}: {offer_words(offer)}", left_out_words(offer)):
        if line:
            say(line)
    if len(offer.configs) > 1 and not options.config:
        known = ", ".join(offer.configs)
        say(tr("Its configurations: {known}. Choose one with --config; this is {config}.", known=known,
               config=offer.config))  # fmt: skip
    return [path], offer


def all_rows_of(offer: Offer, options: Namespace) -> list[Path]:
    """A file for each split that is wanted, fetched where it is not here yet. Raises HubRefused."""
    from lepton_studio.studio.hub_import import all_rows

    progress = ProgressLine(tr("downloading, MB"))
    found = all_rows(offer, _splits(offer, options), progress=progress)
    progress.done()
    return list(found)


def as_offered(offer: Offer, guesses: Sequence[Guess]) -> Answer:
    """What `--dry-run` says: the dataset, how it would be read, and its first rows."""
    from lepton_studio.formats import Row, read

    (guess,) = guesses
    rows = [row for row in read(guess) if isinstance(row, Row)]
    facts = {
        "id": offer.id,
        "revision": offer.revision,
        "config": offer.config,
        "configs": list(offer.configs),
        "splits": dict(offer.splits),
        "licence": offer.licence,
        "languages": list(offer.languages),
        "columns": list(guess.columns),
        "text": guess.text,
        "label": guess.label,
        "left_out": dict(offer.left_out),
        "rows": [
            {"text": row.text, "labels": list(row.labels), "targets": list(row.marks.targets or ())} for row in rows
        ],
    }
    splits = table([(name, tr("{count} KB", count=f"{size / 1000:,.0f}")) for name, size in offer.splits.items()])
    shown = [f"{', '.join(row.labels) or '-'}  {on_one_line(row.text, _SHOWN)}" for row in rows]
    columns = tr("Columns: {columns}. Text: {text}. Label: {label}.", columns=", ".join(guess.columns),
                 text=guess.text, label=guess.label or tr("none"))  # fmt: skip
    return Answer(facts, "\n".join((splits, columns, *shown)))


def _splits(offer: Offer, options: Namespace) -> tuple[str, ...]:
    if not options.hub_split:
        return tuple(offer.splits)
    if options.hub_split not in offer.splits:
        raise Refused(
            tr("The dataset {id} has no such split. Its splits: {detail}.", id=offer.id, detail=", ".join(offer.splits))
        )
    return (options.hub_split,)
