"""What goes on, how far it is, how long it still takes, and Cancel: one line for one piece of long work."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.layouts import button, words
from lepton_studio.widgets.theme import BODY, CAPTION, text_font
from lepton_studio.words import duration_left


class ProgressStrip(QWidget):
    """Emits `cancelled` once; says "Stopping" until its owner hides it."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = words(size=BODY)
        self.amount = words(size=CAPTION, muted=True)
        self.amount.setFont(text_font(CAPTION, tabular=True))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self._cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 4, 16, 4)
        layout.setSpacing(16)
        layout.addWidget(self.title)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.amount)
        layout.addWidget(self.cancel)

    def begin(self, title: str, *, can_cancel: bool = True) -> None:
        """A new piece of work."""
        self.title.setText(title)
        self.bar.setAccessibleName(title)
        self.cancel.setVisible(can_cancel)
        self.cancel.setEnabled(True)
        self.cancel.setText(tr("Cancel"))
        self.show_progress(0, None)

    def show_progress(self, done: int, total: int | None, *, seconds_left: float | None = None) -> None:
        """`total` None: the bar only moves. The bar counts in thousandths, so that no amount is too large for it."""
        if total:
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, done * 1000 // total))
            amount = tr("{done} of {total}", done=f"{done:,}", total=f"{total:,}")
        else:
            self.bar.setRange(0, 0)
            amount = f"{done:,}" if done else ""
        if seconds_left is not None:
            amount = f"{amount} · {duration_left(seconds_left)}"
        self.amount.setText(amount)

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.cancel.setText(tr("Stopping"))
        self.cancelled.emit()
