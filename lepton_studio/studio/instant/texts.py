"""The texts of a project, brought to the child that learns them: what is new behind the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from lepton_studio.instant_files import append_texts, texts_file
from lepton_studio.progress import ShouldStop
from lepton_studio.project.project import Project
from lepton_studio.project.records import SampleId
from lepton_studio.studio.embedding import beginnings
from lepton_studio.studio.proposing import proposal_for
from lepton_studio.tasks import task_named

MOST_SAMPLES = 200_000
"""Of a larger project the first ones: the words of so many take a gigabyte in the child."""
_ROWS = 1000


@dataclass
class TextsForChild:
    """The `number`th file of texts in the folder, which `samples` are in it, and which model is to read them."""

    folder: Path
    number: int = 0
    samples: list[SampleId] = field(default_factory=list)
    encoder: str = ""

    def bring(self, project: Project, *, should_stop: ShouldStop) -> bool:
        """Write what is new behind the others, all of it anew where some are gone; whether it is the same file."""
        ids = list(project.sample_ids()[:MOST_SAMPLES])
        is_longer = bool(self.samples) and ids[: len(self.samples)] == self.samples
        if not is_longer:
            texts_file(self.folder, self.number).unlink(missing_ok=True)
            self.number, self.samples = self.number + 1, []
        if ids:
            self.encoder = proposal_for(project).model
        task = task_named(project.task_id)
        file = texts_file(self.folder, self.number)
        while len(self.samples) < len(ids) and not should_stop():
            after = self.samples[-1] if self.samples else None
            page = project.samples(after=after, limit=min(_ROWS, len(ids) - len(self.samples)))
            if not page:
                break
            inputs = ((one.id, task.input(one.text, one.fields)) for one in page)
            self.samples += append_texts(file, ((id, *beginnings(one)) for id, one in inputs))
        return is_longer
