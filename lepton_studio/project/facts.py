"""What is known of a project as a whole; what of it can be set is no step of the history."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.project.asking_again import write_share
from lepton_studio.project.card_notes import CardNotes, read_card_notes, write_card_notes
from lepton_studio.project.connection import Connection, one_line
from lepton_studio.project.guidelines import write_guidelines
from lepton_studio.project.records import SampleId, Scale, Split
from lepton_studio.project.scales import write_scale
from lepton_studio.project.suggestion_settings import SuggestionSettings, write_suggestion_settings


@dataclass(frozen=True, slots=True)
class Marked:
    """What stands on a sample beside its annotation."""

    flagged: bool = False
    skipped: bool = False
    note: str = ""
    split: Split | None = None


class Facts:
    """Each is durable when it returns."""

    _db: Connection
    name: str
    task_id: str

    def marked(self) -> dict[SampleId, Marked]:
        """All samples on which anything stands beside an annotation. For a worker thread."""
        rows = self._db.execute(
            """SELECT id, flagged, skipped, note, split FROM sample
               WHERE flagged OR skipped OR note <> '' OR split IS NOT NULL ORDER BY id"""
        )
        return {id: Marked(bool(flagged), bool(skipped), note, split) for id, flagged, skipped, note, split in rows}

    def rename(self, name: str) -> None:
        """Call the project by another name; its folder stays as it is, and undo does not know of it."""
        with self._db.transaction():
            self._db.execute("UPDATE meta SET value = ? WHERE key = 'name'", (one_line(name),))
        self.name = one_line(name)

    def set_scale(self, scale: Scale) -> None:
        """Say which scale the ratings are given on; no step of the history."""
        with self._db.transaction():
            write_scale(self._db, scale)

    def set_task(self, task: str) -> None:
        """Be a project of another task, which reads all values that are here; no step of the history."""
        with self._db.transaction():
            self._db.execute("UPDATE meta SET value = ? WHERE key = 'task'", (task,))
        self.task_id = task

    def set_ask_again(self, share: float) -> None:
        """So many of all questions are about samples that are labelled already, to see whether the answer is the
        same."""
        with self._db.transaction():
            write_share(self._db, share)

    def set_suggestion_settings(self, settings: SuggestionSettings) -> None:
        """Say which source suggests, and how much is hidden; no step of the history."""
        with self._db.transaction():
            write_suggestion_settings(self._db, settings)

    def set_guidelines(self, page: str) -> None:
        """Say how to label, in Markdown; no step of the history."""
        with self._db.transaction():
            write_guidelines(self._db, page)

    def card_notes(self) -> CardNotes:
        """What the person says of the models, for their cards."""
        return read_card_notes(self._db)

    def set_card_notes(self, notes: CardNotes) -> None:
        """Say what the models are for and where their limits are; no step of the history."""
        with self._db.transaction():
            write_card_notes(self._db, notes)
