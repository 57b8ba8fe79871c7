"""`similar`: the samples most like one. `near-duplicates`: nearly equal texts. `map`: all of them on a plane."""

from __future__ import annotations

import csv
from argparse import Namespace
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, ProgressLine, Refused, table
from lepton_studio.commands.projects import open_for_reading
from lepton_studio.language import tr, trn
from lepton_studio.os_words import reason_of
from lepton_studio.words import on_one_line

if TYPE_CHECKING:
    from pathlib import Path

    from lepton_studio.project.project import Project
    from lepton_studio.studio.sample_map import SampleMap

_SHOWN = 60
"""Characters of a text in the list."""


def similar(options: Namespace) -> Answer:
    """List the samples most like this one, the most similar first."""
    from lepton_studio.runs.children.owner import Children
    from lepton_studio.studio.sample_vectors import read_sample_vectors

    with open_for_reading(options.dir) as project, Children() as children:
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


def near_duplicates(options: Namespace) -> Answer:
    """List the groups of texts that are nearly equal, the largest first."""
    from lepton_studio.studio.near_groups import near_groups

    with open_for_reading(options.dir) as project:
        progress = ProgressLine(tr("comparing"))
        try:
            found = near_groups(project, told=progress)
        finally:
            progress.done()
        shown = found.groups[: options.limit]
        lines = [
            "\n".join(f"{id}  {on_one_line(project.sample(id).caption, _SHOWN)}" for id in group) for group in shown
        ]
    said = trn(
        "{count} group of nearly equal texts among {n} samples.",
        "{count} groups of nearly equal texts among {n} samples.",
        len(found.groups),
        n=f"{found.compared:,}",
    )
    facts = {"compared": found.compared, "groups": [list(group) for group in found.groups]}
    return Answer(facts, "\n\n".join([said, *lines]))


def draw(options: Namespace) -> Answer:
    """Draw the map of the texts, or bring the one that is kept up to date; where each stands goes into a file."""
    from lepton_studio.runs.children.owner import Children
    from lepton_studio.studio.sample_map import draw_map
    from lepton_studio.studio.sample_vectors import read_sample_vectors

    with open_for_reading(options.dir) as project, Children() as children:
        reading, drawing = ProgressLine(tr("reading")), ProgressLine(tr("drawing"))
        try:
            vectors = read_sample_vectors(project, children=children, progress=reading)
            found = draw_map(vectors, anew=options.anew, children=children, progress=drawing)
        finally:
            drawing.done()
        if options.out is not None and found is not None:
            _write(found, project, options.out)
    count = 0 if found is None else len(found)
    said = trn("{count} sample is on the map.", "{count} samples are on the map.", count)
    return Answer({"samples": count, "file": None if options.out is None else str(options.out)}, said)


def _write(found: SampleMap, project: Project, file: Path) -> None:
    try:
        with file.open("w", newline="", encoding="utf-8") as opened:
            rows = csv.writer(opened)
            rows.writerow(("sample", "x", "y", "text"))
            for sample, (x, y) in zip(found.samples.tolist(), found.places.tolist(), strict=True):
                rows.writerow((sample, f"{x:.4f}", f"{y:.4f}", project.sample(sample).text))
    except OSError as error:
        raise Refused(tr("Cannot write {file}: {why}", file=file, why=reason_of(error))) from error
