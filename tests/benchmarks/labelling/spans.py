"""The instant model of spans in the real child: how well it marks after 20, 50 and 200 labelled texts, beside a plain
gazetteer (mark what was marked before) and a model that is tuned on the 200; and how long it takes to learn one more.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from lepton_studio.models.built_in import ENGLISH, MULTILINGUAL
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.quick.tagging import Gazetteer, Known
from lepton_studio.quick.units import units_of
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.job import JobLabel
from lepton_studio.studio.instant.span_working import SpanWork
from tests.benchmarks.figure import Figure
from tests.benchmarks.models.chinese_spans import Text, cluener, weibo
from tests.benchmarks.tasks.entities import flat
from tests.benchmarks.tasks.tuned import Row, tuned

_LABELLED = (20, 50, 200)
_TEST = 200
_DECISIONS = 20
"""So many are made one after another, each timed."""


def _conll(part: str) -> list[Text]:
    found = []
    for words, spans in flat(f"conll2003/eng.{part}"):
        starts = [0]
        for word in words:
            starts.append(starts[-1] + len(word) + 1)
        found.append((" ".join(words), [(starts[a], starts[b + 1] - 1, label) for a, b, label in spans]))
    return found


SETS: dict[str, tuple[Callable[[str], list[Text]], tuple[str, str], str]] = {
    "CoNLL-2003": (_conll, ("train", "testb"), ENGLISH.id),
    "Weibo": (weibo, ("train", "test"), MULTILINGUAL.id),
    "CLUENER": (cluener, ("train", "test"), MULTILINGUAL.id),
}


def conll_spans() -> list[Figure]:
    """English news."""
    return _of_set("CoNLL-2003")


def weibo_spans() -> list[Figure]:
    """Chinese posts."""
    return _of_set("Weibo")


def cluener_spans() -> list[Figure]:
    """Chinese news."""
    return _of_set("CLUENER")


def _of_set(name: str) -> list[Figure]:
    train, test, names = _texts(name)
    with tempfile.TemporaryDirectory() as scratch, Children() as children:
        project = _project(Path(scratch) / "Test.lepton", [*train, *test], names)
        work = SpanWork(children, first=tuple(range(len(train) + 1, len(train) + len(test) + 1)))
        figures, labelled = [], 0
        for count in _LABELLED:
            _annotate(project, train[labelled:count], names, first=labelled + 1)
            labelled = count
            work.learn()
            work.go_on(project)
            figures += _judged(name, work, train[:count], test, first=len(train) + 1, names=names)
        work.close()
    return figures


def _judged(
    name: str, work: SpanWork, train: Sequence[Text], test: Sequence[Text], *, first: int, names: Sequence[str]
) -> list[Figure]:
    gold = [_placed(spans, names) for _, spans in test]
    said = [work.model.said.get(first + at) if work.model else None for at in range(len(test))]
    found = [set() if one is None else set(one.spans) for one in said]
    sure = [
        (how, span in right)
        for one, right in zip(said, gold, strict=True)
        if one is not None
        for span, how in zip(one.spans, one.sure, strict=True)
    ]
    score = work.model.score if work.model else None
    told = "" if score is None else f"; it says {score.headline['f1']:.1%} of itself"
    note = f"n = {len(test)} texts, {sum(map(len, gold))} spans{told}"
    of = f"{name}, {len(train)} labelled"
    figures = [Figure(f"{of}, instant model, F1", 100 * _f1(found, gold), "%", note=note)]
    if sure:
        mean, right = statistics.mean(how for how, _ in sure), statistics.mean(one for _, one in sure)
        figures.append(Figure(f"{of}, spans right", 100 * right, "%", note=f"it says {mean:.1%}; {len(sure)} spans"))
    figures.append(Figure(f"{of}, gazetteer, F1", 100 * _f1(_by_gazetteer(train, test, names), gold), "%"))
    return figures


def _by_gazetteer(train: Sequence[Text], test: Sequence[Text], names: Sequence[str]) -> list[set]:
    known = [Known(units_of(text), np.zeros((0, 0), np.float16)) for text, _ in train]
    spans = [
        [
            (*ends, label)
            for start, end, label in _placed(spans, names)
            if (ends := one.units.within(start, end)) is not None
        ]
        for one, (_, spans) in zip(known, train, strict=True)
    ]
    gazetteer, found = Gazetteer(known, spans), []
    for text, _ in test:
        units = units_of(text)
        found.append({(int(units.starts[a]), int(units.ends[b]), label) for a, b, label in gazetteer.marks(units)})
    return found


def _texts(name: str) -> tuple[list[Text], list[Text], list[str]]:
    """Those to label, those to judge by, the names of the labels."""
    read, parts, _ = SETS[name]
    train, test = map(read, parts)
    random.Random(1).shuffle(train)
    random.Random(1).shuffle(test)
    train = train[: max(_LABELLED)]
    return train, test[:_TEST], sorted({label for _, spans in train for *_, label in spans})


def tuned_on_as_many() -> list[Figure]:
    """A model tuned on the 200, by the task's own recipe: minutes each."""
    return [_tuned(name) for name in SETS]


