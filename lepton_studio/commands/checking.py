"""`check` and `copy`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from lepton_studio.commands.console import Answer, ProgressLine
from lepton_studio.commands.projects import open_for_reading
from lepton_studio.language import tr


def check(options: Namespace) -> Answer:
    """Read all that a project holds; a failure where anything of it is damaged."""
    from lepton_studio.studio.project_check import check_project

    progress = ProgressLine(tr("reading"))
    with open_for_reading(options.dir) as project:
        found = check_project(project, progress=progress)
    progress.done()
    facts = {
        "sound": found.is_sound,
        "samples": found.samples,
        "labelled": found.labelled,
        "runs": found.runs,
        "models": found.models,
        "findings": list(found.findings),
    }
    if found.is_sound:
        return Answer(facts, "\n".join([found.summary(), tr("The project is sound.")]))
    return Answer(facts, found.summary(), failure="\n".join(found.findings))


def copy(options: Namespace) -> Answer:
    """Copy a project with its models, also while a window has it open."""
    from lepton_studio.project.copies import save_copy
    from lepton_studio.studio.converting import save_converted_copy

    target: Path = options.target
    if target.suffix != ".lepton":
        target = target.with_name(target.name + ".lepton")
    progress = ProgressLine(tr("copying"))
    with open_for_reading(options.dir) as project:
        if options.task:
            copied = save_converted_copy(project, target.absolute(), task=options.task, told=progress)
        else:
            copied = save_copy(project, target.absolute(), told=progress)
    progress.done()
    said = tr("The project is saved in {folder}.", folder=copied.folder)
    return Answer({"project": str(copied.folder), "lost": list(copied.lost)}, "\n".join([said, *copied.lost]))
