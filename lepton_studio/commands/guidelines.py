"""`guidelines`: what a project says of how to label, as Markdown."""

from __future__ import annotations

from argparse import Namespace

from lepton_studio.commands.console import Answer, Refused
from lepton_studio.commands.projects import project_folder
from lepton_studio.language import tr
from lepton_studio.os_words import reason_of


def guidelines(options: Namespace) -> Answer:
    """Print the guidelines, or replace their page by a file."""
    from lepton_studio.project.guidelines import examples_of
    from lepton_studio.project.label_options import is_retired
    from lepton_studio.project.project import Project
    from lepton_studio.studio.guidelines import guidelines_text

    page = None
    if options.set is not None:
        try:
            page = options.set.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else tr("it is not UTF-8 text")
            raise Refused(tr("Cannot read {file}: {reason}.", file=options.set, reason=reason)) from error
    with Project.open(project_folder(options.dir), read_only=page is None) as project:
        if page is not None:
            project.set_guidelines(page)
        page, labels = project.guidelines(), project.labels()
    facts = {
        "page": page,
        "labels": [
            {
                "name": label.name,
                "description": label.description,
                "retired": is_retired(label),
                "examples": [one.text for one in examples_of(label).good],
                "counter_examples": [one.text for one in examples_of(label).bad],
            }
            for label in labels
        ],
    }
    return Answer(facts, guidelines_text(page, labels) or tr("There are no guidelines yet."))
