"""`tune` and `reproduce`."""

from __future__ import annotations

import os
import signal
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lepton_studio.commands.console import Answer, Misused, ProgressLine, Refused, say
from lepton_studio.commands.hub_models import bring
from lepton_studio.commands.projects import asked_runs, open_for_reading, open_for_writing
from lepton_studio.commands.starting import model_to_start_from
from lepton_studio.commands.trials import trial_line
from lepton_studio.commands.trying import tried
from lepton_studio.language import tr
from lepton_studio.words import split_name, stage_words

if TYPE_CHECKING:
    from lepton_studio.contract.task import Task
    from lepton_studio.project.project import Project
    from lepton_studio.runs.events import Event, Stepped
    from lepton_studio.runs.job import Recipe, TrialKind
    from lepton_studio.runs.requests import Stop

_STEPS_THAT_TELL = 5
"""Steps of a run after which its time can be told."""


def tune(options: Namespace) -> Answer:
    """Fine-tune a model on the labels of a project; Ctrl+C keeps the best so far, a second one throws the run away."""
    from lepton_studio.commands.gguf_models import prepared
    from lepton_studio.methods.recipes import check_readable
    from lepton_studio.project.records import SPLITS
    from lepton_studio.runs.job import BadSetting
    from lepton_studio.runs.model_folder import why_unusable
    from lepton_studio.studio import tuning
    from lepton_studio.studio.proposing import why_unfitting
    from lepton_studio.studio.scores_in_words import titled_scores
    from lepton_studio.tasks import task_named

    kind: TrialKind | None = "preview" if options.preview else "find_rate" if options.find_rate else None
    if options.resume is not None and kind is not None:
        raise Misused(tr("A resumed run has its texts and its learning rate; leave out --preview and --find-rate."))
    if options.resume is not None and (options.set or options.model or options.start):
        raise Misused(tr("A resumed run keeps its own model and recipe; leave out --model, --from and --set."))
    _track(options.track)
    try:
        check_readable(dict(options.set))
    except BadSetting as wrong:
        raise Misused(str(wrong)) from wrong
    with open_for_writing(options.dir) as project, _stopping_by_keyboard() as should_stop:
        task = task_named(project.task_id)
        shown = _Shown(task)
        if options.resume is not None:
            tuning.left_runs(project)
            number = project.run_by_number(options.resume).id
            run, outcome = tuning.resume(project, number, on_events=shown.events, should_stop=should_stop)
        else:
            model = model_to_start_from(project, options.start, model=options.model) or _proposed(project)
            bring(model)
            model = prepared(model)
            if why := why_unusable(model) or why_unfitting(model, task=task):
                raise Refused(why)
            recipe = _recipe(project, dict(options.set), model=model)
            if kind is not None:
                return tried(project, kind, model=model, recipe=recipe)
            _check(project, recipe, model=model)
            _give_every_labelled_sample_a_split(project)
            run, outcome = tuning.tune(
                project, model=model, recipe=recipe, on_events=shown.events, should_stop=should_stop
            )
        shown.progress.done()
    scores = {split: dict(values) for split, values in run.scores.items()}
    facts = {
        "run": run.number,
        "status": run.status,
        "seconds": run.seconds,
        "steps": run.steps,
        "samples_per_second": run.samples_per_second,
        "scores": scores,
        "sentence": run.sentence,
    }
    if run.status in ("failed", "interrupted") or outcome.kind == "thrown_away":
        return Answer(facts, "", failure=outcome.text)
    lines = [f"{split_name(split)}: {titled_scores(scores[split], task)}" for split in SPLITS if split in scores]
    return Answer(facts, "\n".join([tr("Run {number}: {outcome}", number=run.number, outcome=outcome.text), *lines]))


def reproduce(options: Namespace) -> Answer:
    """Run a run again from its folder, and tell whether it comes out the same; else the exit code is 1."""
    from lepton_studio.studio.reproducing import CannotReproduce, reproduced_facts, reproduced_words
    from lepton_studio.studio.reproducing import reproduce as run_again
    from lepton_studio.tasks import task_named

    with open_for_reading(options.dir) as project, _stopping_by_keyboard() as should_stop:
        runs = asked_runs(project, options.run)
        shown = _Shown(task_named(project.task_id))
        try:
            found = run_again(project, runs[0], on_events=shown.events, should_stop=should_stop)
        except CannotReproduce as error:
            raise Refused(str(error)) from error
        shown.progress.done()
        said = reproduced_words(found, task=project.task_id)
    return (
        Answer(reproduced_facts(found), said) if found.is_equal else Answer(reproduced_facts(found), "", failure=said)
    )


def _track(asked: Sequence[str]) -> None:
    """Write the runs of this process there, in place of what the preferences say. Raises Misused, Refused."""
    from lepton_studio.runs.trackers import HERE, OFFLINE, ONLINE, TRACKERS, why_not_there

    if not asked:
        return
    usual = {"mlflow": HERE, "wandb": OFFLINE}
    wanted = dict.fromkeys(TRACKERS, "")
    for one in asked:
        name, _, place = one.partition("=")
        if one == "none":
            continue
        if name not in TRACKERS or (name == "wandb" and place not in ("", OFFLINE, ONLINE)):
            raise Misused(tr("--track takes mlflow, mlflow=PLACE, wandb, wandb=online or none, not {what}.", what=one))
        if why := why_not_there(name):
            raise Refused(why)
        wanted[name] = place or usual[name]
    os.environ.update({f"LEPTON_{name.upper()}": place for name, place in wanted.items()})


