"""`sources`: what suggests in a project, how often it is right, and how far suggestions sway who sees them."""

from __future__ import annotations

from argparse import Namespace

from lepton_studio.commands.console import Answer, table
from lepton_studio.commands.projects import open_for_reading
from lepton_studio.language import tr


def sources(options: Namespace) -> Answer:
    """List them, the best first; the instant model is measured where it learns, in the window."""
    from lepton_studio.studio.scores_in_words import between, per_cent, predictor_name
    from lepton_studio.studio.sources import measure_sources
    from lepton_studio.studio.swaying import agreement_words, sways
    from lepton_studio.studio.word_list import kept_word_list
    from lepton_studio.tasks import task_named

    with open_for_reading(options.dir) as project:
        read, file = task_named(project.task_id).patterns, kept_word_list(project.folder)
        find = None if read is None or file is None else read(file, project.labels())
        found, agreement = measure_sources(project, find=find), project.agreement()
    facts = {
        "sources": [
            {
                "source": predictor_name(one.predictor),
                "kind": one.predictor.kind,
                "right": one.right,
                "n": one.n,
                "labelled": one.of,
                "on": one.on,
                "low": one.interval.low,
                "high": one.interval.high,
            }
            for one in found
        ],
        "agreement": {
            "shown": agreement.shown,
            "agreed": agreement.agreed,
            "hidden": agreement.hidden,
            "agreed_hidden": agreement.agreed_hidden,
            "sways": sways(agreement),
        },
    }
    cells = [(tr("source"), tr("right"), tr("of"), tr("interval"), tr("suggests for"))]
    cells += [
        (
            predictor_name(one.predictor),
            per_cent(one.precision, digits=0) if one.n else "",
            f"{one.n:,}",
            between(one.interval, n=one.n) if one.n else "",
            per_cent(one.share, digits=0),
        )
        for one in found
    ]
    listed = table(cells) if found else tr("Nothing has suggested anything in this project yet.")
    return Answer(facts, "\n\n".join(part for part in (listed, agreement_words(agreement)) if part))
