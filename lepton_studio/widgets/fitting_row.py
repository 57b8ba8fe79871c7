"""A row that leaves out what matters least where there is no room for all, rather than clip every part of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.widgets.layouts import row


class FittingRow(QWidget):
    """Widgets side by side, a stretch for None. `optional` ones go while there is no room, the first of them first.

    Who puts an optional widget into the row leaves showing and hiding it to the row.
    """

    def __init__(
        self, *items: QWidget | None, optional: Sequence[QWidget], gap: int = 8, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._items = [item for item in items if item is not None]
        self._optional = tuple(optional)
        self._gap = gap
        self.setLayout(row(*items, gap=gap))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width_of(self._present(())), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()  # a part has other words now
        return super().event(event)

    def _fit(self) -> None:
        kept = list(self._optional)
        while kept and self._width_of(self._present(kept)) > self.width():
            kept.pop(0)
        for widget in self._optional:
            if widget.isHidden() == (widget in kept):
                widget.setVisible(widget in kept)

    def _present(self, kept: Sequence[QWidget]) -> list[QWidget]:
        return [one for one in self._items if one in kept or (one not in self._optional and not one.isHidden())]

    def _width_of(self, widgets: Sequence[QWidget]) -> int:
        return sum(max(one.sizeHint().width(), one.minimumWidth()) for one in widgets) + self._gap * max(
            0, len(widgets) - 1
        )
