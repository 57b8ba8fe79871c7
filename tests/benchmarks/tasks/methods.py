"""What the tuning methods do on real texts beside full fine-tuning: LoRA on every task, FGM on two sets of texts.

Small parts of public sets, so that each figure takes minutes on a CPU; every run is on the task's own recipe but for
what the figure's name says. The value is the task's best measure on the test part; in the note are the values of each
of the seeds (LEPTON_SEEDS, or one) with the method and without, and what a step costs.
"""

from __future__ import annotations

import os
import random
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from lepton_studio.contract.task import Measure
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.job import BUILT_IN_MODEL, JobLabel, presets
from lepton_studio.runs.trials import Trials
from lepton_studio.tasks import task_named
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data, trec
from tests.benchmarks.tasks.entities import as_rows, flat
from tests.benchmarks.tasks.generation import notes, rows
from tests.benchmarks.tasks.multi_label import emotions
from tests.benchmarks.tasks.questions import articles
from tests.benchmarks.tasks.relations import CONLL04_LABELS, conll04
from tests.benchmarks.tasks.tuned import Row, Tuned, tuned

T = TypeVar("T")

_NONE: Mapping[str, object] = MappingProxyType({})
_LORA: Mapping[str, object] = MappingProxyType({"methods": "lora"})
_FGM: Mapping[str, object] = MappingProxyType({"methods": "full,fgm"})


@dataclass(frozen=True, slots=True)
class Small:
    """A part of a set. `task` scores it by its best measure."""

    task: str
    name: str
    labels: Sequence[JobLabel]
    train: Sequence[Row]
    test: Sequence[Row]
    unlabelled: Sequence[str] = ()

    @property
    def measure(self) -> Measure:
        """What it is scored by."""
        return task_named(self.task).measure(task_named(self.task).best)

    def tuned(
        self,
        *,
        seed: int,
        changes: Mapping[str, object],
        model: str = BUILT_IN_MODEL,
        trials: Callable[[Trials], object] = lambda _trials: None,
    ) -> Tuned:
        """One run; see `tuned`."""
        return tuned(
            self.task,
            labels=self.labels,
            train=self.train,
            test=self.test,
            unlabelled=self.unlabelled,
            seed=seed,
            changes=changes,
            model=model,
            trials=trials,
        )

    def score(self, run: Tuned) -> float:
        """The best measure of a run on the test part, in per cent where it is a share."""
        return run.report.headline[self.measure.id] * (100 if self.measure.is_share else 1)

    def weights(self, changes: Mapping[str, object]) -> int:
        """How many numbers of the built-in model, with its head, are trained."""
        from lepton_studio.tasks import load_part
        from lepton_studio.training.checkpoints import trainable
        from lepton_studio.training.models import Base

        task = task_named(self.task)
        recipe = adjusted(presets(task.settings)["balanced"], changes, task=task)
        base = Base(BUILT_IN_MODEL, task=task)
        learner = load_part(task.learner).start(base, labels=self.labels, recipe=recipe)
        return sum(one.numel() for one in trainable(learner.model).values())


def of_one_label(name: str, train: Sequence[tuple[str, str]], test: Sequence[tuple[str, str]]) -> Small:
    """Texts with the name of their label, to learn from and to test on."""
    names = sorted({label for _, label in [*train, *test]})

    def part(some: Sequence[tuple[str, str]]) -> list[Row]:
        return [Row(text, {"labels": [names.index(label)]}) for text, label in some]

    return Small("text_classification", name, _labels(names), part(train), part(test))


def questions() -> Small:
    """TREC, six kinds of questions."""
    names = sorted({label for _, label in trec("test")})

    def part(name: str, count: int) -> list[Row]:
        return [Row(text, {"labels": [names.index(label)]}) for text, label in sample(trec(name), count)]

    texts = rest([text for text, _ in trec("train")], 400)
    return Small("text_classification", "TREC", _labels(names), part("train", 400), part("test", 500), texts)