def _tuned(name: str) -> Figure:
    train, test, names = _texts(name)

    def rows(some: Sequence[Text]) -> list[Row]:
        return [Row(text, {"spans": [list(one) for one in sorted(_placed(spans, names))]}) for text, spans in some]

    labels = [JobLabel(place, one) for place, one in enumerate(names)]
    began = time.monotonic()
    run = tuned("spans", labels=labels, train=rows(train), test=rows(test), seed=0, model=SETS[name][2])
    note = f"n = {len(test)} texts; {time.monotonic() - began:.0f} s"
    return Figure(f"{name}, {len(train)} labelled, tuned, F1", 100 * run.report.headline["f1"], "%", note=note)


def refit_spans() -> list[Figure]:
    """From a decision to refreshed suggestions, of CLUENER with its ten labels."""
    train = cluener("train")
    random.Random(2).shuffle(train)
    names = sorted({label for _, spans in train for *_, label in spans})
    figures = []
    for labelled in (200, 1000):
        with tempfile.TemporaryDirectory() as scratch, Children() as children:
            project = _project(Path(scratch) / "Test.lepton", train[:1500], names)
            _annotate(project, train[:labelled], names, first=1)
            work = SpanWork(children, first=(1400, 1401, 1402))
            began = time.monotonic()
            work.go_on(project)
            ready, seconds = time.monotonic() - began, []
            for at in range(labelled, labelled + _DECISIONS):
                began = time.monotonic()
                _annotate(project, [train[at]], names, first=at + 1)
                work.learn()
                work._step(project, should_stop=lambda: False)
                seconds.append(time.monotonic() - began)
                work.go_on(project)
                assert work.model is not None and work.model.decisions == at + 1
            work.close()
        note = f"n = {_DECISIONS}; ready in {ready:.0f} s"
        of = f"decision to suggestions, {labelled:,} texts"
        figures += [
            Figure(f"{of}, p50", statistics.median(seconds), "s", note=note),
            Figure(f"{of}, p95", float(np.quantile(seconds, 0.95)), "s"),
        ]
    return figures


def _project(folder: Path, texts: Sequence[Text], names: Sequence[str]) -> Project:
    project = Project.create(folder, task="spans", labels=names)
    with project.change("Import") as change:
        change.add_samples(NewSample(text) for text, _ in texts)
    return project


def _annotate(project: Project, texts: Sequence[Text], names: Sequence[str], *, first: int) -> None:
    ids = {label.name: label.id for label in project.labels()}
    project.annotate_many(
        (at, {"spans": [[a, b, ids[label]] for a, b, label in spans]}, tuple({ids[one] for *_, one in spans}))
        for at, (_, spans) in enumerate(texts, first)
    )


def _placed(spans: Sequence[tuple[int, int, str]], names: Sequence[str]) -> set[tuple[int, int, int]]:
    return {(start, end, names.index(label)) for start, end, label in spans}


def _f1(found: Sequence[set], gold: Sequence[set]) -> float:
    hits = sum(len(one & other) for one, other in zip(found, gold, strict=True))
    return 2 * hits / max(1, sum(map(len, found)) + sum(map(len, gold)))


FIGURES = [conll_spans, weibo_spans, cluener_spans, refit_spans, tuned_on_as_many]
