"""Public data sets, read from the folder `../shared/data`, or LEPTON_SHARED_DATA."""

from __future__ import annotations

import csv
import os
from pathlib import Path

Row = tuple[str, str]
"""Text and label."""


def shared_data() -> Path:
    """The folder of real data sets."""
    return Path(os.environ.get("LEPTON_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


def banking77(part: str) -> list[Row]:
    """Rows of `train` or `test`."""
    with (shared_data() / "banking77" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def trec(part: str) -> list[Row]:
    """Rows of `train` or `test` with their six coarse labels."""
    lines = (shared_data() / "trec" / f"TREC.{part}").read_text("latin-1").splitlines()
    pairs = (line.partition(" ") for line in lines if line.strip())
    return [(text.strip(), label.partition(":")[0]) for label, _, text in pairs]