def reviews() -> Small:
    """SST-2: sentences of film reviews, for or against."""

    def part(name: str, count: int) -> list[Row]:
        lines = (shared_data() / "sst2" / f"stsa.binary.{name}").read_text("utf-8").splitlines()
        return [Row(line[2:], {"labels": [int(line[0])]}) for line in sample(lines, count)]

    lines = (shared_data() / "sst2" / "stsa.binary.train").read_text("utf-8").splitlines()
    texts = rest([line[2:] for line in lines], 400)
    return Small(
        "text_classification", "SST-2", _labels(["against", "for"]), part("train", 400), part("test", 500), texts
    )


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
ONE_LABEL: tuple[Callable[[], Small], ...] = (questions, reviews)


def lora_every_task() -> list[Figure]:
    """With LoRA of rank 8, for each task that the built-in encoder serves."""
    return [beside_full(make(), title="LoRA", changes=_LORA) for make in EVERY_TASK]


def lora_one_label() -> list[Figure]:
    """With LoRA of rank 8, for texts with one label."""
    return [beside_full(make(), title="LoRA", changes=_LORA) for make in ONE_LABEL]


def adversarial() -> list[Figure]:
    """With adversarial training, for texts with one label."""
    return [beside_full(make(), title="full fine-tuning with FGM", changes=_FGM) for make in ONE_LABEL]


def beside_full(data: Small, *, title: str, changes: Mapping[str, object]) -> Figure:
    """The best measure with these settings; in the note, all that is to be known beside full fine-tuning."""
    # A pair after the other, so that both see the same machine.
    pairs = [[data.tuned(seed=seed, changes=some) for some in (_NONE, changes)] for seed in seeds()]
    full, other = zip(*pairs, strict=True)
    before, after = ([data.score(run) for run in some] for some in (full, other))
    gain = statistics.mean(after) - statistics.mean(before)
    slower = statistics.median(one.step_seconds / base.step_seconds for base, one in pairs)
    note = f"{_shown(after)} (full alone: {_shown(before)}), {gain:+.2f} on average; "
    note += f"{len(data.train)} texts to learn from, {len(data.test)} to test; a step takes {slower:.2f} times as long"
    few, all_ = data.weights(changes), data.weights(_NONE)
    if few != all_:
        note += f"; {few:,} weights of {all_:,} learn, {other[0].adapter_bytes / 1e6:.1f} MB of them are added ones"
    unit = "%" if data.measure.is_share else ""
    return Figure.of(f"{data.name} ({data.task}), {data.measure.title}, {title}", after, unit=unit, note=note)


def seeds() -> list[int]:
    """Those of LEPTON_SEEDS, or 1."""
    return [int(one) for one in os.environ.get("LEPTON_SEEDS", "1").split(",")]


def among(names: Iterable[str], *, usual: Iterable[str] = ()) -> list[str]:
    """Those with one of LEPTON_SETS, with commas between, in their name; where that is not set the usual ones, or all.

    Raises ValueError where there is none.
    """
    parts = [part for part in os.environ.get("LEPTON_SETS", "").split(",") if part]
    found = [name for name in names if any(part in name for part in parts)] if parts else list(usual) or list(names)
    if not found:
        raise ValueError(f"no set has one of {parts} in its name; there are: {', '.join(names)}")
    return found


def sample(items: Sequence[T], count: int) -> list[T]:
    """So many of them, always the same."""
    return random.Random(1).sample(list(items), min(count, len(items)))


def rest(texts: Sequence[str], count: int, *, most: int = 2_000) -> list[str]:
    """At most so many of the texts whose places are not among those that `sample` draws `count` of."""
    drawn = set(sample(range(len(texts)), count))
    return sample([text for place, text in enumerate(texts) if place not in drawn], most)


def _labels(names: Sequence[str]) -> list[JobLabel]:
    return [JobLabel(place, name) for place, name in enumerate(names)]


def _shown(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


FIGURES = [lora_every_task, lora_one_label, adversarial]
