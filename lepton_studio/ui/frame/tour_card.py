"""A tour of five steps through the real window: a small card beside what it tells of, and a ring round that.

Shown once by itself, later from the Help menu. The window can be used all the while; Escape leaves it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QFrame, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE

_WIDTH = 400
_GAP = 14
_LOOK_MS = 200
"""What is pointed at may move when its page has read its figures: the tour looks so often where it is."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of the tour; `page` is brought into view, which says what of it is pointed at."""

    page: str
    title: str
    sentence: str


def stops() -> tuple[Stop, ...]:
    """The steps in their order."""
    return (
        Stop(
            "data",
            tr("1. Import your texts"),
            tr("Press here, or drop a file anywhere. You see how it will be read before anything is imported."),
        ),
        Stop(
            "label",
            tr("2. Label some by hand"),
            tr("Press the key of a label. Space skips, Ctrl+Z undoes. Everything is saved as you go."),
        ),
        Stop(
            "tune",
            tr("3. Tune a model"),
            tr("One click tunes a model on your labels, on this computer. You can keep labelling meanwhile."),
        ),
        Stop(
            "inspect",
            tr("4. Review its mistakes"),
            tr(
                "Click any number to see its samples. Correct wrong labels right there and tune again: "
                "this is where most of the improvement comes from."
            ),
        ),
        Stop(
            "export",
            tr("5. Take it with you"),
            tr("Predict on a whole table, save the labels, or save the model. F1 opens the manual on any page."),
        ),
    )


class Ring(QWidget):
    """A line round a part of the window; the mouse goes through it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors(self.palette()).accent, 3))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 9, 9)


class TourCard(QFrame):
    """`page_wanted(id)` at each step; `target(page)` says what to point at there, None while it is not in view."""

    page_wanted = Signal(str)

    def __init__(self, host: QWidget, target: Callable[[str], QWidget | None]) -> None:
        super().__init__(host)
        self.setProperty("role", "card")
        self.setFixedWidth(_WIDTH)
        self._host, self._target = host, target
        self._stops = stops()
        self._at = 0
        self._from = ""
        self.ring = Ring(host)
        self.title = words("", size=TITLE, bold=True)
        self.sentence = words("", wrap=True)
        self._count = words("", size=CAPTION, muted=True)
        self.skip = button(tr("Skip the tour"), role="quiet")
        self.back = button(tr("Back"))
        self.next = button(tr("Next"), role="primary")
        self.skip.clicked.connect(self._give_up)
        self.back.clicked.connect(lambda: self._go(-1))
        self.next.clicked.connect(lambda: self._go(1))
        buttons = row(self._count, None, self.skip, self.back, self.next)
        self.setLayout(column(self.title, self.sentence, 8, buttons, margins=(20, 16, 20, 16)))
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), host.window())
        self._escape.setEnabled(False)
        self._escape.activated.connect(self._give_up)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._place)
        self.hide()

    def start(self, *, page: str) -> None:
        """From the first step on; `page` is in view now."""
        self._at, self._from = 0, page
        self._escape.setEnabled(True)
        self._look.start()
        self._show()

    def leave(self) -> None:
        """End it, wherever it is."""
        self._escape.setEnabled(False)
        self._look.stop()
        self.ring.hide()
        self.hide()

    def _give_up(self) -> None:
        """Who wants no tour is back where it came from; who is further in it stays."""
        is_at_first = self._at == 0 and self._target(self._stops[0].page) is not None
        self.leave()
        if is_at_first:
            self.page_wanted.emit(self._from)

    def _go(self, steps: int) -> None:
        self._at += steps
        if self._at >= len(self._stops):
            self.leave()
            self.page_wanted.emit("label")
            return
        self._show()

    def _show(self) -> None:
        stop = self._stops[self._at]
        last = self._at == len(self._stops) - 1
        self.title.setText(stop.title)
        self.sentence.setText(stop.sentence)
        self._count.setText(f"{self._at + 1} / {len(self._stops)}")
        self.back.setEnabled(self._at > 0)
        self.skip.setVisible(not last)
        self.next.setText(tr("Get started") if last else tr("Next"))
        self.page_wanted.emit(stop.page)
        self.show()
        self._place()
        self.raise_()
        self.next.setFocus()

    def _place(self) -> None:
        """Beside what is pointed at; in the middle where that is not in view or takes all the room."""
        target = self._target(self._stops[self._at].page)
        size = QSize(_WIDTH, max(self.sizeHint().height(), self.heightForWidth(_WIDTH)))
        if target is None or not target.isVisible():
            self.ring.hide()
            around = QRect()
        else:
            around = QRect(target.mapTo(self._host, QPoint(0, 0)), target.size()).adjusted(-6, -6, 6, 6)
            self.ring.setGeometry(around & self._host.rect())
            self.ring.show()
            self.ring.raise_()
        self.setGeometry(QRect(place_beside(around, size=size, host=self._host.rect()), size))
        self.raise_()


def place_beside(around: QRect, *, size: QSize, host: QRect) -> QPoint:
    """Where a card of this size stands beside a part of the host without covering it: below, above, right or left of
    it, whichever first has the room (right first at the left edge); in the middle where none has.
    """
    room = host.adjusted(_GAP, _GAP, -_GAP, -_GAP)
    x = max(room.left(), min(around.left(), room.right() - size.width() + 1))
    y = max(room.top(), min(around.top(), room.bottom() - size.height() + 1))
    if not around.isNull():
        right = QPoint(around.right() + _GAP, y)
        below, above = QPoint(x, around.bottom() + _GAP), QPoint(x, around.top() - _GAP - size.height())
        left = QPoint(around.left() - _GAP - size.width(), y)
        is_at_edge = around.left() < room.left()  # an entry of the rail: the others stand below it
        for at in (right, below, above, left) if is_at_edge else (below, above, right, left):
            if room.contains(QRect(at, size)):
                return at
    return QPoint((host.width() - size.width()) // 2, (host.height() - size.height()) // 2)
