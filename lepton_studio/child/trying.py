"""Trials of a run: each fit is judged on samples that it has not seen, written down, and told to the window. Those are
folds of the training and validation samples, where something is to be chosen by them; or a split that was held out.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lepton_studio.child.learning import NOTHING, finish, learn, read_by_model
from lepton_studio.child.others import read_others
from lepton_studio.child.rewriting import give_rewritten
from lepton_studio.child.work import Work
from lepton_studio.language import tr
from lepton_studio.racing.folds import folds_of
from lepton_studio.racing.summing import Probabilities
from lepton_studio.racing.telling import Qualities, score
from lepton_studio.runs.events import Event, Noted, Staged, Stepped, TrialState, Tried
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.trials import FitLine, Trials, add_fit, forget_trials, read_fits, write_trials
from lepton_studio.training.checkpoints import Checkpoints
from lepton_studio.training.failures import BadData, NotANumber
from lepton_studio.training.inference import decide, embed
from lepton_studio.training.learner import Decision, Example, Learner
from lepton_studio.training.signals import Interrupted, stop_now
from lepton_studio.training.snapshot import Rows, read_rows

_PACE = 0.5
"""Seconds between two words on how far a fit is."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: a recipe, by an id of its own; `methods` and `settings` are what a person is told of it."""

    id: str
    recipe: Recipe
    methods: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Won:
    """How the run goes on: by this recipe, and where two answer together with another one, of which `weight` is the
    share of the first. `is_cut`: the person stopped the comparison.
    """

    recipe: Recipe
    beside: Recipe | None = None
    weight: float = 1.0
    is_cut: bool = False


class NoCheckpoints(Checkpoints):
    """A fit of a fold is done again rather than resumed."""

    def __init__(self, work: Work) -> None:
        super().__init__(work.folder)

    def before_tuning(self) -> Checkpoints:
        """None of that either."""
        return self

    def due(self, *, evaluated: bool = False) -> bool:
        """Never."""
        return False

    def save(self, *_state: Any, **_of: Any) -> None:
        """Nothing."""


