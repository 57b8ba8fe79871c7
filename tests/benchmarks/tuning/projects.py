"""Few labels beside another project: customer reviews (for or against) alone, and with what other projects have.

LEPTON_TEXTS (50) reviews to learn from, other ones for each seed of LEPTON_SEEDS (or one), 500 to test on; 400 samples
of each other project. "Five times as long" has as many steps as beside another. Each row is printed as it comes.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Mapping, Sequence

from lepton_studio.runs.job import JobLabel
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data
from tests.benchmarks.tasks.methods import Small, questions, ratings, reviews, seeds
from tests.benchmarks.tasks.tuned import Row
from tests.benchmarks.tuning.taught import accuracy, taught


def customer_reviews() -> list[Row]:
    """Of goods, for or against, each once, always in the same order."""
    folder = shared_data() / "customer_reviews"
    found = {
        line: label
        for label, part in enumerate(("neg", "pos"))
        for line in (folder / f"custrev.{part}").read_text("utf-8", errors="replace").splitlines()
        if line.strip()
    }
    rows = [Row(text, {"labels": [label]}) for text, label in found.items()]
    random.Random(0).shuffle(rows)
    return rows


def once(train: Sequence[Row], test: Sequence[Row], *, others: Sequence[Small], changes: Mapping[str, object]) -> float:
    """The accuracy on the test samples after one run, in per cent."""
    data = Small("text_classification", "reviews", [JobLabel(0, "against"), JobLabel(1, "for")], train, test)
    methods = "full,multitask" if others else "full"
    return accuracy(taught(data, changes={"methods": methods, **changes}, others=others), data)


def beside_other_projects() -> list[Figure]:
    """The accuracy with what another project has, and by how much that is more than alone with the same samples."""
    count = int(os.environ.get("LEPTON_TEXTS", "50"))
    rows = customer_reviews()
    test, rest = rows[:500], rows[500:]
    films, rated, asked = reviews(), ratings(), questions()
    cases: list[tuple[str, Sequence[Small], Mapping[str, object]]] = [
        ("alone", (), {}),
        ("alone, five times as long", (), {"epochs": 20}),
        ("beside SST-2", (films,), {}),
        ("beside SST-2, 1 batch", (films,), {"other_batches": 1}),
        ("beside SST-5 (ratings)", (rated,), {}),
        ("beside TREC", (asked,), {}),
    ]
    found: list[Figure] = []
    alone: list[float] = []
    for name, others, changes in cases:
        scores = [
            once(random.Random(seed).sample(rest, count), test, others=others, changes={**changes, "seed": seed})
            for seed in seeds()
        ]
        alone = alone or scores
        gains = ", ".join(f"{one - base:+.1f}" for one, base in zip(scores, alone, strict=True))
        note = f"{gains} beside alone; {count} texts, n = {len(test)}"
        found.append(Figure.of(f"customer reviews {name}", scores, unit="%", note=note))
        print(f"customer reviews {name}: {scores}, {note}", file=sys.stderr, flush=True)
    return found


FIGURES = [beside_other_projects]
