"""A layout that sets its widgets in lines, as words in a paragraph."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Left to right (or right to left, with the layout direction), a new line where the width ends. Owns its items.

    Headings begin a line; while there are some, everything else stands `indent` pixels from the edge.
    """

    def __init__(self, parent: QWidget | None = None, *, gap: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._headings: Collection[QWidget] = ()
        self._indent = 0
        self._together: Collection[QWidget] = ()
        self._gap = gap
        self._heights: dict[int, int] = {}
        """By width; asked for many times while the window is laid out once."""
        self.setContentsMargins(0, 0, 0, 0)

    def set_headings(self, headings: Collection[QWidget], *, indent: int) -> None:
        """Which of its widgets are headings."""
        self._headings, self._indent = headings, indent if headings else 0
        self.invalidate()

    def keep_together(self, widgets: Collection[QWidget]) -> None:
        """These, one after the other in it, begin a line of their own where there is no room for all of them."""
        self._together = widgets
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self._heights.clear()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        self._heights.clear()
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        items = [item.sizeHint() for item in self._items if not item.isEmpty()]
        margins = self.contentsMargins()
        width = sum(size.width() for size in items) + self._gap * max(0, len(items) - 1)
        height = max((size.height() for size in items), default=0)
        return QSize(width + margins.left() + margins.right(), height + margins.top() + margins.bottom())

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _place(self, rect: QRect, *, move: bool) -> int:
        inner = rect.marginsRemoved(self.contentsMargins())
        parent = self.parentWidget()
        mirrored = parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left_edge = inner.x() + self._indent
        x, y, line_height = left_edge, inner.y(), 0
        together = [item for item in self._items if item.widget() in self._together and not item.isEmpty()]
        for item in self._items:
            if item.isEmpty():
                continue
            room = QSize(max(inner.width() - self._indent, 1), 16_777_215)
            size = item.sizeHint().boundedTo(item.maximumSize()).boundedTo(room)
            if item.widget() in self._headings:
                y = y + line_height + self._gap if line_height else y
                if move:
                    left = inner.right() + 1 - size.width() if mirrored else inner.x()
                    item.setGeometry(QRect(QPoint(left, y), size))
                x, line_height = left_edge, size.height()
                continue
            needed = size.width()
            if together and item is together[0]:
                needed = sum(one.sizeHint().width() for one in together) + self._gap * (len(together) - 1)
            if x > left_edge and x + needed > inner.right() + 1:
                x, y, line_height = left_edge, y + line_height + self._gap, 0
            if move:
                left = inner.right() + 1 - (x - inner.x()) - size.width() if mirrored else x
                item.setGeometry(QRect(QPoint(left, y), size))
            x += size.width() + self._gap
            line_height = max(line_height, size.height())
        return y + line_height - rect.y() + self.contentsMargins().bottom()
