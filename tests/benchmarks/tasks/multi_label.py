"""What thresholds tuned on validation are worth: SemEval-2018 task 1, eleven emotions in English tweets."""

from __future__ import annotations

import csv
from functools import cache

from lepton_studio.runs.job import JobLabel
from tests.benchmarks.figure import Figure
from tests.benchmarks.tasks.tuned import Row, Tuned, over_seeds, shared_data, tuned


def emotions(part: str) -> tuple[list[JobLabel], list[Row]]:
    """The labels and the rows of `train`, `dev` or `test-gold`."""
    path = shared_data() / "semeval2018_ec" / f"E-c-En-{part}.txt"
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    labels = [JobLabel(place + 1, name) for place, name in enumerate(header[2:])]
    return labels, [
        Row(line[1], {"labels": [label.id for label, yes in zip(labels, line[2:], strict=True) if yes == "1"]})
        for line in lines
    ]


def multi_label_emotions() -> list[Figure]:
    """Micro- and macro-F1 on the test split: thresholds tuned on validation, and one half for every label.

    Without a validation split the thresholds stay at one half, and the model of the last step counts in place of the
    best one.
    """
    (labels, train), (_, validation), (_, test) = (emotions(part) for part in ("train", "dev", "test-gold"))

    @cache
    def run(seed: int, *, is_tuned: bool) -> Tuned:
        held_back = validation if is_tuned else ()
        return tuned("multi_label", labels=labels, train=train, validation=held_back, test=test, seed=seed)

    def figure(name: str, *, is_tuned: bool) -> Figure:
        thresholds = "tuned thresholds" if is_tuned else "thresholds of one half"
        return over_seeds(
            lambda seed: run(seed, is_tuned=is_tuned),
            name=f"SemEval-2018 emotions, {name}, {thresholds}",
            target="",
            score=lambda report: report.headline[name],
        )

    return [figure(name, is_tuned=is_tuned) for is_tuned in (True, False) for name in ("micro_f1", "macro_f1")]


FIGURES = [multi_label_emotions]
