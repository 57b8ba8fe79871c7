"""A card over the whole window, for the few things that want an answer or the whole attention; Escape closes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from lepton_studio.widgets.color import colors
from lepton_studio.widgets.focus_ring import moving_by_key


class Overlay(QWidget):
    """Covers `host` while open. Subclasses fill `card_layout`. Emits `closed`; the host's old focus comes back."""

    accessible_role = QAccessible.Role.Dialog

    closed = Signal()
    manual = ""
    """The page of the manual that F1 opens while this card is open; "" for that of the page below."""

    def __init__(self, host: QWidget, *, width: int = 520, top: int | None = None) -> None:
        super().__init__(host)
        self._top = top
        self._before: QWidget | None = None
        self.card = QFrame(self)
        self.card.setProperty("role", "card")
        self._width = width
        self.card.setFixedWidth(width)
        self.card_layout = QVBoxLayout(self.card)
        self.card_layout.setContentsMargins(24, 24, 24, 24)
        self.card_layout.setSpacing(12)
        self.hide()
        host.installEventFilter(self)
        self.card.installEventFilter(self)

    @classmethod
    def over(cls, host: QWidget) -> Self:
        """The overlay of this kind that `host` has; made on first use."""
        found = host.findChild(cls, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return found if found is not None else cls(host)

    def open_over(self) -> None:
        """Show it and give it the keys."""
        self._before = self.window().focusWidget()
        host = self.parentWidget()
        if host is not None:
            for other in host.findChildren(Overlay, options=Qt.FindChildOption.FindDirectChildrenOnly):
                if other is not self:
                    other.close_over()
        self._place()
        self.show()
        self.raise_()
        self.setFocus()

    def close_over(self) -> None:
        """Hide it; once."""
        if self.isVisible():
            self.hide()
            if self._before is not None and self._before.isVisible():
                self._before.setFocus()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_over()
        # every other key stays here: what lies below must not hear it

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_over()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        resized = watched is self.parent() and event.type() == QEvent.Type.Resize
        filled = watched is self.card and event.type() == QEvent.Type.LayoutRequest  # it says something else now
        if (resized or filled) and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes round among what the card holds, and never to what lies below it."""
        reason = Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason
        for one in _chain(self.window().focusWidget() or self, forward=next):
            if self.card.isAncestorOf(one) and _takes_tab(one):
                with moving_by_key():
                    one.setFocus(reason)
                break
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        scrim = QColor(0, 0, 0, 120 if colors(self.palette()).dark else 60)
        QPainter(self).fillRect(self.rect(), scrim)

    def _place(self) -> None:
        host = self.parentWidget()
        if host is None:
            return
        self.setGeometry(host.rect())
        self.card_layout.activate()
        wanted = max(self._width, self.card_layout.minimumSize().width())  # buttons in large letters need more
        self.card.setFixedWidth(min(wanted, max(self._width, host.width() - 32)))
        height = self.card.heightForWidth(self.card.width())
        height = min(max(height, self.card.sizeHint().height()), host.height() - 32)
        top = self._top if self._top is not None else max(16, (host.height() - height) // 2 - 24)
        self.card.setGeometry((host.width() - self.card.width()) // 2, top, self.card.width(), height)


def _chain(here: QWidget, *, forward: bool) -> Iterator[QWidget]:
    """The other widgets of the window in the order of Tab, until it comes round."""

    def after(one: QWidget) -> QWidget | None:
        return one.nextInFocusChain() if forward else one.previousInFocusChain()

    shown = after(here)
    while shown is not None and shown is not here:
        yield shown
        shown = after(shown)


def _takes_tab(widget: QWidget) -> bool:
    can = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    return can and widget.isVisible() and widget.isEnabled()
