"""A real project with real runs in its ledger: events in the folder, report and predictions in the file. No child."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, NewSample, Prediction, RunRecord, Split
from lepton_studio.runs.events import Evaluated, Event, Finished, Ready, Staged, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.wire import encode
from lepton_studio.tasks import task_named
from lepton_studio.tasks.text_classification import TASK
from lepton_studio.tasks.text_classification.annotation import Choice

SIX = ("card stuck", "lost card", "refund", "top-up failed", "a label with quite a long name indeed", "信用卡丢失")
TEXTS = (
    "My card was swallowed by the machine at the station and the bank is closed until Monday.",
    "I lost my card somewhere between the office and home, please block it at once!",
    "When do I get my money back for the order that I returned two weeks ago? Nobody answers my mails, and the "
    "hotline says that it takes thirty working days, which cannot be right for so small an amount.",
    "Topping up with Apple Pay fails with error 402.",
    "我的信用卡丢了，请帮我冻结账户，谢谢。",
)


def tuned_project(folder: Path, *, labels: Sequence[str] = SIX, each: int = 40, runs: int = 1) -> Project:
    """A project with `each` samples a label (8 of 10 train, one validation, one test) and finished runs."""
    project = Project.create(folder, task=TASK.id, labels=labels, name="Complaints")
    ids = [label.id for label in project.labels()]
    with project.change("Import") as change:
        change.add_samples(
            NewSample(
                text=f"{TEXTS[number % len(TEXTS)]} ({place}.{number})",
                split="validation" if number % 10 == 8 else "test" if number % 10 == 9 else "train",
                value=TASK.dump(Choice((label,))),
                labels=(label,),
            )
            for place, label in enumerate(ids)
            for number in range(each)
        )
    for number in range(runs):
        add_run(project, error=0.25 / (number + 1), seed=number)
    return project


def add_run(project: Project, *, error: float = 0.2, seed: int = 1, recipe: Recipe = Recipe(epochs=4)) -> RunRecord:
    """A finished run that gets a share `error` of the samples wrong, mostly as the next label."""
    chance = random.Random(seed)
    labels = project.labels()
    run = project.create_run(
        model="built-in", recipe=recipe.to_json(), counts={"train": 192, "validation": 24, "test": 24}
    )
    scores: dict[str, dict[str, float]] = {}
    for split in SPLITS:
        rows = [
            _predict(project, split, sample.id, sample.value, chance=chance, error=error)
            for sample in project.labelled_rows(split)
        ]
        project.store_predictions(run.id, rows)
        report = TASK.score(
            [Choice((row.gold or 0,)) for row in rows], [TASK.parse(row.value, labels) for row in rows], labels
        )
        project.store_report(run.id, split=split, report=report.to_json())
        scores[split] = dict(report.headline)
    folder = RunFolder(project.run_folder(run.id))
    folder.path.mkdir(parents=True, exist_ok=True)
    events = run_events(seed=seed, final=scores["validation"]["macro_f1"])
    folder.events_file.write_text("".join(f"{encode(event)}\n" for event in events), "utf-8")
    metrics: list[tuple[int, str, float | None]] = [
        (e.step, f"validation_{name}", value)
        for e in events
        if isinstance(e, Evaluated)
        for name, value in e.scores.items()
    ]
    project.store_metrics(run.id, metrics)
    project.update_run(
        run.id,
        status="finished",
        seconds=131.0,
        steps=480,
        samples_per_second=82.0,
        scores=scores,
        sentence="Finished after 480 steps.",
    )
    return project.run(run.id)


def guessed_project(
    folder: Path,
    task_id: str,
    rows: Sequence[tuple[str, Any, Any]],
    *,
    fields: Sequence[Mapping[str, str]] = (),
    **options: Any,
) -> Project:
    """A project of any task with a run: rows of (text, annotation, prediction), all in the test split.

    `fields`: those of each row, or none. `options` go to `Project.create`; values refer to labels by the ids 1, 2, ...
    """
    task = task_named(task_id)
    project = Project.create(folder, task=task_id, **options)
    with project.change("Import") as change:
        change.add_samples(
            NewSample(text, "test", task.dump(gold), task.labels_in(gold), fields[place] if fields else {})
            for place, (text, gold, _) in enumerate(rows)
        )
    run = project.create_run(model="built-in", recipe={}, counts={"train": 1})
    guesses = [guess for _, _, guess in rows]
    project.store_predictions(
        run.id,
        [
            Prediction(
                sample=sample.id,
                split="test",
                value=task.dump(guess),
                score=0.9,
                verdicts=task.compare(gold, guess),
                quality=task.quality(gold, guess),
            )
            for sample, (_, gold, guess) in zip(project.labelled_rows(), rows, strict=True)
        ],
    )
    report = task.score([gold for _, gold, _ in rows], guesses, project.labels())
    project.store_report(run.id, split="test", report=report.to_json())
    project.update_run(run.id, status="finished", scores={"test": dict(report.headline)})
    return project


def run_events(*, steps: int = 480, seed: int = 1, final: float = 0.85) -> list[Event]:
    """What a child would have said."""
    chance = random.Random(seed)
    events: list[Event] = [Ready(4711, 0.0, "cpu"), Staged("loading"), Staged("probing"), Staged("training")]
    events.append(_evaluated(0, final=final, steps=steps))
    for step in range(1, steps + 1):
        loss = 1.7 * math.exp(-step / (90 + 20 * seed)) + 0.25 + chance.gauss(0, 0.1)
        rate = 5e-5 * min(step / 30, (steps - step) / (steps - 30))
        events.append(
            Stepped(step, steps, step / 120, abs(loss), rate, 80 + chance.gauss(0, 6), 910.0, (steps - step) / 4)
        )
        if step % 120 == 0:
            events.append(_evaluated(step, final=final, steps=steps))
    return [*events, Finished(steps, 131.0, 82.0)]


def _evaluated(step: int, *, final: float, steps: int) -> Evaluated:
    score = final - 0.3 * math.exp(-4 * step / steps)
    loss = 0.3 + 0.9 * math.exp(-4 * step / steps)
    return Evaluated(step, step / 120, "validation", loss, {"accuracy": score + 0.02, "macro_f1": score}, best=True)


def _predict(
    project: Project, split: Split, sample: int, value: object, *, chance: random.Random, error: float
) -> Prediction:
    ids = [label.id for label in project.labels()]
    gold = TASK.parse(value, project.labels()).labels[0]
    predicted = gold
    if chance.random() < error:
        predicted = ids[(ids.index(gold) + (1 if chance.random() < 0.7 else 2)) % len(ids)]
    score = min(1.0, max(1 / len(ids), chance.betavariate(6, 1.3) if predicted == gold else chance.betavariate(3, 3)))
    rest = (1 - score) / max(1, len(ids) - 1)
    scores = {one: score if one == predicted else rest for one in ids}
    truth, guess = Choice((gold,)), Choice((predicted,))
    return Prediction(
        sample, split, TASK.dump(guess), score, TASK.compare(truth, guess), TASK.quality(truth, guess), scores
    )