def _proposed(project: Project) -> str:
    """The built-in model for the project's texts; says why where it is not the English one, which stands in for it
    where only that is here."""
    from lepton_studio.models.built_in import built_in
    from lepton_studio.models.places import is_installed
    from lepton_studio.runs.job import BUILT_IN_MODEL
    from lepton_studio.studio.proposing import proposal_for

    proposal = proposal_for(project)
    proposed, usual = built_in(proposal.model), built_in(BUILT_IN_MODEL)
    if proposed is not None and usual is not None and not is_installed(proposed) and is_installed(usual):
        say(
            tr(
                "{proposed} would fit these texts, but is not on this computer yet, so {usual} is used. To download "
                "it: lepton-studio models fetch {proposed}",
                proposed=proposed.name,
                usual=usual.name,
            )
        )
        return BUILT_IN_MODEL
    if proposal.model != BUILT_IN_MODEL:
        say(proposal.sentence)
    return proposal.model


def _recipe(project: Project, settings: Mapping[str, str], *, model: str) -> Recipe:
    """The balanced recipe with these settings. Raises Misused for one that does not apply to this task and model."""
    from lepton_studio.methods.families import family_of
    from lepton_studio.methods.recipes import adjusted
    from lepton_studio.runs.job import BadSetting
    from lepton_studio.studio.tuning import balanced_recipe
    from lepton_studio.tasks import task_named

    task = task_named(project.task_id)
    try:
        return adjusted(balanced_recipe(project, model=model), settings, task=task, family=family_of(model, task=task))
    except BadSetting as wrong:
        raise Misused(str(wrong)) from wrong


def _give_every_labelled_sample_a_split(project: Project) -> None:
    from lepton_studio.studio.tuning import give_splits

    if give_splits(project) is not None:
        counts = project.labelled_split_counts()
        say(
            tr(
                "Labelled samples without a split were distributed by label: {train} train, {validation} "
                "validation, {test} test.",
                train=counts["train"],
                validation=counts["validation"],
                test=counts["test"],
            )
        )


def _check(project: Project, recipe: Recipe, *, model: str) -> None:
    """Say what is doubtful before the start. Raises Refused when it cannot start."""
    from lepton_studio.studio.checking import check_before_tuning

    check = check_before_tuning(project, recipe, model=model)
    for finding in check.findings:
        if finding.level == "amber":
            say(finding.sentence)
    if not check.possible:
        raise Refused(" ".join(finding.sentence for finding in check.findings if finding.level == "red"))


class _Shown:
    """Draws the events of a run on stderr."""

    def __init__(self, task: Task[Any]) -> None:
        self.progress = ProgressLine("")
        self._task = task
        self._stage = ""
        self._told = False

    def events(self, events: Sequence[Event]) -> None:
        """Show a batch of events."""
        from lepton_studio.runs.events import Evaluated, Noted, Staged, Stepped, Tried
        from lepton_studio.studio.scores_in_words import titled_scores

        for event in events:
            match event:
                case Staged() if event.stage != self._stage:
                    self._stage = event.stage
                    say(f"{stage_words(event.stage)}…")
                case Stepped():
                    self.progress.show(
                        tr(
                            "step {step} / {total}, {rate:.0f} samples/s, {left:.0f} s left",
                            step=event.step,
                            total=event.total_steps,
                            rate=event.samples_per_second,
                            left=event.seconds_left,
                        )
                    )
                    self._tell_what_is_quicker(event)
                case Evaluated():
                    scores = titled_scores(event.scores, self._task)
                    say(f"  {tr('step {step}', step=event.step)}, {split_name(event.split)}: {scores}")
                case Noted():
                    say(f"  {event.message}")
                case Tried(state="waiting" | "running"):
                    self._told = True  # who asks for a comparison knows that it takes its time
                case Tried() if event.state in ("measured", "dropped", "failed"):
                    say(trial_line(event))

    def _tell_what_is_quicker(self, event: Stepped) -> None:
        """Once, when the first steps have told how long it takes."""
        from lepton_studio.studio.checking import why_rather_quick

        if self._told or event.step < _STEPS_THAT_TELL:
            return
        self._told = True
        if why := why_rather_quick(event.seconds_left, self._task):
            say("  " + why + " " + tr("For that, press Ctrl+C twice and add --set methods=quick."))


@contextmanager
def _stopping_by_keyboard() -> Iterator[Any]:
    """A `should_stop` that Ctrl+C sets: once, keep the best so far; twice, throw away."""
    from lepton_studio.runs.requests import Stop

    asked: list[Stop] = []

    def pressed(_signal: int, _frame: object) -> None:
        asked.append(Stop(keep=not asked))
        say(
            tr("Stopping and keeping the best model so far. Press Ctrl+C again to discard it.")
            if asked[-1].keep
            else tr("Discarded.")
        )

    before = signal.signal(signal.SIGINT, pressed)
    try:
        yield lambda: asked[-1] if asked else None
    finally:
        signal.signal(signal.SIGINT, before)
