"""What a tuning run leaves behind: the model folder, predictions of every split, the report."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from lepton_studio.atomic import new_folder, remove_partial
from lepton_studio.child.baseline import Read, baselines
from lepton_studio.child.before import with_before
from lepton_studio.child.words import keep_words
from lepton_studio.child.work import Work
from lepton_studio.contract.task import Report
from lepton_studio.files import remove_tree
from lepton_studio.heads.cloze import Cloze
from lepton_studio.heads.model_folder import ModelFolder
from lepton_studio.progress import Progress
from lepton_studio.runs.events import Staged
from lepton_studio.runs.folder import RunFolder, write_lines, write_whole
from lepton_studio.runs.model_folder import BESIDE, encoder_in
from lepton_studio.training.body import Body
from lepton_studio.training.inference import Decided, decide, runner, score_split
from lepton_studio.training.learner import Example, Learner
from lepton_studio.training.snapshot import Samples


@dataclass(frozen=True, slots=True)
class Results:
    """Reports and mean losses by split."""

    reports: Mapping[str, Report]
    losses: Mapping[str, float]

    @property
    def scores(self) -> dict[str, dict[str, float]]:
        """split -> score name -> 0..1."""
        return {split: dict(report.headline) for split, report in self.reports.items()}


def write_results(
    work: Work,
    learner: Learner[Any],
    *,
    body: Body,
    splits: Sequence[Samples[Any]],
    vectors: Tensor | None,
    check: Callable[[], None],
) -> Results:
    """Save the model, run it over every split, and write predictions and report; each file appears whole or not at all.

    `check` is called after each batch and may raise to end the work. `vectors`: see `Read`.
    """
    present = [split for split in splits if split.ids]
    progress = _over_all(present, work=work, check=check)
    validation = next((split for split in present if split.split == "validation"), None)
    if validation is not None:
        run = runner(learner=learner, machine=work.machine)
        learner.calibrate(validation.inputs, validation.values, run=run)
    work.send(Staged("saving"))
    examples = [example for split in present for example in split.examples]
    keeps_all = work.job.recipe.keep_all_words or body.reads_labels
    save_model(work.folder, learner, body=body, examples=None if keeps_all else examples)
    decided, seconds = {}, {}
    for split in present:
        began, is_draft = time.monotonic(), split.split == "train"
        decided[split.split] = decide(
            split.inputs, split.examples, learner=learner, machine=work.machine, progress=progress, draft=is_draft
        )
        seconds[split.split] = time.monotonic() - began
    work.send(Staged("saving"))
    task, labels = work.task, work.labels

    def score(gold: Sequence[Any], predicted: Sequence[Any]) -> Report:
        return task.score(gold, predicted, labels)

    reports = {split.split: score_split(decided[split.split], split.values, score=score) for split in present}
    if task.from_bare_text:
        for split in present:
            if split.split != "train":
                found = decide(
                    split.inputs, learner.encode(split.inputs), learner=learner, machine=work.machine, progress=progress
                )
                strict = score_split(found, split.values, score=score).headline
                headline = {**reports[split.split].headline, **{f"strict_{name}": one for name, one in strict.items()}}
                reports[split.split] = replace(reports[split.split], headline=headline)
    beside = baselines(
        work, splits, Read(decided, seconds, vectors), at_once=body.at_once and not body.on_pairs, check=check
    )
    words, quick = beside.get("words", {}), beside.get("quick", {})
    reports = {
        name: replace(report, baseline=words.get(name), quick=quick.get(name)) for name, report in reports.items()
    }
    reports = dict(with_before(work, learner, reports, splits=present, decided=decided, check=check))
    lines = (line for split in present for line in _lines(split, decided[split.split], dump=task.dump))
    write_lines(work.folder.predictions_file, lines)
    stored = {split: report.to_json() for split, report in reports.items()}
    write_whole(work.folder.report_file, json.dumps(stored, indent=1))
    return Results(reports, {split: one.loss for split, one in decided.items()})


def save_model(
    folder: RunFolder, learner: Learner[Any], *, body: Body, examples: Sequence[Example] | None = None
) -> None:
    """Write model/ so that it appears whole: beside its place first, every file synced.

    Where `examples` are given, an encoder's large table of words is cut to what these and the run's texts need.
    """
    remove_partial(folder.path, name=folder.model.name)
    with new_folder(folder.model) as temporary:
        temporary.mkdir(parents=True)
        learner.save(temporary)
        body.save(temporary)
        ModelFolder(temporary).tell_methods(body.methods)
        if examples is not None and body.family == "encoder":
            for model in (temporary, temporary / BESIDE):
                if encoder_in(model).is_dir():
                    keep_words(model, folder, examples=examples, ids=_ids_of_labels(learner))


def _ids_of_labels(learner: Learner[Any]) -> set[int]:
    """The pieces of the words that stand for labels, where such are filled in: no text need have them."""
    text_model = getattr(learner, "text_model", None)
    return {one for some in text_model.pieces for one in some} if isinstance(text_model, Cloze) else set()


def remove_results(folder: RunFolder) -> None:
    """Throw away what a run left."""
    remove_tree(folder.model, inside=folder.path.parent)
    folder.predictions_file.unlink(missing_ok=True)
    folder.report_file.unlink(missing_ok=True)


def _over_all(splits: Sequence[Samples[Any]], *, work: Work, check: Callable[[], None]) -> Progress:
    """Progress over all splits together."""
    total = sum(len(split.examples) for split in splits)
    before = 0

    def progress(done: int, of: int | None) -> None:
        nonlocal before
        work.send(Staged("evaluating", before + done, total))
        if done == of:
            before += done
        check()

    return progress


def _lines(split: Samples[Any], decided: Decided[Any], *, dump: Callable[[Any], object]) -> Iterator[str]:
    for sample, gold, decision in zip(split.ids, split.values, decided.decisions, strict=True):
        line = {
            "id": sample,
            "split": split.split,
            "value": dump(decision.value),
            "gold": dump(gold),
            "score": decision.score,
            "scores": decision.scores,
        }
        yield json.dumps(line) + "\n"
