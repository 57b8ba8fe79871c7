"""`explain`: which words of a sample speak for what a run says of it, and which against."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from lepton_studio.commands.arguments import count
from lepton_studio.commands.console import Answer, Misused, ProgressLine, table
from lepton_studio.commands.projects import open_for_reading
from lepton_studio.language import tr
from lepton_studio.words import on_one_line, shortened

if TYPE_CHECKING:
    from lepton_studio.project.records import Labels
    from lepton_studio.studio.explaining import Why
    from lepton_studio.studio.neighbours import Neighbours

_TEXT, _WORD, _NEAR_TEXT = 100, 40, 60
"""Characters that are shown of the text, of a word, and of a text like it."""


def explain_arguments(verb: ArgumentParser) -> None:
    """What it takes behind the project's folder."""
    verb.add_argument("--run", type=int, metavar="RUN", help=tr("the run's number (default: the newest with a model)"))
    verb.add_argument("--sample", type=int, required=True, metavar="SAMPLE", help=tr("the number of a sample"))
    verb.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="NAME",
        help=tr("a label to explain (default: what the model predicts); may be repeated"),
    )
    verb.add_argument("--limit", type=count, default=20, metavar="N", help=tr("how many to list (default: 20)"))


def explain(options: Namespace) -> Answer:
    """Weigh the words of one sample for each label that is asked for."""
    from lepton_studio.studio import explaining
    from lepton_studio.studio.neighbours import neighbours, neighbours_facts
    from lepton_studio.studio.predicting import run_with_model
    from lepton_studio.studio.sample_vectors import kept_vectors
    from lepton_studio.tasks import task_named

    with open_for_reading(options.dir) as project:
        sample = project.sample(options.sample)
        if refused := explaining.why_not(task_named(project.task_id)):
            raise explaining.NotExplained(refused)
        run = run_with_model(project, None if options.run is None else project.run_by_number(options.run).id)
        asked = _asked(options.label, explaining.known_labels(project, run))
        progress = ProgressLine(tr("weighing the words"))
        try:
            found = explaining.explain(project, run.id, sample.id, labels=asked, progress=progress)
        finally:
            progress.done()
        near = neighbours(project, sample.id, kept_vectors(project))
    facts = {
        "run": run.number,
        "sample": sample.id,
        "text": sample.text,
        "labels": [explaining.why_facts(one) for one in found],
        "near": neighbours_facts(near),
    }
    head = tr(
        "Run {run}, sample {sample}: {text}", run=run.number, sample=sample.id, text=on_one_line(sample.text, _TEXT)
    )
    return Answer(facts, "\n\n".join([head, *(_told(one, limit=options.limit) for one in found), _near_told(near)]))


def _near_told(found: Neighbours) -> str:
    from lepton_studio.studio.neighbours import neighbours_words

    rows = [
        (f"{one.sample.id}  {on_one_line(one.sample.caption, _NEAR_TEXT)}", one.words, f"{one.cosine:.2f}")
        for one in found.near
    ]
    return "\n".join([neighbours_words(found), *([table(rows)] if rows else [])])


def _asked(names: list[str], known: Labels) -> list[int]:
    ids = {label.name: label.id for label in known}
    if strange := [name for name in names if name not in ids]:
        raise Misused(
            tr("This run does not know the label {label}. It knows: {known}.", label=strange[0], known=", ".join(ids))
        )
    return list(dict.fromkeys(ids[name] for name in names))


def _told(why: Why, *, limit: int) -> str:
    from lepton_studio.studio.explaining import change_words, doubt_words, how_words, title_words

    lines = [title_words(why)]
    if shown := why.ranked[:limit]:
        weights = [(shortened(one.text, _WORD), f"{one.weight:+.2f}".replace("-", "−")) for one in shown]
        lines += [table(weights), how_words(why)]
    lines += [change_words(why), *doubt_words(why)]
    return "\n".join(line for line in lines if line)
