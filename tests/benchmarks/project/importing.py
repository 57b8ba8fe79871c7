"""A table of texts of 30 words on its way into a project: how long, how large, and how soon it can be searched.

`LEPTON_ROWS` is how many rows there are. Beside each time stands what the `csv` module and `executemany` take for the
same bytes, in the same run; both are of the processor, as others may keep the machine and its disk busy.
"""

from __future__ import annotations

import csv
import os
import random
import re
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from lepton_studio.formats import sniff
from lepton_studio.project.places import DATABASE_NAME
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from lepton_studio.studio.importing import import_files
from tests.benchmarks.figure import Figure

ROWS = int(os.environ.get("LEPTON_ROWS", "100_000"))
WORDS = 30
LABELS = 20
_SEARCHES = ("the", "camera", "batteries", "thering", "zzyzx", "a b")
_READ = Path(__file__).parents[4] / "shared" / "data" / "blitzer_4domains"


def importing() -> list[Figure]:
    """Half of the rows have a label. A million rows may take 60 s and 500 MB where the table has 180."""
    with tempfile.TemporaryDirectory() as scratch:
        table, folder = Path(scratch) / "rows.csv", Path(scratch) / "Rows.lepton"
        _write(table)
        plain = _seconds(lambda: _plainly(table, Path(scratch) / "plain.db"))
        with Project.create(folder, task="text_classification") as project:
            guess = sniff([table], wants=("label",))
            came = _seconds(lambda: import_files(project, guess))
            scanned = max(_seconds(partial(project.samples, Filter(search=one))) for one in _SEARCHES)
            indexed = _seconds(project.index_texts)
            found = {one: _seconds(partial(project.samples, Filter(search=one))) for one in _SEARCHES}
        slowest = max(found, key=lambda one: found[one])
        size, given = (folder / DATABASE_NAME).stat().st_size, table.stat().st_size
    note = f"n = {ROWS:,} rows of {WORDS} words"
    return [
        Figure("import, of the processor", came, "s", f"<= {60e-6 * ROWS:g}" if ROWS > 100_000 else "<= 5", note=note),
        Figure("import against csv and executemany of the same rows", came / plain, "times", note=note),
        Figure("index of words behind it", indexed, "s", note=note),
        Figure("size of the project for each byte of the table", size / given, "", "<= 2.78",
               note=f"{note}; {size / 1e6:.0f} MB of {given / 1e6:.0f} MB"),
        Figure("first page of a search before the index is there, slowest", 1000 * scanned, "ms", note=note),
        Figure("first page of a search, slowest", 1000 * found[slowest], "ms", "<= 100", note=f"{note}; “{slowest}”"),
        Figure("memory at its highest", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", "<= 300",
               note=f"{note}; without a window"),
    ]  # fmt: skip


def _plainly(table: Path, database: Path) -> None:
    with closing(sqlite3.connect(database)) as db, table.open(encoding="utf-8", newline="") as file:
        db.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, text TEXT, label TEXT)")
        with db:
            db.executemany("INSERT INTO plain (text, label) VALUES (?, ?)", csv.reader(file))


def _write(table: Path) -> None:
    """Words as often as people write them, in reviews."""
    chance = random.Random(4)
    words = [
        word for file in sorted(_READ.glob("*/*")) for word in re.findall(r"\S+", file.read_text("utf-8", "replace"))
    ]
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("text", "label"))
        for number in range(ROWS):
            text = " ".join(chance.choices(words, k=WORDS))
            rows.writerow((text, f"label {chance.randrange(LABELS)}" if number % 2 else ""))


def _seconds(do: Callable[[], object]) -> float:
    started = time.thread_time()
    do()
    return time.thread_time() - started


FIGURES = [importing]
