"""What thresholds tuned on validation are worth: SemEval-2018 task 1, eleven emotions in English tweets."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

from lepton_studio.contract.task import Report
from lepton_studio.project.records import Label
from lepton_studio.runs.job import JobLabel
from lepton_studio.tasks.multi_label import TASK
from lepton_studio.tasks.multi_label.annotation import Choices
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data
from tests.benchmarks.tasks.tuned import Row, Tuned, over_seeds, tuned


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


def at_one_half(run: Tuned, test: Sequence[Row], labels: Sequence[JobLabel]) -> Report:
    """The report of the same run, had every label the threshold of one half."""
    known = tuple(Label(one.id, one.name, "", "", "", place) for place, one in enumerate(labels))
    gold = [TASK.parse(row.value, known) for row in test]
    said = [Choices(tuple(one.id for one in labels if line["scores"][str(one.id)] >= 0.5)) for line in run.predictions]
    return TASK.score(gold, said, known)


def headline(report: Report, *, name: str) -> float:
    """One score of a report."""
    return report.headline[name]


def multi_label_emotions() -> list[Figure]:
    """Micro- and macro-F1 on the test split: thresholds tuned on validation, and one half for every label."""
    (labels, train), (_, validation), (_, test) = (emotions(part) for part in ("train", "dev", "test-gold"))

    @cache
    def run(seed: int) -> Tuned:
        return tuned("multi_label", labels=labels, train=train, validation=validation, test=test, seed=seed)

    @cache
    def halved(seed: int) -> Tuned:
        found = run(seed)
        return replace(found, report=at_one_half(found, test, labels))

    return [
        over_seeds(
            which,
            name=f"SemEval-2018 emotions, {title}, {thresholds}",
            target="",
            score=partial(headline, name=name),
        )
        for which, thresholds in ((run, "tuned thresholds"), (halved, "thresholds of one half"))
        for name, title in (("micro_f1", "micro-F1"), ("macro_f1", "macro-F1"))
    ]


FIGURES = [multi_label_emotions]
