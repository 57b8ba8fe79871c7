"""What the tuning methods do on real texts: LoRA on every task that the built-in encoder serves, and FGM on two sets.

Small parts of public sets, so that each figure takes minutes on a CPU; every run is on the task's own recipe but for
what the figure's name says. The values of the others are in the note: the seeds of LEPTON_SEEDS, or one.
"""

from __future__ import annotations

import os
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from lepton_studio.runs.job import JobLabel
from lepton_studio.tasks import task_named
from tests.benchmarks.figure import Figure
from tests.benchmarks.main.accuracy import trec
from tests.benchmarks.tasks.entities import as_rows, flat
from tests.benchmarks.tasks.generation import notes, rows
from tests.benchmarks.tasks.multi_label import emotions
from tests.benchmarks.tasks.questions import articles
from tests.benchmarks.tasks.relations import CONLL04_LABELS, conll04
from tests.benchmarks.tasks.tuned import Row, shared_data, tuned

T = TypeVar("T")

_NONE: Mapping[str, object] = MappingProxyType({})
_LORA: Mapping[str, object] = MappingProxyType({"methods": "lora"})


@dataclass(frozen=True, slots=True)
class Small:
    """A part of a set. `task` scores it by its best measure."""

    task: str
    name: str
    labels: Sequence[JobLabel]
    train: Sequence[Row]
    test: Sequence[Row]

    def score(self, *, seed: int, changes: Mapping[str, object]) -> float:
        """The task's best measure on the test part, in per cent where it is a share."""
        task = task_named(self.task)
        measure = task.measure(task.best)
        found = tuned(self.task, labels=self.labels, train=self.train, test=self.test, seed=seed, changes=changes)
        return found.report.headline[task.best] * (100 if measure.is_share else 1)


def questions() -> Small:
    """TREC, six kinds of questions."""
    names = sorted({label for _, label in trec("test")})

    def part(name: str, count: int) -> list[Row]:
        return [Row(text, {"labels": [names.index(label)]}) for text, label in sample(trec(name), count)]

    return Small("text_classification", "TREC", _labels(names), part("train", 400), part("test", 500))


def reviews() -> Small:
    """SST-2: sentences of film reviews, for or against."""

    def part(name: str, count: int) -> list[Row]:
        lines = (shared_data() / "sst2" / f"stsa.binary.{name}").read_text("utf-8").splitlines()
        return [Row(line[2:], {"labels": [int(line[0])]}) for line in sample(lines, count)]

    return Small("text_classification", "SST-2", _labels(["against", "for"]), part("train", 400), part("test", 500))


def ratings() -> Small:
    """SST-5: the same sentences, rated from 1 to 5."""

    def part(name: str, count: int) -> list[Row]:
        lines = (shared_data() / "sst5" / f"stsa.fine.{name}").read_text("utf-8").splitlines()
        return [Row(line[2:], {"rating": int(line[0]) + 1}) for line in sample(lines, count)]

    return Small("ratings", "SST-5", (), part("train", 400), part("test", 500))


def feelings() -> Small:
    """SemEval-2018: eleven emotions in tweets."""
    (labels, train), (_, test) = emotions("train"), emotions("test-gold")
    return Small("multi_label", "SemEval-2018 emotions", labels, sample(train, 400), sample(test, 400))


def names() -> Small:
    """CoNLL-2003."""
    train, test = sample(flat("conll2003/eng.train"), 300), sample(flat("conll2003/eng.testb"), 300)
    labels = [JobLabel(place + 1, one) for place, one in enumerate(("LOC", "MISC", "ORG", "PER"))]
    return Small("spans", "CoNLL-2003", labels, as_rows(train, labels), as_rows(test, labels))


def links() -> Small:
    """CoNLL04, spans given."""
    return Small("relations", "CoNLL04", CONLL04_LABELS, sample(conll04("train.txt"), 200), conll04("test.txt")[:100])


def answers() -> Small:
    """XQuAD in English, no article both in training and in test."""
    found = articles("en")
    train, test = ([row for one in some for row in one] for some in (found[4:16], found[:4]))
    return Small("question_answering", "XQuAD-en", (), train, test)


def written() -> Small:
    """Curt notes of a help desk into polite sentences, made here."""
    pairs = notes(350, seed=1)
    return Small("text_to_text", "polite notes", (), rows(pairs[50:]), rows(pairs[:50]))


EVERY_TASK: tuple[Callable[[], Small], ...] = (questions, feelings, ratings, names, links, answers, written)


def lora_every_task() -> list[Figure]:
    """The task's best measure with LoRA of rank 8; in the note, that of full fine-tuning and of no training at all."""
    return [_lora(make()) for make in EVERY_TASK]


def _lora(data: Small) -> Figure:
    measure = task_named(data.task).measure(task_named(data.task).best)
    full = [data.score(seed=seed, changes=_NONE) for seed in seeds()]
    values = [data.score(seed=seed, changes=_LORA) for seed in seeds()]
    note = f"full fine-tuning {_shown(full)}; LoRA {_shown(values)}; {len(data.train)} training samples"
    unit = "%" if measure.is_share else ""
    return Figure.of(f"{data.name} ({data.task}), {measure.title}, LoRA", values, unit=unit, note=note)


def adversarial() -> list[Figure]:
    """The task's best measure with FGM; in the note, that of the same seeds without it."""
    found = []
    title = task_named("text_classification").measure(task_named("text_classification").best).title
    for data in (questions(), reviews()):
        plain = [data.score(seed=seed, changes=_NONE) for seed in seeds()]
        moved = [data.score(seed=seed, changes={"methods": "fgm"}) for seed in seeds()]
        gain = statistics.mean(moved) - statistics.mean(plain)
        note = f"without {_shown(plain)}; with {_shown(moved)}; {gain:+.2f} on average; {len(data.train)} samples"
        found.append(Figure.of(f"{data.name} {title}, adversarial training", moved, unit="%", note=note))
    return found


def seeds() -> list[int]:
    """Those of LEPTON_SEEDS, or 1."""
    return [int(one) for one in os.environ.get("LEPTON_SEEDS", "1").split(",")]


def sample(items: Sequence[T], count: int) -> list[T]:
    """So many of them, always the same."""
    return random.Random(1).sample(list(items), min(count, len(items)))


def _labels(names: Sequence[str]) -> list[JobLabel]:
    return [JobLabel(place, name) for place, name in enumerate(names)]


def _shown(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


FIGURES = [lora_every_task, adversarial]
