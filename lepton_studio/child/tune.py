"""The "tune" job: read the snapshot, fit the head, train, and leave model, predictions and report in the run folder."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from lepton_studio.child.learning import finish, learn, read_by_model
from lepton_studio.child.others import read_others
from lepton_studio.child.race import race
from lepton_studio.child.repeats import Repeats
from lepton_studio.child.results import remove_results, write_results
from lepton_studio.child.rewriting import give_rewritten, has_rewritten
from lepton_studio.child.robustness import robustness_words
from lepton_studio.child.search import search
from lepton_studio.child.trying import Won
from lepton_studio.child.words import LostWords
from lepton_studio.child.work import Work, cut_sentence
from lepton_studio.heads.summed import summed
from lepton_studio.language import tr, trn
from lepton_studio.methods.recipes import compares
from lepton_studio.methods.search import METHOD as SEARCHING
from lepton_studio.models.built_in import built_in
from lepton_studio.runs.events import Evaluated, Finished, LastEvent, Noted, Staged, Stopped
from lepton_studio.runs.trials import forget_trials
from lepton_studio.training.checkpoints import Checkpoints
from lepton_studio.training.failures import BadData, NotANumber
from lepton_studio.training.host_memory import bounded
from lepton_studio.training.learner import Example, Learner
from lepton_studio.training.loop import Trained
from lepton_studio.training.models import Base
from lepton_studio.training.signals import Interrupted, stop_now
from lepton_studio.training.snapshot import Samples, joined
from lepton_studio.training.soundness import check_words
from lepton_studio.words import cut_targets

SEARCH = SEARCHING.id
_READ_FIRST = 300
"""So many samples tell whether a model knows the words of a project."""


def tune(work: Work, *, resume: bool) -> LastEvent:
    """Do the job, from its newest checkpoint on when `resume`; returns the last event.

    Raises what `failures.failed` knows.
    """
    # The variable is for tests that must not wait half a minute.
    checkpoints = Checkpoints(work.folder, seconds=float(os.environ.get("LEPTON_CHECKPOINT_SECONDS", "30")))
    try:
        with bounded():
            # What was tried before is not tried again, and the run itself begins where there is no checkpoint of it.
            again = resume and checkpoints.has_any()
            if not compares(work.job.recipe):
                repeats = Repeats.before(work, resume=resume)
                last = _whole(work, checkpoints, resume=resume if repeats is None else again)
                if repeats is not None and (isinstance(last, Finished) or (isinstance(last, Stopped) and last.kept)):
                    repeats.conclude()
                return last
            won = (search if SEARCH in work.job.recipe.methods else race)(work, resume=resume)
            last = _whole(replace(work, job=replace(work.job, recipe=won.recipe)), checkpoints, resume=again, won=won)
            return _as_stopped(last) if won.is_cut else last
    except Interrupted as interrupted:
        if interrupted.wish == "discard":
            checkpoints.clear()
            forget_trials(work.folder)
            remove_results(work.folder)
        return Stopped(step=checkpoints.newest_step(), kept=False, seconds=work.seconds)


class _Exploded(Exception):
    """The loss stopped being a number at the full learning rate."""

    def __init__(self, step: int) -> None:
        super().__init__(step)
        self.step = step


def _going_back(step: int, *, back: int) -> str:
    if not back:
        return tr(
            "The loss stopped being a number at step {step}. Starting again with half the learning rate.", step=step
        )
    return tr(
        "The loss stopped being a number at step {step}. Going back to step {back}, on with half the learning rate.",
        step=step,
        back=back,
    )


def _whole(work: Work, checkpoints: Checkpoints, *, resume: bool, won: Won | None = None) -> LastEvent:
    """As `_tune`; where the loss explodes, once more from before that with half the learning rate."""
    try:
        return _tune(work, checkpoints, resume=resume, won=won)
    except _Exploded as exploded:
        note = _going_back(exploded.step, back=checkpoints.newest_step())
    # Outside of the clause, whose error holds all that the run had in memory.
    work.send(Noted(note, lasts=True))
    again = replace(work, began=time.monotonic())
    return _tune(again, checkpoints, resume=True, halved=True, won=won)


def _tune(
    work: Work, checkpoints: Checkpoints, *, resume: bool, halved: bool = False, won: Won | None = None
) -> LastEvent:
    send, recipe = work.send, work.job.recipe
    send(Staged("loading"))
    torch.manual_seed(recipe.seed)
    learner, base = work.new_learner()
    body = base.made()
    new, validation, test = work.read_splits(learner)
    check_samples(new, base=base)
    old = work.read_old(learner)
    training = joined(new, old)
    splits = (training, validation, test)
    unlabelled = work.read_unlabelled(body, held_out=(validation, test))
    others = read_others(work, base, held_out=(validation, test))
    _note_truncated(splits, learner=learner, work=work)
    _note_lost(splits, work=work)
    if not validation.ids and not body.at_once:
        send(Noted(tr("There are no validation samples, so the model of the last step is kept without validation.")))
    stop_now(work.should_stop)
    learner.prepare(training.examples)
    learner.model.to(work.machine.device)

    vectors: torch.Tensor | None = None

    def embed_once(examples: Sequence[Example]) -> torch.Tensor:
        nonlocal vectors
        found = read_by_model(examples, learner=learner, work=work)
        vectors = None if body.reads_otherwise else found
        return found

    resume_from = checkpoints.newest() if resume else None
    if resume_from is not None and resume_from.first:
        send(Noted(tr("Continuing with what the model learns from unlabelled texts before tuning.")))
    elif resume_from is not None:
        send(Noted(tr("Continuing from step {step}.", step=resume_from.state.step)))
    else:
        if resume and not halved and has_rewritten(work, body=body):
            send(Noted(tr("Continuing with rewriting the training texts.")))
        elif resume and not halved:
            send(Noted(tr("No checkpoint of this run can be read, so it starts from the beginning.")))
        checkpoints.clear()
        if body.on_pairs:
            embed_once(training.examples)  # as the base model has them, for what stands beside the run
    give_rewritten(
        work, learner, body=body, training=new, held_out=(validation, test), tells=resume_from is None and not halved
    )
    trained = learn(
        work,
        learner,
        body=body,
        training=training,
        new=new,
        unlabelled=unlabelled,
        others=others,
        validation=validation,
        checkpoints=checkpoints,
        resume_from=resume_from,
        embed=embed_once,
        tokenizer=base.tokenizer,
        halved=halved,
    )
    if trained.ending == "not_a_number" and not trained.halved:
        raise _Exploded(trained.last_step)
    if trained.ending == "not_a_number" and not trained.is_best:
        raise NotANumber(
            tr("The loss stopped being a number, with half the learning rate too, and there was no model to keep.")
        )

    trained_at = work.seconds
    finish(work, learner, body=body, training=training)
    check = _may_still_leave(trained, work=work)
    if won is not None and won.beside is not None:
        learner = _with_beside(learner, won, work=work)
        splits = work.read_splits(learner)
        training, validation, test = splits
    results = write_results(work, learner, body=body, splits=splits, vectors=vectors, check=check)
    if robust := robustness_words(
        work,
        learner,
        body=body,
        tokenizer=base.tokenizer,
        test=test,
        as_it_is=results.scores.get("test", {}).get(work.task.best, 0.0),
        progress=lambda *_: check(),
    ):
        send(Noted(robust))
    if (cost := body.adversary_cost) and work.machine.device.type == "cpu":  # a GPU is not waited for
        took = tr("Moving words against the model makes a step {times} times as long.", times=f"{cost:.1f}")
        send(Noted(took))
    if test.ids:
        send(Evaluated(trained.step, trained.epoch, "test", results.losses["test"], results.scores["test"]))
    checkpoints.clear()
    work.folder.data_file("unlabelled").unlink(missing_ok=True)  # the model has its words
    seconds = trained.seconds + work.seconds - trained_at
    match trained.ending:
        case "complete":
            return Finished(trained.step, seconds, trained.samples_per_second, results.scores)
        case "kept":
            return Stopped(trained.step, True, seconds, trained.samples_per_second, results.scores)
        case "not_a_number":
            raise NotANumber(
                tr(
                    "The loss stopped being a number at step {step}, with half the learning rate too. The best model "
                    "so far (step {best}) was kept.",
                    step=trained.last_step,
                    best=trained.step,
                )
            )


def _with_beside(learner: Learner[Any], won: Won, *, work: Work) -> Learner[Any]:
    """What answers together with what was tuned, fitted on the same training samples."""
    assert won.beside is not None
    other = replace(work, job=replace(work.job, recipe=won.beside))
    second, base = other.new_learner()
    body = base.made()
    training, _, _ = other.read_splits(second)
    second.prepare(training.examples)
    second.model.to(work.machine.device)
    second.fit_head(training.examples, embed=lambda some: read_by_model(some, learner=second, work=other))
    body.finish(second.model)
    return summed(learner, second, weight=won.weight)


def _as_stopped(last: LastEvent) -> LastEvent:
    """The person stopped the comparison, and what was best so far was fitted."""
    if not isinstance(last, Finished):
        return last
    return Stopped(last.step, True, last.seconds, last.samples_per_second, last.scores)


def check_samples(training: Samples[Any], *, base: Base) -> None:
    """Raise BadData where there is nothing to learn, and where a model that the person brought cannot read it."""
    if not training.examples:
        raise BadData(tr("There are no labelled samples to train on."))
    if base.tokenizer is not None and built_in(base.name) is None:
        # The first of each sample has its text and no more: those behind it may have signs around its spans.
        firsts = list({one.sample: one.tokens for one in reversed(training.examples)}.values())
        check_words(firsts[:: max(1, len(firsts) // _READ_FIRST)], unknown=base.tokenizer.unk_token_id)


def _note_truncated(splits: Sequence[Samples[Any]], *, learner: Learner[Any], work: Work) -> None:
    total = sum(len(split.ids) for split in splits)
    cut = sum(len({example.sample for example in split.examples if example.truncated}) for split in splits)
    if cut:
        work.send(Noted(cut_sentence(cut, total=total, length=learner.max_length)))
    if targets := sum(example.is_target_cut for split in splits for example in split.examples):
        work.send(Noted(cut_targets(targets, total=total)))


def _note_lost(splits: Sequence[Samples[Any]], *, work: Work) -> None:
    """Where the base model was tuned before, for other texts."""
    if not Path(work.job.model).is_dir():
        return
    lost = LostWords(Path(work.job.model))
    for split in splits:
        lost.add(split.inputs)
    if lost.count:
        sentence = trn(
            "{count:,} of {total:,} texts has words that the base model did not keep when it was saved.",
            "{count:,} of {total:,} texts have words that the base model did not keep when it was saved.",
            lost.count,
            total=lost.total,
        )
        work.send(Noted(sentence))


def _may_still_leave(trained: Trained, *, work: Work) -> Callable[[], None]:
    """A window that goes while results are written finds a checkpoint of the end of training later.

    A run that was asked to stop and keep its best ends in any case: that takes no longer.
    """

    def check() -> None:
        wish = work.should_stop()
        if wish == "leave" and trained.ending == "complete":
            trained.save_checkpoint()
            raise Interrupted(wish)
        if wish == "discard":
            raise Interrupted(wish)

    return check
