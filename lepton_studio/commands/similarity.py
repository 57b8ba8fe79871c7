"""`similar`: the samples most like one."""

from __future__ import annotations

from argparse import Namespace

from lepton_studio.commands.console import Answer, ProgressLine, table
from lepton_studio.commands.projects import project_folder
from lepton_studio.language import tr
from lepton_studio.words import on_one_line

_SHOWN = 60
"""Characters of a text in the list."""


def similar(options: Namespace) -> Answer:
    """List the samples most like this one, the most similar first."""
    from lepton_studio.project.project import Project
    from lepton_studio.runs.children.owner import Children
    from lepton_studio.studio.sample_vectors import read_sample_vectors

    with Project.open(project_folder(options.dir)) as project, Children() as children:
        own = project.sample(options.sample)
        progress = ProgressLine(tr("reading"))
        try:
            vectors = read_sample_vectors(project, children=children, progress=progress)
        finally:
            progress.done()
        listed = [(one, project.sample(one.sample)) for one in vectors.nearest(own.id, most=options.limit)]
    facts = {
        "sample": own.id,
        "similar": [{"sample": sample.id, "text": sample.text, "cosine": one.cosine} for one, sample in listed],
    }
    cells = [(tr("sample"), tr("similarity"))]
    cells += [(f"{sample.id}  {on_one_line(sample.text, _SHOWN)}", f"{one.cosine:.2f}") for one, sample in listed]
    return Answer(facts, f"{on_one_line(own.text, _SHOWN)}\n\n{table(cells)}")
