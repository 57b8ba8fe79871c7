"""Word statistics, the quick model and a tuned one on every set: accuracy on at most 600 texts, with seconds.

LEPTON_TUNED=50,200 tunes too, with so many labels; that takes hours on a computer without a GPU. Each row is printed
and kept in the file LEPTON_TABLE, which a later call goes on from. One draw of labels, all to learn from, none set
aside; 128 tokens of a text at most.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from lepton_studio.quick.linear import Features, fit
from lepton_studio.quick.regression import Floats, probabilities
from lepton_studio.runs.job import JobLabel
from lepton_studio.studio.certainty import wilson
from tests.benchmarks.figure import Figure
from tests.benchmarks.quick.samples import Pool, pool
from tests.benchmarks.quick.sets import ALL_SETS
from tests.benchmarks.tasks import tuned

_LABELS = (50, 200, 1000)
_SEED = 1


@dataclass(frozen=True, slots=True)
class Row:
    """Right answers of `n`, and the seconds of fitting, vectors included; -1 for what was not tuned.

    `summed`: by the sum of what the quick and the tuned model say.
    """

    name: str
    labels: int
    n: int
    words: int
    quick: int
    words_seconds: float
    quick_seconds: float
    tuned: int = -1
    summed: int = -1
    tuned_seconds: float = -1

    def text(self) -> str:
        """As a line of the table."""
        parts = [("words", self.words, self.words_seconds), ("quick", self.quick, self.quick_seconds)]
        if self.tuned >= 0:
            parts += [("tuned", self.tuned, self.tuned_seconds), ("quick + tuned", self.summed, -1)]
        told = []
        for name, right, seconds in parts:
            interval = wilson(right, self.n)
            took = "" if seconds < 0 else f", {seconds:.1f} s"
            told.append(f"{name} {right / self.n:.1%} ({interval.low:.1%} to {interval.high:.1%}{took})")
        return f"{self.name}, {self.labels} labels, n = {self.n}: {'; '.join(told)}"


def quick_table() -> list[Figure]:
    """By how many points each is better than the words, the worst first."""
    file = Path(os.environ.get("LEPTON_TABLE", Path(tempfile.gettempdir()) / "lepton-table.jsonl"))
    wanted = {int(one) for one in os.environ.get("LEPTON_TUNED", "").split(",") if one}
    rows = {}
    if file.exists():
        rows = {(one.name, one.labels): one for one in (Row(**json.loads(line)) for line in file.open())}
    for labels in _LABELS:
        for name in ALL_SETS:
            known = rows.get((name, labels))
            if known is None or (labels in wanted and known.tuned < 0):
                rows[name, labels] = found = _measured(name, labels, tune=labels in wanted)
                with file.open("a") as out:
                    out.write(json.dumps(asdict(found)) + "\n")
                print(found.text(), file=sys.stderr, flush=True)
    figures = []
    for one in sorted(rows.values(), key=lambda row: (row.labels, row.name)):
        figures.append(_gain("quick", one, right=one.quick))
        if one.tuned >= 0:
            figures.append(_gain("tuned", one, right=one.tuned))
    return figures


def _gain(what: str, row: Row, *, right: int) -> Figure:
    below = row.words / row.n - wilson(row.words, row.n).low
    gain = 100 * (right - row.words) / row.n
    return Figure(
        f"{row.name}, {row.labels} labels, {what} over words", gain, "points", f">= {-100 * below:.1f}", note=row.text()
    )


def _measured(name: str, labels: int, *, tune: bool) -> Row:
    began = time.monotonic()
    data = pool(name)
    a_text = (time.monotonic() - began) / len(data.texts)  # nothing where the vectors are known
    train = data.drawn(labels, seed=_SEED)
    learned, tested = data.features(train)
    words, words_seconds = _said(data, train, Features(learned.words), Features(tested.words))
    quick, quick_seconds = _said(data, train, learned, tested)
    row = Row(
        name,
        labels,
        len(data.gold),
        int((words.argmax(1) == data.gold).sum()),
        int((quick.argmax(1) == data.gold).sum()),
        words_seconds,
        quick_seconds + a_text * labels,
    )
    if not tune:
        return row
    began = time.monotonic()
    found = _tuned(data, train, model=ALL_SETS[name][0])
    seconds = time.monotonic() - began
    right, summed = (int((one.argmax(1) == data.gold).sum()) for one in (found, found + quick))
    return Row(row.name, labels, row.n, row.words, row.quick, words_seconds, row.quick_seconds, right, summed, seconds)


def _said(data: Pool, train: np.ndarray, learned: Features, tested: Features) -> tuple[Floats, float]:
    """Probabilities [n, labels] of the texts to test on, and the seconds that fitting took."""
    began = time.monotonic()
    layer = fit(learned, data.classes[train], kind="choice", outputs=data.labels)
    return probabilities(layer.logits(tested), "choice"), time.monotonic() - began


def _tuned(data: Pool, train: np.ndarray, *, model: str) -> Floats:
    def rows(places: np.ndarray) -> list[tuned.Row]:
        return [tuned.Row(data.texts[one][0], {"labels": [int(data.classes[one])]}) for one in places]

    found = tuned.tuned(
        "text_classification",
        labels=[JobLabel(one, str(one)) for one in range(data.labels)],
        train=rows(train),
        test=rows(np.arange(len(data.texts) - data.test, len(data.texts))),
        seed=_SEED,
        changes={"max_length": 128},
        model=model,
    )
    return np.array(
        [[line["scores"][str(one)] for one in range(data.labels)] for line in found.predictions], np.float32
    )


FIGURES = [quick_table]
