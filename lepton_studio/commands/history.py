"""`history`: what became of one sample, and the way back to any of its states."""

from __future__ import annotations

from argparse import Namespace

from lepton_studio.commands.console import Answer, Refused, table
from lepton_studio.commands.projects import project_folder
from lepton_studio.language import tr


def history(options: Namespace) -> Answer:
    """List the states of a sample, the oldest first, or bring one of them back."""
    from lepton_studio.project.project import Project
    from lepton_studio.studio.sample_history import in_words
    from lepton_studio.tasks import task_named

    wanted = options.bring_back
    with Project.open(project_folder(options.dir), read_only=wanted is None) as project:
        states = project.sample_states(options.sample)
        if wanted is not None:
            state = next((one for one in states if one.entry == wanted), None)
            if state is None:
                raise Refused(tr("Sample {id} was not touched by change {change}.", id=options.sample, change=wanted))
            project.bring_back(options.sample, state)
            states = project.sample_states(options.sample)
        task, labels = task_named(project.task_id), project.labels()
        rows = [(one, in_words(one, task=task, labels=labels)) for one in states]
    facts = {
        "sample": options.sample,
        "states": [
            {
                "change": one.entry,
                "at": one.at,
                "who": one.who,
                "what": said.what,
                "origin": one.origin,
                "seconds": one.seconds,
                "undone": one.undone,
                "value": one.value,
                "split": one.split,
                "skipped": one.skipped,
                "flagged": one.flagged,
                "note": one.note,
            }
            for one, said in rows
        ],
    }
    cells = [(tr("change"), tr("when"), tr("who"), tr("what"), tr("result"))]
    for one, said in rows:
        undone = f" ({tr('undone')})" if one.undone else ""
        cells.append((str(one.entry), one.at[:16].replace("T", " "), one.who, said.what + undone, said.state))
    return Answer(facts, table(cells))
