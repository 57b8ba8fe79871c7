"""Every method beside full fine-tuning, on three sets of texts with one label.

At most LEPTON_TEXTS (200) texts to learn from, 500 to test on, one run for each seed of LEPTON_SEEDS (or one). Each row
is printed as it comes. A method for what learns stands alone, any other beside full fine-tuning. LEPTON_METHODS: the
ids of those to run beside it, LEPTON_SETS: what stands in the names of sets, with commas between (all).
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Mapping
from dataclasses import replace

from lepton_studio.methods import all_methods
from lepton_studio.methods.method import Method
from lepton_studio.models.built_in import ENGLISH
from lepton_studio.runs.job import JobLabel
from tests.benchmarks.figure import Figure
from tests.benchmarks.quick.sets import ALL_SETS
from tests.benchmarks.tasks.methods import Small, among, questions, rest, reviews, sample, seeds
from tests.benchmarks.tasks.tuned import Row, Tuned

_NEED_MORE = ("back_translation", "multitask", "cloze")
"""No model, no other project for these comes with the app. `verbaliser` is about the last one."""


def delivery() -> tuple[Small, str]:
    """Chinese delivery reviews, and the model that reads them."""
    model, load = ALL_SETS["delivery reviews (Chinese)"]
    train, test = load()
    names = sorted({label for _, label in train})

    def rows(some: list[tuple[str, str]], count: int) -> list[Row]:
        return [Row(text, {"labels": [names.index(label)]}) for text, label in sample(some, count)]

    labels = [JobLabel(place, name) for place, name in enumerate(names)]
    texts = rest([text for text, _ in train], 400)
    return Small("text_classification", "delivery reviews", labels, rows(train, 400), rows(test, 500), texts), model


def changes_of(method: Method) -> Mapping[str, object]:
    """What is set for it."""
    if method.id == "full":
        return {}
    return {"methods": method.id if method.is_for_weights else f"full,{method.id}"}


def methods_table() -> list[Figure]:
    """The accuracy of each method, and its seconds as a multiple of those of full fine-tuning."""
    found = []
    wanted = {one for one in os.environ.get("LEPTON_METHODS", "").split(",") if one}
    sets = {one.name: (one, model) for one, model in ((questions(), ENGLISH.id), (reviews(), ENGLISH.id), delivery())}
    for data, model in map(sets.__getitem__, among(sets)):
        few = replace(data, train=data.train[: int(os.environ.get("LEPTON_TEXTS", "200"))])
        full: list[Tuned] = []
        for method in sorted(all_methods().values(), key=lambda one: one.id != "full"):
            if method.id in _NEED_MORE or method.compares or (wanted and method.id not in {"full", *wanted}):
                continue
            runs = [few.tuned(seed=seed, changes=changes_of(method), model=model) for seed in seeds()]
            full = full or runs
            scores = [run.report.headline["accuracy"] * 100 for run in runs]
            gain = statistics.mean(scores) - statistics.mean(one.report.headline["accuracy"] * 100 for one in full)
            times = statistics.median(run.seconds / base.seconds for run, base in zip(runs, full, strict=True))
            note = (
                f"{gain:+.1f} beside full, {times:.2f} times its seconds; {len(few.train)} texts, n = {len(few.test)}"
            )
            found.append(Figure.of(f"{few.name}, {method.title}", scores, unit="%", note=note))
            print(f"{few.name}, {method.title}: {scores}, {note}", file=sys.stderr, flush=True)
    return found


FIGURES = [methods_table]