class Trying:
    """The samples that trials are judged on, in their folds, and what is known of each trial so far. One thread.

    `rows`: the samples; `of` [n]: the fold of each; `targets` [n]: the place of its label, None where samples have no
    one label. `train`, `validation`: what every trial learns from and keeps its best weights by, where `rows` are a
    split that was held out.
    """

    def __init__(
        self,
        work: Work,
        *,
        kind: str,
        rows: Rows[Any],
        of: NDArray[np.int64],
        resume: bool,
        train: Rows[Any] | None = None,
        validation: Rows[Any] | None = None,
    ) -> None:
        task, labels = work.task, work.labels
        self.work, self.kind, self.rows, self.of = work, kind, rows, of
        self.folds = len(np.unique(of))
        self._train, self._validation = train, validation
        index = {label.id: place for place, label in enumerate(labels)}
        self.targets: NDArray[np.int64] | None = None
        if task.linear == "choice":
            self.targets = np.array([index[task.labels_in(value)[0]] for value in rows.values])
        self._vectors: Tensor | None = None
        self._told: dict[str, Tried] = {}
        self._lines: dict[tuple[str, int], FitLine] = {}
        self._before = 0.0
        self._noted: set[str] = set()
        if work.folder.data_file("old").exists():
            raise BadData(
                tr("A run that goes on with new samples only has nothing to compare. Choose a method, without folds.")
            )
        if resume:
            self._lines = {(one.trial, one.fold): one for one in read_fits(work.folder)}
            self._before = sum(one.seconds for one in self._lines.values())
        else:
            forget_trials(work.folder)

    @classmethod
    def over_folds(cls, work: Work, *, kind: str, folds: int, resume: bool) -> Trying:
        """On so many folds of the training and validation samples, or fewer where there are fewer. Raises BadData."""
        task = work.task
        train, more = (read_rows(work.folder, one, task=task, labels=work.labels) for one in ("train", "validation"))
        rows: Rows[Any] = Rows([*train.ids, *more.ids], [*train.inputs, *more.inputs], [*train.values, *more.values])
        if len(rows.ids) < 2:
            raise BadData(tr("There are no labelled samples to train on."))
        kinds = [str(task.labels_in(value) or task.dump(value)) for value in rows.values]
        texts = [one.text for one in rows.inputs]
        of = folds_of(texts, kinds, folds=min(folds, len(rows.ids)), seed=work.job.recipe.seed)
        return cls(work, kind=kind, rows=rows, of=of, resume=resume)

    @classmethod
    def on_split(cls, work: Work, *, kind: str, split: str, resume: bool) -> Trying:
        """On the samples of "test" or "validation", learning from those of "train". Raises BadData."""
        task, labels = work.task, work.labels
        train, validation, rows = (
            read_rows(work.folder, one, task=task, labels=labels) for one in ("train", "validation", split)
        )
        of = np.zeros(len(rows.ids), dtype=np.int64)
        return cls(work, kind=kind, rows=rows, of=of, resume=resume, train=train, validation=validation)

    @property
    def a_label(self) -> float:
        """How many samples a label has on average."""
        return len(self.rows.ids) / max(1, len(self.work.labels))

    @property
    def seconds(self) -> float:
        """Since the trials began, in this session and in earlier ones."""
        return self._before + self.work.seconds

    def seconds_of(self, trial: Trial) -> float:
        """What the fits of a trial took."""
        return sum(one.seconds for (name, _), one in self._lines.items() if name == trial.id)

    def done(self, trial: Trial) -> int:
        """On how many folds it was judged."""
        return sum(name == trial.id for name, _ in self._lines)

    def judge(self, trial: Trial, *, fold: int) -> None:
        """Fit the trial without a fold and judge it there; nothing where that was done before.

        Raises Interrupted on a wish to stop, any one of them, and BadData or NotANumber where it cannot be fitted.
        """
        if (trial.id, fold) in self._lines:
            return
        began = time.monotonic()
        places = [int(one) for one in np.flatnonzero(self.of == fold)]
        decided = self._decided(trial, fold=fold)
        task, ids = self.work.task, [label.id for label in self.work.labels]
        golds = [self.rows.values[place] for place in places]
        qualities = tuple(float(task.quality(gold, one.value)) for gold, one in zip(golds, decided, strict=True))
        probabilities: tuple[tuple[float, ...], ...] = ()
        if self.targets is not None:
            probabilities = tuple(tuple(one.scores.get(label, 0.0) for label in ids) for one in decided)
        self.add(FitLine(trial.id, fold, time.monotonic() - began, tuple(places), qualities, probabilities))

    def add(self, fit: FitLine) -> None:
        """Write a fit down."""
        add_fit(self.work.folder, fit)
        self._lines[fit.trial, fit.fold] = fit

    def qualities(self, trial: Trial) -> Qualities:
        """[n]; NaN where it was not judged."""
        found = np.full(len(self.rows.ids), np.nan)
        for (name, _), line in self._lines.items():
            if name == trial.id:
                found[list(line.places)] = line.qualities
        return found

    def probabilities(self, trial: Trial) -> Probabilities:
        """[n, labels]; NaN where it was not judged."""
        found = np.full((len(self.rows.ids), len(self.work.labels)), np.nan, dtype=np.float32)
        for (name, _), line in self._lines.items():
            if name == trial.id:
                found[list(line.places)] = line.probabilities
        return found

    def tell(
        self, trial: Trial, state: TrialState, *, share: float = 0.0, why: str = "", qualities: Qualities | None = None
    ) -> None:
        """How the trial stands. `qualities`: of one that was not judged by itself."""
        of_it = self.qualities(trial) if qualities is None else qualities
        found = score(of_it, of=self.of, folds=self.folds)
        event = Tried(
            trial.id,
            state,
            trial.methods,
            dict(trial.settings),
            done=len(np.unique(self.of[~np.isnan(of_it)])),
            folds=self.folds,
            n=found.n,
            score=found.mean,
            low=found.low,
            high=found.high,
            spread=found.spread,
            seconds=self.seconds_of(trial),
            share=share,
            why=why,
        )
        self._told[trial.id] = event
        self.work.send(event)

    def conclude(self, sentence: str) -> None:
        """Leave how each trial ended for the report, and say what came of it."""
        write_trials(self.work.folder, Trials(self.kind, tuple(self._told.values()), sentence))
        self.work.send(Noted(sentence))

    def _decided(self, trial: Trial, *, fold: int) -> list[Decision[Any]]:
        work = self._quiet(trial)
        stop = work.should_stop
        left = [int(place) for place in np.flatnonzero(self.of == fold)]
        kept = [int(place) for place in np.flatnonzero(self.of != fold)]
        torch.manual_seed(trial.recipe.seed)
        learner, base = work.new_learner()
        body = base.made()
        training = (self._train or self.rows.some(kept)).as_split("train", learner=learner)
        validation = NOTHING if self._validation is None else self._validation.as_split("validation", learner=learner)
        learner.prepare(training.examples)
        learner.model.to(work.machine.device)

        def vectors_of(examples: Sequence[Example]) -> Tensor:
            if body.reads_otherwise:
                return read_by_model(examples, learner=learner, work=work)
            if self._train is not None:
                return self._read_once(examples, learner, work=work)
            every = self._read_once(learner.encode(self.rows.inputs, self.rows.values), learner, work=work)
            return every[torch.tensor(kept)]

        test: Rows[Any] = read_rows(work.folder, "test", task=work.task, labels=work.labels)
        held_out = (self.rows.some(left), validation, test)
        give_rewritten(self.work, learner, body=body, training=training, held_out=held_out, tells=False)
        trained = learn(
            work,
            learner,
            body=body,
            training=training,
            validation=validation,
            checkpoints=NoCheckpoints(work),
            resume_from=None,
            embed=vectors_of,
            tokenizer=base.tokenizer,
            unlabelled=work.read_unlabelled(body, held_out=held_out),
            others=read_others(work, base, held_out=held_out, tells=False),
        )
        if (wish := stop()) is not None:
            raise Interrupted(wish)
        if trained.ending == "not_a_number":
            raise NotANumber(tr("The loss stopped being a number."))
        finish(work, learner, body=body, training=training)
        rows = self.rows.some(left)
        decided = decide(
            rows.inputs,
            learner.encode(rows.inputs),
            learner=learner,
            machine=work.machine,
            progress=lambda *_: stop_now(stop),
        )
        return decided.decisions

    def _read_once(self, examples: Sequence[Example], learner: Learner[Any], *, work: Work) -> Tensor:
        """The vectors of the same examples every time, by the base model as it is."""
        if self._vectors is None:
            self.work.send(Staged("embedding"))
            self._vectors = embed(
                examples, learner=learner, machine=work.machine, progress=lambda *_: stop_now(work.should_stop)
            )
        return self._vectors

    def _quiet(self, trial: Trial) -> Work:
        """The work of one fit: of its events the window hears how far it is, now and then."""
        said = time.monotonic()

        def send(event: Event) -> None:
            nonlocal said
            if isinstance(event, Noted) and event.message not in self._noted:
                self._noted.add(event.message)  # every fit would say it again
                self.work.send(event)
            elif isinstance(event, Stepped) and time.monotonic() - said >= _PACE:
                said = time.monotonic()
                self.tell(trial, "running", share=event.step / max(1, event.total_steps))

        job = replace(self.work.job, recipe=trial.recipe)
        return replace(self.work, job=job, send=send, began=time.monotonic())
