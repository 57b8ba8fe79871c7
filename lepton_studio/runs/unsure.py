"""From which confidence on a tuned model answers alone, kept in its folder: `unsure.json`. Standard library only.

It lies beside the manifest, which stays as it was written: a person chooses and changes this later.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from lepton_studio.runs.folder import read_json, write_whole

UNSURE = "unsure.json"


@dataclass(frozen=True, slots=True)
class Unsure:
    """What the model is less than `below` (0..1) sure of is for a person: chosen so that of the rest at most the share
    `risk` is wrong, as its test samples show."""

    below: float
    risk: float


def read_unsure(model: Path) -> Unsure | None:
    """What was chosen for the model in this folder; None for nothing, and for what cannot be read."""
    try:
        stored = read_json(model / UNSURE)
        return Unsure(float(stored["below"]), float(stored["risk"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def write_unsure(model: Path, chosen: Unsure | None) -> None:
    """Keep it; None: the model answers everything. Raises OSError."""
    if chosen is None:
        (model / UNSURE).unlink(missing_ok=True)
    else:
        write_whole(model / UNSURE, json.dumps(asdict(chosen)))
