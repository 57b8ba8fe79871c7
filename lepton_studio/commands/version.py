"""`version` (also `--version --json`): which version this is, and what it stands on."""

from __future__ import annotations

from argparse import Namespace

from lepton_studio.commands.console import Answer
from lepton_studio.language import tr
from lepton_studio.studio.versions import versions


def version(_options: Namespace) -> Answer:
    """A line for the app, and one for each package."""
    found = versions()
    lines = [
        f"Lepton Studio {found['version']}",
        tr("Python {version} in {folder}", version=found["python"], folder=found["environment"]),
        found["system"],
        *(f"{name} {number or tr('missing')}" for name, number in found["packages"].items()),
    ]
    return Answer(dict(found), "\n".join(lines))
