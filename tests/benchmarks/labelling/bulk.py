"""Bulk work: a step on 10,000 samples, first pages of combined filters, and rules, in a project of 200,000 samples."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lepton_studio.project.project import Project
from lepton_studio.project.records import Decided, FieldIs, Filter, NewSample, NewSuggestion, Order, Suggested
from lepton_studio.studio.bulk import apply, give_label, plan
from lepton_studio.studio.rules import Rule, measure
from lepton_studio.tasks import task_named
from tests.benchmarks.figure import Figure

_SAMPLES = 200_000
_STEP = 10_000
_REPEATS = 5


def bulk_step_and_filters() -> list[Figure]:
    """Seconds of the processor of this thread: other work on the machine does not count."""
    with tempfile.TemporaryDirectory() as home:
        project = _project(Path(home))
        try:
            return [*_steps(project), *_filters(project), _rules(project)]
        finally:
            project.close()


def _steps(project: Project) -> list[Figure]:
    task, (first, *_others) = task_named(project.task_id), project.labels()
    done, undone = [], []
    for _ in range(_REPEATS):
        step = give_label(task, first, Filter(ids=tuple(range(1, 2 * _STEP, 2))), chosen_by="rule")
        done.append(_milliseconds(lambda one=step: apply(project, one, plan(project, one, task=task).chosen())))  # type: ignore[misc]
        undone.append(_milliseconds(project.undo))
    note = f"n = {_STEP:,} of {_SAMPLES:,} samples, {_REPEATS} times, processor"
    return [
        Figure.of("bulk: 10,000 samples planned and labelled", done, unit="ms", target="<= 300", note=note),
        Figure.of("bulk: that step undone", undone, unit="ms", note=note),
    ]


def _filters(project: Project) -> list[Figure]:
    by = project.predictors()[0].id
    uk, one = FieldIs("country", "UK"), FieldIs("id", "77")
    cases = {
        "annotator, rare": Filter(decided=Decided(who="bob")),
        "annotator of 15,000": Filter(decided=Decided(who="anna")),
        "since a moment": Filter(decided=Decided(since="2026-01-01")),
        "flagged, labelled, test": Filter(state="labelled", flagged=True, split="test"),
        "flagged, field": Filter(flagged=True, fields=(uk,)),
        "field, of a third": Filter(fields=(uk,)),
        "field, of one sample": Filter(fields=(one,)),
        "field that nobody has": Filter(fields=(FieldIs("country", "XX"),)),
        "two fields, nothing": Filter(fields=(uk, one)),
        "search, unlabelled, field": Filter(search="word77", state="unlabelled", fields=(uk,)),
        "field contains four letters": Filter(fields=(FieldIs("country", "fran", True),)),
        "field contains two letters that nobody has": Filter(fields=(FieldIs("country", "zz", True),)),
        "label, other suggestion, range, field": Filter(
            label=1, suggested=Suggested(by, label=2, score_from=0.5, score_to=0.6), fields=(uk,)
        ),
        "annotator, disagrees, flagged": Filter(
            decided=Decided(who="anna"), suggested=Suggested(by, disagrees=True), flagged=True
        ),
        "field, sorted by length": Filter(fields=(uk,), order=Order("length")),
        "sorted by marks": Filter(order=Order("marks", descending=True)),
        "sorted by suggestion": Filter(order=Order("suggestion", by=by)),
        "sorted by a field": Filter(order=Order("field", descending=True, field="id")),
    }
    found = []
    for name, which in cases.items():
        taken = [_milliseconds(lambda one=which: project.samples(one, limit=100)) for _ in range(_REPEATS)]  # type: ignore[misc]
        target = "" if "nobody" in name and "two" in name else "<= 100"
        note = f"{_SAMPLES:,} samples, fields indexed, {_REPEATS} times, processor"
        found.append(Figure.of(f"first page: {name}", taken, unit="ms", target=target, note=note))
    return found


def _rules(project: Project) -> Figure:
    rules = [Rule("words", 1, "word7, word77, word777"), Rule("pattern", 2, r"word1\d\d word2", "pattern")]
    taken = _milliseconds(lambda: measure(project, rules, task=task_named(project.task_id)))
    return Figure("rules: two measured on all samples", taken, "ms", note=f"{_SAMPLES:,} samples, once, processor")


def _milliseconds(run: Callable[[], object]) -> float:
    began = time.thread_time()
    run()
    return 1000 * (time.thread_time() - began)


def _project(home: Path) -> Project:
    chance = random.Random(1)
    words = [f"word{n}" for n in range(3000)]
    project = Project.create(home / "Large.lepton", task="text_classification", labels=["a", "b", "c"])
    project.sync_later()
    with project.change("Import") as change:
        change.add_samples(
            NewSample(
                " ".join(chance.choices(words, k=30)),
                fields={"country": ("UK", "France", "DE")[n % 3], "城市": f"c{n % 1000}", "id": str(n)},
                value={"labels": [1 + n % 3]} if n % 2 else None,
                labels=(1 + n % 3,) if n % 2 else (),
                split=(None, "train", "test")[n % 3],
            )
            for n in range(_SAMPLES)
        )
    project.annotate_many((n, {"labels": [1]}, (1,)) for n in range(_SAMPLES - 15_000, _SAMPLES))
    for n in (5, _SAMPLES // 2, _SAMPLES - 3):
        project.annotate(n, {"labels": [2]}, labels=(2,))
    _rename(project)
    project.flag_many(range(1, _SAMPLES, 100))
    by = project.enter_predictor("imported", "other").id
    said = ((n, (1 + n % 3,), (n % 100) / 100) for n in range(1, _SAMPLES))
    project.store_suggestions(by, (NewSuggestion(n, {"labels": list(ids)}, ids, score=score) for n, ids, score in said))
    for name in project.field_names():
        project.make_index(name)
    for order in (Order("field", field="id"), Order("marks"), Order("suggestion", by=by)):
        project.make_index(order)
    return project


def _rename(project: Project) -> None:
    """Let two other people have made the last changes."""
    db = project._db
    db.execute("UPDATE entry SET who = 'anna' WHERE samples > 10000 AND structure = 0")
    db.execute("UPDATE entry SET who = 'bob' WHERE samples = 1")


FIGURES = [bulk_step_and_filters]
