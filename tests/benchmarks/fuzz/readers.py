"""Small damages to files of every format, new ones each time; what breaks a reader is kept to become a test."""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.figure import Figure
from tests.formats.damage import NATIVE, damages, fault, seeds

_MINUTES = float(os.environ.get("LEPTON_FUZZ_MINUTES", "3"))
_SLOW = 20.0
"""Seconds; a file as small as these that takes longer is as bad as one that breaks its reader."""


def damaged_files() -> list[Figure]:
    """How many damages were tried, and how many were not answered in rows and sentences, or too late."""
    return _attacked(native=False)


def damaged_native_files() -> list[Figure]:
    """The same for files that libraries read in a process of their own."""
    return _attacked(native=True)


def _attacked(*, native: bool) -> list[Figure]:
    start = int(time.time())
    chance = random.Random(start)
    kept = Path(tempfile.mkdtemp(prefix="lepton-fuzz-"))
    tried, broken = 0, []
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        (folder / "seeds").mkdir()
        found = [one for one in seeds(folder / "seeds") if bool(NATIVE & set(one.parts)) == native]
        end = time.monotonic() + 60 * _MINUTES
        while time.monotonic() < end:
            target = folder / str(tried) / "damaged"
            target.parent.mkdir()
            damaged = next(damages(chance, chance.choice(found), target=target))
            begun = time.monotonic()
            said = fault(damaged, chance)
            if said or time.monotonic() - begun > _SLOW:
                broken.append(said)
                print(said or f"slow: {damaged.name}", file=sys.stderr)
                shutil.move(target.parent, kept / str(tried))
            shutil.rmtree(target.parent, ignore_errors=True)
            tried += 1
    name = "native files" if native else "files"
    note = f"kept in {kept}, seed {start}" if broken else ""
    return [
        Figure(f"damaged {name}", tried, "files"),
        Figure(f"damaged {name} not answered", len(broken), "files", "<= 0", note=note),
    ]


FIGURES = [damaged_files, damaged_native_files]
