"""Runs a group of figures: `python -m tests.benchmarks GROUP [FIGURE ...] [--json]`.

A group is a folder of modules here; each module has a list `FIGURES` of functions without arguments that measure and
return one Figure or several. A FIGURE on the command line is the name of such a function or a part of it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

from lepton_studio.child.variables import VARIABLES
from tests.benchmarks.figure import Figure

Measure = Callable[[], Figure | Sequence[Figure]]
HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every figure was measured (met or not), 1 when one could not be, 2 for a figure that is not there."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measure the figures of a group.")
    parser.add_argument("group", choices=groups())
    parser.add_argument("figure", nargs="*", help="only the figures whose name contains one of these")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    for key, value in VARIABLES.items():  # what is tuned in this process is tuned as in a child
        os.environ.setdefault(key, value)
    wanted = [m for m in measures(options.group) if not options.figure or any(f in name(m) for f in options.figure)]
    if not wanted:
        parser.error(f"no such figure; there are: {', '.join(map(name, measures(options.group)))}")
    figures = []
    for measure in wanted:
        print(f"measuring {name(measure)} ...", file=sys.stderr, flush=True)
        figures += measured(measure)
    print(json.dumps({"figures": [one.to_json() for one in figures]}, indent=1) if options.json else table(figures))
    return 1 if any(math.isnan(one.value) for one in figures) else 0


def groups() -> list[str]:
    """The group folders that are here."""
    return sorted(module.name for module in pkgutil.iter_modules([str(HERE)]) if module.ispkg)


def measures(group: str) -> Iterator[Measure]:
    """The functions of the group's modules, in the order of their files."""
    for module in sorted(pkgutil.iter_modules([str(HERE / group)]), key=lambda one: one.name):
        yield from getattr(import_module(f"tests.benchmarks.{group}.{module.name}"), "FIGURES", [])


def name(measure: Measure) -> str:
    """What the command line calls it."""
    return measure.__name__


def measured(measure: Measure) -> list[Figure]:
    """Its figures; one without a value, and the traceback on stderr, where it fails."""
    try:
        with redirect_stdout(sys.stderr):
            found = measure()
    except Exception as broken:
        traceback.print_exc()
        return [Figure(name(measure), math.nan, "", note=f"could not be measured: {broken}")]
    return [found] if isinstance(found, Figure) else list(found)


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned text."""
    rows = [("figure", "value", "spread", "unit", "target", "met")]
    for one in figures:
        spread = "" if one.spread is None else f"{one.spread:.3g}"
        met = "" if not one.target else "yes" if one.met else "NO"
        rows.append((one.name, f"{one.value:.4g}", spread, one.unit, one.target, met))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    notes = [f"{one.name}: {one.note}" for one in figures if one.note]
    return "\n".join([*lines, *notes])


if __name__ == "__main__":
    sys.exit(main())
