"""Few labels beside another project: customer reviews (for or against) alone, and with what other projects have.

LEPTON_TEXTS (50) reviews to learn from, other ones for each seed of LEPTON_SEEDS (or one), 500 to test on; 400 samples
of each other project. "Five times as long" has as many steps as beside another. Each row is printed as it comes.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lepton_studio.runs.folder import other_split
from lepton_studio.runs.job import JobLabel, OtherProject
from tests.benchmarks.figure import Figure
from tests.benchmarks.tasks.methods import Small, questions, ratings, reviews, seeds
from tests.benchmarks.tasks.tuned import Row, shared_data, write_run


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


def accuracy(
    train: Sequence[Row], test: Sequence[Row], *, others: Sequence[Small], changes: Mapping[str, object]
) -> float:
    """On the test samples after one run, in per cent. Trained as a run is, but nothing is written afterwards."""
    import torch

    from lepton_studio.child.learning import NOTHING, finish, learn, read_by_model
    from lepton_studio.child.others import read_others
    from lepton_studio.child.trying import NoCheckpoints
    from lepton_studio.child.work import Work
    from lepton_studio.training.inference import decide
    from lepton_studio.training.machine import find_machine
    from lepton_studio.training.models import load_encoder

    beside = {other_split(place): one.train for place, one in enumerate(others)}
    labels = [JobLabel(0, "against"), JobLabel(1, "for")]
    with tempfile.TemporaryDirectory() as folder:
        run = write_run(
            Path(folder) / "run",
            task="text_classification",
            labels=labels,
            rows={"train": train, "test": test, **beside},
            changes={"methods": "full,multitask" if others else "full", **changes},
        )
        told = (OtherProject(one.name, one.task, tuple(one.labels), len(one.train), len(one.train)) for one in others)
        run.write_job(replace(run.job(), others=tuple(told)))
        machine = find_machine()
        work = Work(run, run.job(), machine, load_encoder=load_encoder, send=lambda _: None, should_stop=lambda: None)
        torch.manual_seed(work.job.recipe.seed)
        learner, base = work.new_learner()
        training, _, held = work.read_splits(learner)
        learner.prepare(training.examples)
        learner.model.to(machine.device)
        learn(
            work,
            learner,
            body=base.made(),
            training=training,
            validation=NOTHING,
            checkpoints=NoCheckpoints(work),
            resume_from=None,
            embed=lambda some: read_by_model(some, learner=learner, work=work),
            others=read_others(work, base, held_out=(held,)),
        )
        finish(work, learner, body=base.made(), training=training)
        said = decide(held.inputs, held.examples, learner=learner, machine=machine, progress=lambda *_: None)
    right = sum(one.value.labels == gold.labels for one, gold in zip(said.decisions, held.values, strict=True))
    return 100 * right / len(held.ids)


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
            accuracy(random.Random(seed).sample(rest, count), test, others=others, changes={**changes, "seed": seed})
            for seed in seeds()
        ]
        alone = alone or scores
        gains = ", ".join(f"{one - base:+.1f}" for one, base in zip(scores, alone, strict=True))
        note = f"{gains} beside alone; {count} texts, n = {len(test)}"
        found.append(Figure.of(f"customer reviews {name}", scores, unit="%", note=note))
        print(f"customer reviews {name}: {scores}, {note}", file=sys.stderr, flush=True)
    return found


FIGURES = [beside_other_projects]
