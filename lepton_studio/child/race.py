"""The race: the methods that fit are compared on folds, and the run goes on with the one that is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lepton_studio.child.trying import Trial, Trying, Won
from lepton_studio.child.work import Work
from lepton_studio.language import tr, trn
from lepton_studio.methods import all_methods, method_named
from lepton_studio.methods.families import family_of
from lepton_studio.methods.method import InRace, Method
from lepton_studio.methods.race import METHOD, RaceSettings
from lepton_studio.methods.recipes import adjusted
from lepton_studio.racing.choosing import (
    RUNGS,
    Choice,
    Contestant,
    Judged,
    beaten,
    choose,
    halved,
    is_clear,
)
from lepton_studio.racing.summing import sum_held_out
from lepton_studio.racing.telling import Qualities
from lepton_studio.runs.events import Noted, Staged
from lepton_studio.runs.job import Recipe
from lepton_studio.training.failures import BadData, NotANumber
from lepton_studio.training.signals import Interrupted

_SECONDS = 0.1
"""A method of a lower cost takes seconds: it is judged on all folds."""
_SUM_GAIN = 0.5
"""Points that a sum brings over its tuned part, on average over 13 sets (docs/decisions/0031)."""
FIRST = "quick"
"""The others are held against this one."""


class _Over(Exception):
    """No further fit is begun: the time is over, or the person wants to keep what there is."""


def race(work: Work, *, resume: bool) -> Won:
    """Compare. Raises Interrupted where the run is to be left or thrown away, and BadData."""
    settings: RaceSettings = METHOD.chosen(work.job.recipe)
    trying = Trying.over_folds(work, kind="race", folds=settings.race_folds, resume=resume)
    return _Race(trying, limit=60.0 * settings.race_minutes).run()


def contestants(work: Work) -> tuple[Trial, ...]:
    """What takes part, the cheapest first but for `FIRST`, which is the first of all."""
    task, recipe = work.task, work.job.recipe
    family = family_of(work.job.model, task=task)
    families = (family,) if family else task.families
    found = [one for one in all_methods().values() if one.in_race and all(one.fits(kind, task) for kind in families)]
    found.sort(key=lambda one: (one.id != FIRST, _part(one).cost))
    plain = replace(recipe, methods=(), of_methods={})
    return tuple(Trial(one.id, adjusted(plain, {"methods": one.id}, task=task), (one.id,)) for one in found)


class _Race:
    def __init__(self, trying: Trying, *, limit: float) -> None:
        self._trying = trying
        self._limit = limit
        self._trials = contestants(trying.work)
        self._contestants = {one.id: _contestant(one, method_named(one.id)) for one in self._trials}
        self._out: set[str] = set()
        self._sums: dict[str, tuple[Trial, Trial, float, Qualities]] = {}
        self._fits = 0

    def run(self) -> Won:
        trying = self._trying
        for trial in self._trials:
            trying.tell(trial, "measured" if trying.done(trial) else "waiting")
        cheap = [one for one in self._trials if self._contestants[one.id].cost < _SECONDS]
        costly = [one for one in self._trials if one not in cheap]
        is_cut = False
        try:
            for trial in cheap:
                self._judge(trial, folds=trying.folds)
            self._drop_beaten()
            for folds in dict.fromkeys(min(one, trying.folds) for one in (*RUNGS, trying.folds)):
                for trial in costly:
                    self._judge(trial, folds=folds)
                self._drop_beaten()
                if folds < trying.folds:
                    self._halve(costly)
                running = self._running()
                if not any(one.id in {trial.id for trial in costly} for one in running):
                    break
                if is_clear(self._judged(), running):
                    break
        except _Over:
            pass
        except Interrupted as interrupted:
            if interrupted.wish != "keep":
                raise
            is_cut = True
        for trial in self._trials:
            if not trying.done(trial) and trial.id not in self._out:
                self._drop(trial.id, tr("Not tried: the comparison ended before."))
        if is_cut:
            # What would take minutes to fit once more is not what a person wants who stops.
            self._out |= {one.id for one in costly}
        else:
            self._add_sums()
        return replace(self._won(), is_cut=is_cut)

    def _judge(self, trial: Trial, *, folds: int) -> None:
        trying = self._trying
        if trial.id in self._out:
            return
        try:
            for fold in range(folds):
                if trying.done(trial) > fold:
                    continue
                wish = trying.work.should_stop()
                if wish is not None:
                    raise Interrupted(wish)
                if self._is_late(trial):
                    trying.work.send(
                        Noted(tr("The time limit of the comparison is reached, so no further fit is started."))
                    )
                    raise _Over
                trying.work.send(Staged("racing", self._fits, 0))
                trying.tell(trial, "running")
                trying.judge(trial, fold=fold)
                self._fits += 1
                trying.tell(trial, "measured")
        except (BadData, NotANumber) as error:
            self._out.add(trial.id)
            trying.tell(trial, "failed", why=str(error))

    def _is_late(self, trial: Trial) -> bool:
        """Whether one more fit, as long as the last ones, would end behind the limit; of what takes seconds never."""
        if not self._limit or self._contestants[trial.id].cost < _SECONDS:
            return False
        done = self._trying.done(trial)
        a_fit = self._trying.seconds_of(trial) / done if done else 0.0
        return self._trying.seconds + a_fit > self._limit

    def _running(self) -> list[Contestant]:
        """Those that are in and were judged at all."""
        done = {one.id for one in self._trials if self._trying.done(one)}
        return [one for id, one in self._contestants.items() if id not in self._out and id in {*done, *self._sums}]

    def _judged(self) -> Judged:
        trying = self._trying
        qualities = {one.id: trying.qualities(one) for one in self._trials}
        qualities |= {id: of_sum for id, (*_, of_sum) in self._sums.items()}
        # What went out is no measure for the others; the first one always is, where it could be fitted at all.
        order = [one for one in self._contestants.values() if one.id in qualities]
        return Judged(order, qualities, trying.of, trying.folds, trying.a_label)

    def _drop_beaten(self) -> None:
        running = self._running()
        if len(running) < 2:
            return
        for id, best in beaten(self._judged(), running).items():
            self._drop(id, tr("Behind {other} beyond chance.", other=self._title(best)))

    def _halve(self, costly: Sequence[Trial]) -> None:
        ids = {one.id for one in costly}
        running = [one for one in self._running() if one.id in ids]
        stay = {one.id for one in halved(self._judged(), running)}
        for one in running:
            if one.id not in stay:
                self._drop(one.id, tr("Not among the better half of the methods that take long."))

    def _drop(self, id: str, why: str) -> None:
        self._out.add(id)
        if id in self._sums:
            trial, _, _, of_sum = self._sums[id]
            self._trying.tell(_sum_of(id, trial.methods), "dropped", why=why, qualities=of_sum)
        else:
            self._trying.tell(self._trial(id), "dropped", why=why)

    def _add_sums(self) -> None:
        """What a tuned model would say together with what takes seconds, by what both said of the folds."""
        trying = self._trying
        if trying.targets is None:
            return
        cheap = [
            one for one in self._trials if method_named(one.id).at_once and self._contestants[one.id].cost < _SECONDS
        ]
        for tuned in self._trials:
            if tuned.id in self._out or method_named(tuned.id).at_once or trying.done(tuned) < 2:
                continue
            for other in cheap:
                if trying.done(other) < trying.folds:
                    continue
                of_sum, weight = sum_held_out(
                    trying.probabilities(tuned), trying.probabilities(other), trying.targets, of=trying.of
                )
                id = f"{tuned.id}+{other.id}"
                self._sums[id] = (replace(tuned, methods=(tuned.id, other.id)), other, weight, of_sum)
                alone, little = self._contestants[tuned.id], self._contestants[other.id]
                self._contestants[id] = Contestant(
                    id,
                    alone.cost + little.cost,
                    few=(alone.few[0] + _SUM_GAIN, alone.few[1]),
                    many=(alone.many[0] + _SUM_GAIN, alone.many[1]),
                )
                trying.tell(_sum_of(id, (tuned.id, other.id)), "measured", qualities=of_sum)
        self._drop_beaten()

    def _won(self) -> Won:
        running = self._running()
        if not running:
            raise BadData(tr("None of the methods could be fitted. Label more samples, or choose a method yourself."))
        choice = choose(self._judged(), running)
        if choice.taken in self._sums:
            trial, other, weight, of_sum = self._sums[choice.taken]
            self._trying.tell(_sum_of(choice.taken, trial.methods), "taken", qualities=of_sum)
            won = Won(trial.recipe, beside=other.recipe, weight=weight)
        else:
            trial = self._trial(choice.taken)
            self._trying.tell(trial, "taken")
            won = Won(trial.recipe)
        self._trying.conclude(self._sentence(choice))
        return won

    def _sentence(self, choice: Choice) -> str:
        taken = self._title(choice.taken)
        if not choice.second:
            return tr("{method} is used: the other methods are behind beyond chance.", method=taken)
        facts = {"method": taken, "other": self._title(choice.second), "points": f"{100 * choice.ahead:+.1f}"}
        if choice.is_clear:
            return trn(
                "{method} is better than {other} beyond chance ({points} points on {count} sample) and is used.",
                "{method} is better than {other} beyond chance ({points} points on {count} samples) and is used.",
                choice.n,
                **facts,
            )
        return trn(
            "{count} sample cannot tell {method} from {other} ({points} points, within chance). {method} is used: by "
            "this comparison and by what the methods did on other data, it is expected to do best.",
            "{count} samples cannot tell {method} from {other} ({points} points, within chance). {method} is used: by "
            "this comparison and by what the methods did on other data, it is expected to do best.",
            choice.n,
            **facts,
        )

    def _trial(self, id: str) -> Trial:
        return next(one for one in self._trials if one.id == id)

    def _title(self, id: str) -> str:
        return " + ".join(tr(method_named(one).title) for one in id.split("+"))


def _part(method: Method) -> InRace:
    assert method.in_race is not None
    return method.in_race


def _contestant(trial: Trial, method: Method) -> Contestant:
    part = _part(method)
    return Contestant(trial.id, part.cost, part.few, part.many)


def _sum_of(id: str, methods: tuple[str, ...]) -> Trial:
    return Trial(id, Recipe(), methods)
