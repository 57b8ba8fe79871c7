"""`tune --preview` and `tune --find-rate`: what is tried before a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, Refused, table
from lepton_studio.language import tr

if TYPE_CHECKING:
    from lepton_studio.project.project import Project
    from lepton_studio.runs.events import Event, Previewed, RateFound
    from lepton_studio.runs.job import Recipe, TrialKind

_ROWS = 12
"""Of a curve, so many are printed."""


def tried(project: Project, kind: TrialKind, *, model: str, recipe: Recipe) -> Answer:
    """Try it in a child process of its own. Raises Refused where it cannot be done."""
    from lepton_studio.runs.events import Previewed, RateFound
    from lepton_studio.runs.monitoring import run_job
    from lepton_studio.studio import tuning

    found: list[Event] = []
    folder = tuning.prepare_measure(project, model=model, recipe=recipe, kind=kind)
    try:
        outcome = run_job(folder, on_events=found.extend)
    finally:
        tuning.discard_measure(folder)
    for event in found:
        if isinstance(event, Previewed):
            return _previewed(event)
        if isinstance(event, RateFound):
            return _rate(event, usual=recipe.learning_rate)
    raise Refused(outcome.text_of_trial)


def _previewed(event: Previewed) -> Answer:
    pairs = list(zip(event.before, event.after, strict=True))
    facts = {"texts": [{"before": before, "after": after, "changed": before != after} for before, after in pairs]}
    shown = [f"- {before}\n+ {after}" for before, after in pairs]
    return Answer({**facts, "note": event.note}, "\n\n".join([*shown, *([event.note] if event.note else [])]))


def _rate(event: RateFound, *, usual: float) -> Answer:
    facts = {"rates": list(event.rates), "losses": list(event.losses), "learning_rate": event.chosen or None}
    step = max(1, len(event.rates) // _ROWS)
    rows = [(tr("learning rate"), tr("loss"))]
    rows += [(f"{rate:.1e}", f"{loss:.3f}") for rate, loss in list(zip(event.rates, event.losses, strict=True))[::step]]
    said = (
        tr(
            "Use a learning rate of {rate:g} (the recipe has {usual:g}): --set learning_rate={rate:g}",
            rate=event.chosen,
            usual=usual,
        )
        if event.chosen
        else tr("The loss does not fall at any learning rate, so none can be named. Keep that of the recipe.")
    )
    return Answer(facts, f"{table(rows)}\n\n{said}")
