"""Room for a page: as large as there is, and scrolled where the page needs more."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget


def page_room(page: QWidget) -> QScrollArea:
    """A scroll area that gives the page all its room, and scrolls it only below the least size of the page."""
    room = QScrollArea()
    room.setFrameShape(QFrame.Shape.NoFrame)
    room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    room.setWidgetResizable(True)
    room.setWidget(_Held(page))
    return room


class _Held(QWidget):
    """The page without its layout's say: of one whose height depends on its width, a scroll area takes the height that
    it would like for the least that it needs.
    """

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        page.setParent(self)
        if isinstance(page, QStackedWidget):
            page.currentChanged.connect(lambda _place: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        shown = self._page.currentWidget() if isinstance(self._page, QStackedWidget) else None
        return (shown or self._page).minimumSizeHint()  # a stack asks for what the largest of its pages needs

    def sizeHint(self) -> QSize:
        return self._page.sizeHint()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # the page needs more or less than before: a widget without a layout does not say so
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._page.resize(event.size())
