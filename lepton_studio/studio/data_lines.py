"""What a child reads of a sample: a line of a data file in a run folder."""

from __future__ import annotations

from lepton_studio.contract.task import Input


def data_line(id: int, given: Input) -> dict[str, object]:
    """The line, JSON-able; `lepton_studio.training.snapshot.read_row` reads it. A file is named by its digest."""
    line: dict[str, object] = {"id": id, "text": given.text}
    if given.fields:
        line["fields"] = dict(given.fields)
    if given.media is not None:
        line["media"] = given.media.name
    return line
