"""Near-duplicates: unlabelled samples that say nearly the same as one."""

from __future__ import annotations

from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Sample, SampleId
from lepton_studio.studio.contradictions import LIKE, folded, likeness
from lepton_studio.studio.sample_vectors import SampleVectors
from lepton_studio.tasks import task_named

MOST_LOOKED_AT = 50
"""Of the most similar unlabelled samples: those that are nearly equal are among the first."""


def near_duplicates(project: Project, vectors: SampleVectors, sample: SampleId) -> tuple[SampleId, ...]:
    """The unlabelled samples that are nearly equal to this one, as contradictions are told: by the runs of three
    characters that their texts have in common. They are looked for among those whose vectors are most like its own.
    Reads; beside the window. Raises NoSuchSample.
    """
    own = _folded(project, project.sample(sample))
    unlabelled = project.sample_ids(Filter(state="unlabelled"))
    near = [one.sample for one in vectors.nearest(sample, most=MOST_LOOKED_AT, among=unlabelled)]
    read = project.samples(Filter(ids=tuple(near)), limit=MOST_LOOKED_AT)
    return tuple(one.id for one in read if likeness(own, _folded(project, one)) >= LIKE)


def _folded(project: Project, sample: Sample) -> str:
    given = task_named(project.task_id).input(sample.text, sample.fields)
    return f"{folded(given.text)} {folded(given.fields.get(SECOND_TEXT, ''))}".strip()
