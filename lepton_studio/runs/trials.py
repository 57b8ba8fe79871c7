"""What a run that compares leaves of it in its folder: trials.jsonl, a line for each fit, so that a run that is gone on
with does none twice; and trials.json, how each trial ended, for reports.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from lepton_studio.runs.events import Tried
from lepton_studio.runs.folder import RunFolder, write_whole
from lepton_studio.runs.wire import BadLine, decode, encode


@dataclass(frozen=True, slots=True)
class FitLine:
    """One fit: of which trial, on which fold; the places of the samples that it was judged on, in the order of the
    run's training and validation samples, their qualities, and the probabilities of each label where there are such.
    """

    trial: str
    fold: int
    seconds: float
    places: tuple[int, ...]
    qualities: tuple[float, ...]
    probabilities: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Trials:
    """`kind`: "race", "search", "seeds" or "folds". `sentence`: what came of it, in the language of the run."""

    kind: str
    trials: tuple[Tried, ...]
    sentence: str = ""


def add_fit(folder: RunFolder, fit: FitLine) -> None:
    """Append a line. Raises OSError."""
    with folder.trials_log.open("ab", buffering=0) as file:
        file.write(b"\n" + json.dumps(asdict(fit)).encode())


def read_fits(folder: RunFolder) -> Iterator[FitLine]:
    """All lines that are whole."""
    if not folder.trials_log.exists():
        return
    for line in folder.trials_log.read_bytes().splitlines():
        try:
            content = json.loads(line)
            yield FitLine(
                str(content["trial"]),
                int(content["fold"]),
                float(content["seconds"]),
                tuple(content["places"]),
                tuple(content["qualities"]),
                tuple(map(tuple, content["probabilities"])),
            )
        except (ValueError, KeyError, TypeError):
            continue


def write_trials(folder: RunFolder, trials: Trials) -> None:
    """Raises OSError."""
    rows = [json.loads(encode(one)) for one in trials.trials]
    content = {"kind": trials.kind, "sentence": trials.sentence, "trials": rows}
    write_whole(folder.trials_file, json.dumps(content, indent=1, ensure_ascii=False))


def read_trials(folder: RunFolder) -> Trials | None:
    """None where the run compared nothing, or that cannot be read."""
    try:
        content: Any = json.loads(folder.trials_file.read_text("utf-8"))
        rows = [decode(json.dumps(one)) for one in content["trials"]]
        found = tuple(one for one in rows if isinstance(one, Tried))
        return Trials(str(content["kind"]), found, str(content["sentence"]))
    except (OSError, ValueError, KeyError, TypeError, BadLine):
        return None


def forget_trials(folder: RunFolder) -> None:
    """Begin anew."""
    folder.trials_log.unlink(missing_ok=True)
    folder.trials_file.unlink(missing_ok=True)
