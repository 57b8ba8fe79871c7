"""Several writes as one: one transaction, one entry in the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from lepton_studio.project.answers import Answer, add_answers
from lepton_studio.project.automations import Automation, note_automation, note_withdrawal
from lepton_studio.project.changes import Changes
from lepton_studio.project.connection import Connection
from lepton_studio.project.decisions import add_samples
from lepton_studio.project.history import Step
from lepton_studio.project.labels import NO_OPTIONS, insert_label
from lepton_studio.project.records import Label, NewSample, SampleId, Scale
from lepton_studio.project.scales import write_scale
from lepton_studio.project.sources import ImportProblem, add_problems
from lepton_studio.project.writes import Writes


class Change(Writes):
    """An open change; its writes hold when the block of `Project.change` ends well, and none of them otherwise."""

    def __init__(self, db: Connection, step: Step) -> None:
        self._db = db
        self._open_step: Step | None = step
        self._result: Changes | None = None

    @property
    def result(self) -> Changes:
        """What was touched; after the block only."""
        if self._result is None:
            raise RuntimeError("the change is not done")
        return self._result

    def close(self, result: Changes | None = None) -> None:
        """Called by the project when the block ends; with the result when it ended well."""
        self._open_step = None
        self._result = result

    def add_samples(self, samples: Iterable[NewSample]) -> int:
        """Add samples with their annotations; returns how many. Memory holds some thousands of the iterator at a time.

        What the iterator raises (a cancel, an unreadable file) passes through, and the project is as it was.
        Raises NoSuchLabel for a label id that is not in the project.
        """
        with self._step("") as step, self._db.widened():
            return add_samples(step, samples)

    def add_answers(self, answers: Iterable[Answer]) -> None:
        """Keep what other people decided in copies of the project; it changes no annotation."""
        with self._step("") as step:
            add_answers(step, answers)

    def add_problems(self, problems: Iterable[ImportProblem]) -> None:
        """Keep what could not be read, for `import_problems`."""
        with self._step("") as step:
            step.problems = add_problems(step.db, problems, entry=step.entry) > 0 or step.problems

    def set_scale(self, scale: Scale) -> None:
        """Say which scale the ratings are given on; it stays when the change is undone."""
        write_scale(self._db, scale)

    def note_automation(self, *, risk: float, covered: Iterable[SampleId]) -> None:
        """Keep that a model labels samples in this change (see `Automation`)."""
        with self._step("") as step:
            note_automation(step.db, Automation(step.entry, risk, tuple(covered)))

    def note_withdrawal(self, entry: int) -> None:
        """Keep that this change takes back what a model labelled in that one."""
        with self._step("") as step:
            note_withdrawal(step.db, entry, by=step.entry)

    def add_label(
        self,
        name: str,
        *,
        color: str = "",
        key: str = "",
        description: str = "",
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Label:
        """Add a label at the end of the list. Raises BadLabel when the name is empty or taken."""
        with self._step("") as step:
            label = insert_label(step.db, name, color=color, key=key, description=description, options=options)
            step.touch_labels()
            return label

    @contextmanager
    def _step(self, name: str) -> Iterator[Step]:
        if self._open_step is None:
            raise RuntimeError("the change is over")
        yield self._open_step
