"""Every format that is written, every part of a sample: it comes back equal, or a line says what is lost."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from lepton_studio.formats import writers_for
from tests.benchmarks.figure import Figure
from tests.formats.round_trip_rows import SETS, Trip, contents, trip


def round_trips() -> list[Figure]:
    """Prints a table of format and part: "=" for equal, the count in the losses for what is lost, "?" for silence."""
    parts = list(dict.fromkeys(part for _, rows in SETS.values() for part in contents(rows)))
    lines = [["", *parts]]
    totals: Counter[str] = Counter()
    for one in writers_for(()):
        trips: list[Trip] = []
        for wants, rows in SETS.values():
            with tempfile.TemporaryDirectory() as home:
                trips.append(trip(one, rows, wants=wants, folder=Path(home)))
        cells = [one.id]
        for part in parts:
            lost = sum(found.lost.get(part, 0) for found in trips)
            silent = any(part in found.silent for found in trips)
            cells.append("?" if silent else str(-lost) if lost else "=")
            totals["silent" if silent else "lost" if lost else "equal"] += 1
        lines.append(cells)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for cells in lines:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print("  ".join(padded).rstrip(), file=sys.stderr)
    return [
        Figure(
            "round trips: equal", totals["equal"], "cells", note=f"of {totals.total()}: a format and a part of a sample"
        ),
        Figure("round trips: lost, with a line that says so", totals["lost"], "cells"),
        Figure("round trips: lost without a word", totals["silent"], "cells", "<= 0"),
    ]


FIGURES = [round_trips]
