"""How long it takes from a file without labels to a good classifier: a scripted person with the true answers at the
real window, in the order that it offers, and beside it random order.

The texts are the training texts of Banking77, the goal is 90 % accuracy on its own test texts. The referee is the
instant model's code, fitted anew on what was decided so far; what is drawn for the test teaches it nothing. Random
order has no such draw: all its labels teach.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lepton_studio.project.project import Project
from lepton_studio.project.records import LabelId, NewSample, SampleId
from lepton_studio.quick import instant
from lepton_studio.quick.instant import Setting, Texts
from lepton_studio.quick.regression import Floats
from lepton_studio.studio.embedding import embed
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.vectors import read_vectors
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import Row, banking77
from tests.benchmarks.labelling.pace import SECONDS_A_TEXT, SECONDS_A_WORD, seconds_for
from tests.benchmarks.labelling.person import Decided, Person
from tests.benchmarks.labelling.vectors import texts_of
from tests.ui.driving import open_window

GOAL = 0.9
_GROWN = 1.04
_FIRST = 77
_ABOVE = 3
"""The goal is reached where so many looks in a row are above it."""
_DRAWS = 3
_MOST = int(os.environ.get("LEPTON_DECISIONS", "4000"))
_ANEW = 1.25
"""Settings are chosen anew once there are so many times as many labels."""


@dataclass
class Referee:
    """Judges by the test texts what labels of the pool are worth; both as the instant model reads them."""

    pool: Texts
    test: Texts
    names: tuple[Floats, Floats]
    """How near the texts of each are to each label's name."""
    of_pool: NDArray[np.int64]
    of_test: NDArray[np.int64]
    setting: Setting | None = None

    @classmethod
    def of(cls, project: Project, train: Sequence[Row], test: Sequence[Row]) -> Referee:
        """With vectors by the project's own encoder, in a child."""
        labels = sorted({label for _, label in train})
        said = [name.replace("_", " ") for name in labels]
        every = [text for text, _ in (*train, *test)]
        folder = embed(project, [*every, *said])
        assert folder is not None
        vectors = read_vectors(folder, every)[0].astype(np.float32)
        of_names = read_vectors(folder, said)[0].astype(np.float32)
        pool = texts_of([text for text, _ in train], vectors[: len(train)])
        other = texts_of([text for text, _ in test], vectors[len(train) :])
        tested = Texts(other.words, other.vectors, other.there, pool.mean, pool.scale)
        return cls(
            pool,
            tested,
            (instant.near_names(pool, of_names), instant.near_names(tested, of_names)),
            np.array([labels.index(label) for _, label in train]),
            np.array([labels.index(label) for _, label in test]),
        )

    def accuracy(self, rows: Sequence[int]) -> float:
        """On the test texts, with the labels of these places of the pool."""
        places, outputs = np.array(rows, np.int64), self.names[0].shape[1]
        decided = instant.Decided(places, self.of_pool[places], "choice", outputs)
        if self.setting is None or not self.setting.labels <= len(rows) < _ANEW * self.setting.labels:
            self.setting, _ = instant.choose(self.pool, decided, names=self.names[0])
        layer = instant.fit(self.pool, decided, setting=self.setting, start=None)
        logits = instant.logits_of(self.test, layer)
        said = instant.said(logits, self.names[1], setting=self.setting, kind="choice")
        return float((said.argmax(1) == self.of_test).mean())


@dataclass(frozen=True, slots=True)
class Reached:
    """After so many decisions and minutes the goal was there to stay; None where it was not reached."""

    decisions: int
    minutes: float


@dataclass
class _Watch:
    """Looks at the accuracy as decisions come, at each twenty-fifth more of them."""

    referee: Referee
    goal: float
    decisions: int = 0
    seconds: float = 0.0
    above: int = 0
    first: Reached | None = None
    last: float = 0.0

    def look(self, rows: Sequence[int]) -> bool:
        """Whether the goal is reached for good."""
        self.last = self.referee.accuracy(rows)
        print(f"{self.decisions} decisions, {self.seconds / 60:.1f} min: {self.last:.1%}", file=sys.stderr, flush=True)
        if self.last < self.goal:
            self.above, self.first = 0, None
        else:
            self.above += 1
            self.first = self.first or Reached(self.decisions, self.seconds / 60)
        return self.above >= _ABOVE


