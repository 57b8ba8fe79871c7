"""Texts that are nearly equal to the one just labelled: offered to be labelled the same, in one step."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.records import Filter, SampleId
from lepton_studio.studio.bulk import give_value
from lepton_studio.ui.bulk.actions import BulkActions
from lepton_studio.ui.frame.key_names import key_name
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.history_steps import Offer
from lepton_studio.ui.shared.session import Session

LABEL_THEM = "Ctrl+Shift+D"
"""The key that labels them."""
_PAUSE = 250
"""Milliseconds from a decision: who decides the next one sooner is not held up."""


class NearlyEqual(QObject):
    """Looks where the instant model reads the texts anyway. Of a test sample it offers nothing: texts like it must not
    be learnt from.
    """

    def __init__(self, session: Session, host: QWidget) -> None:
        super().__init__(host)
        self._session, self._bulk = session, BulkActions(session, host)
        self._decided: SampleId | None = None
        self._found: tuple[SampleId, tuple[SampleId, ...]] | None = None
        self._is_looking = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE)
        self._soon.timeout.connect(self._look)

    @property
    def can_label(self) -> bool:
        """Whether there are some."""
        return self._found is not None

    def look_soon(self, sample: SampleId) -> None:
        """This sample is being decided on."""
        self._decided, self._found = sample, None
        if self._session.task.linear and self._session.instant.is_on:
            self._soon.start()

    def label(self) -> None:
        """Give them the value that the sample has by now."""
        session, found, self._found = self._session, self._found, None
        value = None if found is None else session.sample(found[0]).value
        if found is not None and value is not None:
            parsed = session.task.parse(value, session.project.labels())
            step = give_value(tr("Label nearly equal texts the same"), parsed, Filter(ids=found[1], state="unlabelled"))
            self._bulk.run(step, count=len(found[1]))

    def _look(self) -> None:
        from lepton_studio.studio.near_duplicates import near_duplicates

        session, sample = self._session, self._decided
        if self._is_looking or sample is None or not session.is_open or not self._is_to_learn_from(sample):
            return
        read_vectors = session.similar.reader(wanted=(sample,), complete=False)
        self._is_looking = True

        def work(progress: WorkContext) -> tuple[SampleId, ...]:
            return near_duplicates(progress.project, read_vectors(progress), sample)

        def done(found: tuple[SampleId, ...]) -> None:
            self._is_looking = False
            if sample != self._decided:
                self._soon.start()  # another was decided on meanwhile
            elif found:
                self._offer(sample, found)

        def failed(_error: Exception) -> None:
            self._is_looking = False

        session.run_in_background(tr("Looking for nearly equal texts"), work, done, failed=failed, quiet=True)

    def _is_to_learn_from(self, sample: SampleId) -> bool:
        try:
            found = self._session.sample(sample)
        except NoSuchSample:
            return False
        return found.value is not None and found.split != "test"

    def _offer(self, sample: SampleId, found: tuple[SampleId, ...]) -> None:
        self._found = sample, found
        sentence = trn(
            "{count} unlabelled text is nearly the same as the last one.",
            "{count} unlabelled texts are nearly the same as the last one.",
            len(found),
        )
        self._session.offered.emit(Offer(sentence, tr("Label alike ({key})", key=key_name(LABEL_THEM)), self.label))
