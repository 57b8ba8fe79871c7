"""The "preview" job: what the recipe's methods make of some training texts."""

from __future__ import annotations

from lepton_studio.child.rewriting import try_rewriting
from lepton_studio.child.work import Work
from lepton_studio.language import tr
from lepton_studio.runs.events import Finished, LastEvent, Previewed, Staged
from lepton_studio.training.failures import BadData
from lepton_studio.training.snapshot import read_split

SHOWN = 10
"""So many texts, from all over the training samples."""


def preview(work: Work) -> LastEvent:
    """Do the job: `Previewed`, then the last event. Nothing is written. Raises what `failures.failed` knows."""
    work.send(Staged("loading"))
    learner, base = work.new_learner()
    training = read_split(work.folder, "train", task=work.task, labels=work.labels, learner=learner)
    if not training.inputs:
        raise BadData(tr("There are no labelled samples to train on."))
    body = base.made()
    if (hooks := body.rewriting) is not None:
        learner.prepare(training.examples)
        learner.model.to(work.machine.device)
        before, after, note = try_rewriting(work, learner, hooks=hooks, training=training)
        work.send(Previewed(before, after, note))
        return Finished(step=0, seconds=work.seconds)
    some = training.inputs[:: max(1, len(training.inputs) // SHOWN)][:SHOWN]
    found = body.changed_inputs(some)
    if found is None:
        raise BadData(tr("None of the chosen methods changes texts. Choose one that does, such as Replaced words."))
    work.send(Previewed(tuple(one.text for one in some), tuple(one.text for one in found)))
    return Finished(step=0, seconds=work.seconds)