@dataclass(frozen=True, slots=True)
class Walk:
    """What a person did, the accuracy then, and when the goal was reached, if it was."""

    decided: tuple[Decided, ...]
    accuracy: float
    reached: Reached | None


def by_the_window(window: MainWindow, referee: Referee, *, goal: float, most: int, first: int = _FIRST) -> Walk:
    """A person at this window on the pool's texts, whose samples count from 1 in their order."""
    label_of: dict[SampleId, LabelId] = {n + 1: int(label) + 1 for n, label in enumerate(referee.of_pool)}
    person, watch = Person(window, label_of), _Watch(referee, goal)
    person.begin(seconds=1200)
    decided: list[Decided] = []
    while len(decided) < most:
        count = first if not decided else max(4, int((_GROWN - 1) * len(decided)))
        done = person.decide(min(count, most - len(decided)))
        decided += done
        watch.decisions, watch.seconds = len(decided), sum(one.seconds for one in decided)
        if not done or watch.look([one.sample - 1 for one in decided if not one.is_drawn]):
            break
    return Walk(tuple(decided), watch.last, watch.first)


def at_random(texts: Sequence[str], referee: Referee, *, goal: float, most: int, seed: int) -> Reached | None:
    """The same in random order, for which no window is needed: no model chooses."""
    order = np.random.default_rng(seed).permutation(len(texts)).tolist()
    referee.setting = None
    watch, count = _Watch(referee, goal), _FIRST
    while count <= min(most, len(order)):
        watch.decisions, watch.seconds = count, sum(seconds_for(texts[one]) for one in order[:count])
        if watch.look(order[:count]):
            break
        count = int(_GROWN * count) + 1
    return watch.first


def scripted_person() -> list[Figure]:
    """From the unlabelled training texts of Banking77 to 90 % on its test texts."""
    train, test = banking77("train"), banking77("test")
    with tempfile.TemporaryDirectory() as scratch:
        project = make_project(Path(scratch) / "Banking77.lepton", train)
        referee = Referee.of(project, train, test)
        project.close()
        with open_window(project.folder) as window:
            walk = by_the_window(window, referee, goal=GOAL, most=_MOST)
    texts = [text for text, _ in train]
    drawn = [at_random(texts, referee, goal=GOAL, most=len(train), seed=seed) for seed in range(_DRAWS)]
    assert all(drawn), "all training texts do not reach the goal"
    labels = [one.decisions for one in drawn if one]
    minutes = [one.minutes for one in drawn if one]
    found = walk.reached or Reached(len(walk.decided), float("nan"))
    accepted = sum(one.is_accepted for one in walk.decided) / len(walk.decided)
    keys = sum(one.keys for one in walk.decided) / len(walk.decided)
    note = (
        f"{accepted:.0%} by Enter, {keys:.1f} keys a decision, {sum(one.is_drawn for one in walk.decided)} of "
        f"{len(walk.decided)} for the test, {walk.accuracy:.1%} at the end; {len(train):,} texts, {len(test):,} to "
        f"test on, one walk"
    )
    decisions = found.decisions if walk.reached else float("nan")
    decisions = found.decisions if walk.reached else float("nan")
    pace = f"{SECONDS_A_TEXT:g} s a text and {SECONDS_A_WORD:g} s a word"
    return [
        Figure(f"decisions to {GOAL:.0%}, by the window", decisions, "", note=note),
        Figure.of(f"decisions to {GOAL:.0%}, random order", labels, unit="", note=f"{_DRAWS} draws"),
        Figure("decisions, share of random's", 100 * found.decisions / statistics.mean(labels), "%"),
        Figure(f"minutes to {GOAL:.0%}, by the window", found.minutes, "min", note=pace),
        Figure.of(f"minutes to {GOAL:.0%}, random order", minutes, unit="min", note=pace),
        Figure("minutes, share of random's", 100 * found.minutes / statistics.mean(minutes), "%", "<= 80"),
    ]  # fmt: skip


def make_project(folder: Path, rows: Sequence[Row]) -> Project:
    """Their texts without labels, the first sample the first row; the labels' names are there."""
    project = Project.create(folder, task="text_classification", labels=sorted({label for _, label in rows}))
    with project.change("Import") as change:
        change.add_samples(NewSample(text) for text, _ in rows)
    return project


FIGURES = [scripted_person]
