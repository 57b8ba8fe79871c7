"""Saves what the editor says: one undo step an edit, and nothing that was typed is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer

from lepton_studio.language import tr
from lepton_studio.project.records import Label, LabelId, Offered, Origin, Sample, SampleId, Split
from lepton_studio.project.reviews import ReviewKind
from lepton_studio.project.sample_writes import Annotate, Note, Review, SampleWrite
from lepton_studio.ui.shared.session import Session

_THOUGHT = 300.0
"""Seconds; a longer time before a decision was a pause, and is not recorded."""


class Saving(QObject):
    """Edits of one page. An edit that could not be written (a full disk) is kept, and tried again.

    `flush` has the page's editor emit what it holds back.
    """

    def __init__(self, session: Session, *, flush: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._flush = flush
        self._unsaved: tuple[Sample, Any] | None = None
        self._notes: dict[SampleId, str] = {}
        self._since = time.monotonic()
        self.labels: Mapping[LabelId, Label] = {}
        self.review: Callable[[SampleId], ReviewKind | None] = lambda _sample: None
        """Why a person looks at this sample again, where they do."""
        self.settles: Callable[[SampleId], bool] = lambda _sample: False
        """Whether the person sees what others answered on this sample, and settles it."""
        session.closing.connect(lambda: self._save_unsaved(closing=True))
        session.background.ended.connect(lambda _work: QTimer.singleShot(0, self, self._save_unsaved))

    def begin(self) -> None:
        """The person sees a sample: the time until the next decision is what it takes."""
        self._since = time.monotonic()

    def is_done(self) -> bool:
        """Save what the editor still holds back. False where that cannot be done now; the person has been told."""
        self._flush()
        self._save_unsaved()
        return self._unsaved is None and not self._notes

    def note(self, sample: SampleId, text: str) -> bool:
        """Save a note. False where that cannot be done now: it is kept, and the person told."""
        if self._session.refuses():
            return True  # there is nothing to try again
        self._notes[sample] = text
        if self._session.perform(Note(sample, text)) is not None:
            del self._notes[sample]
        return sample not in self._notes

    def save(
        self,
        sample: Sample,
        value: Any,
        *,
        origin: Origin,
        split: Split | None = None,
        offered: Offered | None = None,
    ) -> bool:
        """Save a value, None for none. False where that cannot be done now: it is kept, and the person told."""
        self._unsaved = None
        if self._session.refuses():
            return True
        if self._session.perform(self.annotation(sample, value, origin=origin, split=split, offered=offered)) is None:
            self._unsaved = (sample, value)
        self.begin()
        return self._unsaved is None

    def annotation(
        self,
        sample: Sample,
        value: Any,
        *,
        origin: Origin,
        split: Split | None = None,
        offered: Offered | None = None,
    ) -> SampleWrite:
        """The write that saves a value; the sample belongs to `split` then, unless it belongs to one already.
        `offered`: what was suggested.
        """
        task = self._session.task
        if value is not None and origin == "suggestion":
            value = task.accept(value)
        if self.settles(sample.id):
            origin = "settled"
        stored = None if value is None else task.dump(value)
        ids = () if value is None else task.labels_in(value)
        spent = time.monotonic() - self._since
        seconds = round(spent, 2) if spent < _THOUGHT else None
        if value is None:
            name = tr("Clear annotation")
        elif task.from_labels is not None and ids:
            name = tr("Label as {label}", label=", ".join(self.labels[one].name for one in ids if one in self.labels))
        else:
            name = tr("Annotate sample {id}", id=sample.id)
        if value is not None and not task.done(value):
            return Annotate(sample.id, None, draft=stored, seconds=seconds, name=name)
        kind = self.review(sample.id)
        if kind is not None:
            return Review(sample.id, stored, ids, kind, origin, seconds, name=name)
        hidden, agreed = (None, False) if offered is None or value is None else (offered.hidden, offered.agreed)
        return Annotate(
            sample.id,
            stored,
            labels=ids,
            origin=origin,
            seconds=seconds,
            name=name,
            split=split,
            hidden=hidden,
            agreed=agreed,
        )

    def _save_unsaved(self, *, closing: bool = False) -> None:
        if not (self._session.is_open or closing):
            return
        if self._unsaved is not None:
            self.save(*self._unsaved, origin="manual")
        for sample, text in list(self._notes.items()):
            if not self.note(sample, text):
                break
