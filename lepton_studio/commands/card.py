"""`card`: the model card of a run."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict, replace
from pathlib import Path

from lepton_studio.commands.arguments import which_run
from lepton_studio.commands.console import Answer, Misused, Refused
from lepton_studio.commands.projects import asked_runs, open_for_reading, open_for_writing
from lepton_studio.language import tr
from lepton_studio.os_words import reason_of


def card_arguments(verb: ArgumentParser) -> None:
    """What it takes behind the project's folder."""
    which_run(verb)
    verb.add_argument(
        "--out", type=Path, metavar="FILE", help=tr("write it to a .md or .html file (default: print Markdown)")
    )
    verb.add_argument("--replace", action="store_true", help=tr("overwrite existing files"))
    verb.add_argument("--use", metavar="TEXT", help=tr("from now on say this of what the project's models are for"))
    verb.add_argument("--limits", metavar="TEXT", help=tr("from now on say this of their limits, beside what is known"))


def card(options: Namespace) -> Answer:
    """Write or print the card, after what a person says of the models was kept."""
    from lepton_studio.studio.model_card import model_card, write_card
    from lepton_studio.studio.pages import as_markdown

    target = options.out
    if target is not None and target.suffix.lower() not in (".md", ".html"):
        raise Misused(tr("The name of {file} must end in .md or .html.", file=target.name))
    if target is not None and target.exists() and not options.replace:
        raise Refused(tr("{path} already exists. Choose another name, or replace it.", path=target))
    said = {name: text for name in ("use", "limits") if (text := getattr(options, name)) is not None}
    opened = open_for_writing if said else open_for_reading
    with opened(options.dir) as project:
        runs = asked_runs(project, options.run)
        if said:
            project.set_card_notes(replace(project.card_notes(), **said))
        page = model_card(project, runs[0])
    facts = {"run": runs[0].number, "path": target and str(target), **asdict(page)}
    if target is None:
        return Answer(facts, as_markdown(page).rstrip())
    try:
        write_card(page, target)
    except OSError as error:
        raise Refused(tr("Cannot write {path}: {why}.", path=target, why=reason_of(error))) from error
    return Answer(facts, tr("Model card of run {number} saved to {path}.", number=runs[0].number, path=target))
