"""The side of the Label page: how far one is, the suggestion, the labels, the keys most needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QProgressBar, QWidget

from lepton_studio.language import tr
from lepton_studio.models.built_in import built_in
from lepton_studio.project.records import Labels
from lepton_studio.studio.swaying import agreement_words
from lepton_studio.ui.frame.key_names import key_name
from lepton_studio.ui.label.counts import Counts
from lepton_studio.ui.label.instant_words import instant_words
from lepton_studio.ui.label.labels_panel import LabelsPanel
from lepton_studio.ui.label.meanings import Meanings
from lepton_studio.ui.label.suggestion_box import SuggestionBox
from lepton_studio.ui.label.suggestions import Suggestions
from lepton_studio.ui.shared.fetch_row import FetchRow
from lepton_studio.ui.shared.instant import Instant
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.layouts import clear, column, line, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import CAPTION, text_font

_WIDTH = 248
_THOUSANDTHS = 1000
_KEYS_OF_EDITOR = 4
_FEWEST_HIDDEN = 10
"""Hidden suggestions from which on it is said how often people agree."""
_LOW = 560
"""Pixels; a panel less high leaves the editor's keys to the key page."""


class SidePanel(QWidget):
    """`box` and `labels` are its two larger parts. `progress_wanted`: the person clicked on how far they are."""

    progress_wanted = Signal()

    def __init__(self, session: Session, suggestions: Suggestions, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self.box = SuggestionBox(suggestions, task=session.task)
        self.labels = LabelsPanel(session)
        self.meanings = Meanings()
        self.meanings.fold.clicked.connect(self._leave_room)
        self._amount = words("", size=CAPTION, muted=True)
        self._amount.setFont(text_font(CAPTION, tabular=True))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _THOUSANDTHS)
        self._bar.setAccessibleName(tr("Share of samples labelled"))
        self._instant = words("", size=CAPTION, muted=True)
        self._instant.setFont(text_font(CAPTION, tabular=True))
        self._instant.setFixedHeight(self._instant.fontMetrics().height())
        self._instant.hide()
        for part in (self._amount, self._bar, self._instant):
            part.setCursor(Qt.CursorShape.PointingHandCursor)
            part.installEventFilter(self)
        for part in (self._amount, self._bar):
            set_tool_tip(part, tr("Show progress and forecast"))
        self.agreement = words("", size=CAPTION, muted=True, wrap=True)
        self.agreement.hide()
        self._sources = suggestions.sources
        self._sources.changed.connect(self._show_agreement)
        self.again = words("", size=CAPTION, muted=True, wrap=True)
        self.again.hide()
        self.fetch = FetchRow(session.models)
        self._editor_keys = QWidget()
        self._grid = QGridLayout(self._editor_keys)
        self._grid.setContentsMargins(0, 0, 0, 4)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._keys = words("", size=CAPTION, muted=True, wrap=True)
        has_labels = bool(session.task.label_kinds)
        separator = line()
        if not has_labels:
            self.labels.hide()
            separator.hide()
        layout = column(
            column(self._amount, self._bar, self._instant, self.agreement, self.again, self.fetch, gap=6),
            12,
            line(),
            8,
            self.box,
            8,
            separator,
            8,
            self.labels,
            8,
            self.meanings,
            self._editor_keys,
            self._keys,
            gap=4,
            margins=(0, 6, 0, 0),
        )
        if has_labels:
            layout.setStretchFactor(self.labels, 1)
        else:
            layout.insertStretch(layout.indexOf(self._editor_keys), 1)
        self.setLayout(layout)

    def show_keys(self, keys: Sequence[tuple[str, str]], *, of_page: Sequence[tuple[str, str]]) -> None:
        """Remind of the keys most needed: the first ones of the editor, and those of the page."""
        clear(self._grid)
        for place, (key, what) in enumerate(keys[:_KEYS_OF_EDITOR]):
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(words(key_name(key), size=CAPTION, bold=True), place, 0, top)
            self._grid.addWidget(words(what, size=CAPTION, muted=True, wrap=True), place, 1, top)
        self._keys.setText("   ".join(f"{key_name(key)} {what}".replace(" ", "\u00a0") for key, what in of_page))
        self._leave_room()

    def show_meanings(self, labels: Labels) -> None:
        """What the person said of these labels."""
        self.meanings.show_labels(labels)
        self.meanings.fit(_WIDTH)
        self._leave_room()

    def turn_meanings(self) -> None:
        """Open what is said of the labels, or fold it away."""
        self.meanings.turn()
        self._leave_room()

    def show_progress(self, counts: Counts) -> None:
        """How many of all samples are labelled."""
        self._amount.setText(tr("{n} of {all} labelled", n=amount(counts.labelled), all=amount(counts.samples)))
        self.again.setText(counts.again)
        self.again.setVisible(bool(counts.again))
        self._bar.setValue(counts.labelled * _THOUSANDTHS // max(1, counts.samples))

    def show_instant(self, instant: Instant) -> None:
        """How far the instant model has read, else how good it is; in a line that keeps its room while it is on.

        Where it lacks the model that reads for it, one click fetches that.
        """
        said, explained = instant_words(instant)
        self._instant.setText(said)
        self._instant.setVisible(instant.is_on)
        set_tool_tip(self._instant, explained)
        self.fetch.show_model(built_in(instant.encoder) if instant.trouble else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease:
            self.progress_wanted.emit()
        return super().eventFilter(watched, event)

    def _show_agreement(self) -> None:
        agreement = self._sources.agreement
        self.agreement.setText(agreement_words(agreement) if agreement.hidden >= _FEWEST_HIDDEN else "")
        self.agreement.setVisible(bool(self.agreement.text()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._leave_room()

    def _leave_room(self) -> None:
        room = self.height() - self.meanings.room()
        self._editor_keys.setVisible(room >= _LOW and self._grid.count() > 0)
