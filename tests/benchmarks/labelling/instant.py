"""The instant model in the real child: from a decision to what it says of every sample then.

The texts of 10,000 samples are those of Banking77, with its 77 labels. 100,000 are made up: each is the first half of
one text of Banking77 and the second half of another of the same label, with the mean of their vectors.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import psutil

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.quick import instant
from lepton_studio.quick.hashed import HashedWords
from lepton_studio.quick.regression import Floats
from lepton_studio.runs.children.owner import Children
from lepton_studio.studio.embedding import embed
from lepton_studio.studio.instant.working import Work
from lepton_studio.vectors import VectorWriter, read_vectors
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import Row, banking77, trec

_LABELLED = 1000
_DECISIONS = 40
_PAUSE = 0.5
"""Seconds from one refreshed model to the next decision."""


def instant_refit() -> list[Figure]:
    """Decision to refreshed suggestions, 77 labels, a decision after another from 960 to 1,000 of them."""
    rows = banking77("train")[:10_000]
    random.Random(0).shuffle(rows)
    with tempfile.TemporaryDirectory() as scratch, Children() as children:
        small = _project(Path(scratch) / "Small.lepton", rows)
        began = time.monotonic()
        folder = embed(small, [text for text, _ in rows], children=children)
        assert folder is not None
        pace = len(rows) / (time.monotonic() - began)
        found, _ = read_vectors(folder, [text for text, _ in rows])
        figures = [*_timed(small, rows, children, most=1.0)]
        many, vectors = _mixed(rows, found.astype(np.float32), count=100_000)
        large = _project(Path(scratch) / "Large.lepton", many)
        with VectorWriter(large.folder / "vectors" / folder.name) as writer:
            writer.add([text for text, _ in many], vectors)
        figures += _timed(large, many, children, most=3.0)
        return [Figure("texts read a second", pace, "1/s", note="Banking77, a child alone"), *figures]


def _timed(project: Project, rows: Sequence[Row], children: Children, *, most: float) -> list[Figure]:
    """A person decides on one sample after another while another thread keeps the model up to date, as the window's
    does."""
    names = {label.name: label.id for label in project.labels()}
    ids = list(project.sample_ids())
    project.annotate_many(_decision(ids[at], names[rows[at][1]]) for at in range(_LABELLED - _DECISIONS))
    work, ended = Work(children), threading.Event()

    def keep_up() -> None:
        with project.clone() as clone:
            while not ended.is_set():
                work.go_on(clone, should_stop=ended.is_set)
                ended.wait(0.001)

    began = time.monotonic()
    thread = threading.Thread(target=keep_up)
    thread.start()
    try:
        _wait(lambda: work.model is not None and work.model.score is not None and work.read.words == len(ids))
        ready = time.monotonic() - began
        seconds, used = [], _processor_time(children)
        for at in range(_LABELLED - _DECISIONS, _LABELLED):
            time.sleep(_PAUSE)
            began = time.monotonic()
            sample, value, labels = _decision(ids[at], names[rows[at][1]])
            project.annotate(sample, value, labels=labels)
            work.learn()
            _wait(partial(_knows, work, at + 1))
            seconds.append(time.monotonic() - began)
        used = _processor_time(children) - used
        model = work.model
        assert model is not None
        said = [model.suggestion(id) for id in ids]
    finally:
        ended.set()
        thread.join()
        work.close()
    right = [one is not None and one.labels[0] == names[row[1]] for one, row in zip(said, rows, strict=True)]
    others = statistics.mean(right[_LABELLED:])
    note = f"n = {_DECISIONS}; {others:.1%} of the other samples right; ready in {ready:.0f} s"
    of = f"{len(ids):,} samples"
    p95 = float(np.quantile(seconds, 0.95))
    return [
        Figure(f"decision to suggestions, {of}, p50", statistics.median(seconds), "s", note=note),
        Figure(f"decision to suggestions, {of}, p95", p95, "s", target=f"<= {most:g}"),
        Figure(f"processor time of a decision, {of}", used / _DECISIONS, "s", note="choosing settings included"),
    ]


def _project(folder: Path, rows: Sequence[Row]) -> Project:
    project = Project.create(folder, task="text_classification", labels=sorted({label for _, label in rows}))
    with project.change("Import") as change:
        change.add_samples(NewSample(text) for text, _ in rows)
    return project


def _mixed(rows: Sequence[Row], vectors: Floats, *, count: int) -> tuple[list[Row], np.ndarray]:
    chance = random.Random(1)
    by_label: dict[str, list[int]] = {}
    for at, (_, label) in enumerate(rows):
        by_label.setdefault(label, []).append(at)
    made: dict[str, tuple[str, Floats]] = {}
    while len(made) < count:
        one = chance.randrange(len(rows))
        other = chance.choice(by_label[rows[one][1]])
        first, second = rows[one][0].split(), rows[other][0].split()
        text = " ".join([*first[: len(first) // 2], *second[len(second) // 2 :], str(chance.randrange(100))])
        mean = vectors[one] + vectors[other]
        made[text] = rows[one][1], mean / np.linalg.norm(mean)
    return [(text, label) for text, (label, _) in made.items()], np.array([v for _, v in made.values()], np.float16)


def _decision(sample: int, label: int) -> tuple[int, dict[str, list[int]], tuple[int]]:
    return sample, {"labels": [label]}, (label,)


def _processor_time(children: Children) -> float:
    spent = [psutil.Process(one.pid).cpu_times() for one in children.children()]
    return sum(one.user + one.system for one in spent)


def _knows(work: Work, decisions: int) -> bool:
    return work.model is not None and work.model.decisions == decisions


def _wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 600
    while not holds():
        assert time.monotonic() < end, "it took ten minutes"
        time.sleep(0.005)


def strangers() -> list[Figure]:
    """Of questions from elsewhere among the texts of Banking77, how many are told as such, by what is labelled."""
    rows, others = banking77("train"), [text for text, _ in trec("train")]
    random.Random(0).shuffle(rows)
    rows, others = rows[:4000], others[:1000]
    texts = [*(text for text, _ in rows), *others]
    names = sorted({label for _, label in rows})
    figures = []
    with tempfile.TemporaryDirectory() as scratch, Children() as children:
        folder = embed(_project(Path(scratch) / "Mixed.lepton", rows), texts, children=children)
        assert folder is not None
        known = instant.Texts.of(HashedWords().matrix(len(texts)), *read_vectors(folder, texts))
        for labelled in (100, 300, 1000):
            classes = np.array([names.index(label) for _, label in rows[:labelled]])
            far = instant.strangeness(known, instant.Decided(np.arange(labelled), classes, "choice", len(names)))
            assert far is not None
            alarms, found = (far[labelled : len(rows)] > 1).mean(), (far[len(rows) :] > 1).mean()
            note = f"{alarms:.1%} false alarms; n = {len(others):,} strangers"
            figures.append(Figure(f"strangers found, {labelled:,} labels", 100 * float(found), "%", note=note))
    return figures


FIGURES = [instant_refit, strangers]
