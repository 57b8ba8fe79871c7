"""An outline, after Tab, of what has the keys and does not show it itself: lists, charts, editors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QScrollArea, QSlider, QWidget
from shiboken6 import isValid

from lepton_studio.widgets.color import colors

_THICK = 2.0


@contextmanager
def moving_by_key() -> Iterator[None]:
    """What gets the focus inside was reached by a key, not by the mouse or by opening a page: show where it is."""
    app = QApplication.instance()
    before = QApplication.focusWidget()
    if isinstance(app, QApplication) and app.findChild(_Rings) is None:
        _Rings(app)
    yield
    now = QApplication.focusWidget()
    if now is not None and now is not before and _is_silent(now):
        FocusRing(now)


class FocusRing(QWidget):
    """Covers `around`, which has the focus, until it goes elsewhere; the mouse goes through it."""

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        around.installEventFilter(self)
        self.setGeometry(around.rect())
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        around = self.parentWidget()
        if watched is around and event.type() == QEvent.Type.Resize:
            self.setGeometry(around.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors(self.palette()).accent, _THICK))
        inside = QRectF(self.rect()).adjusted(_THICK / 2, _THICK / 2, -_THICK / 2, -_THICK / 2)
        painter.drawRoundedRect(inside, 4, 4)


class _Rings(QObject):
    """Takes the ring away when the focus goes; one for the application."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.focusChanged.connect(self._take_focus)

    def _take_focus(self, old: QWidget | None, _now: QWidget | None) -> None:
        if old is not None and isValid(old):
            for ring in old.findChildren(FocusRing, options=Qt.FindChildOption.FindDirectChildrenOnly):
                ring.hide()
                ring.deleteLater()


def _is_silent(widget: QWidget) -> bool:
    """Whether a widget looks the same with the focus: Qt's lists and areas, and what is painted as a whole."""
    return isinstance(widget, QAbstractItemView | QScrollArea | QSlider) or hasattr(type(widget), "accessible_role")
