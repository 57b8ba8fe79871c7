"""The rail at the left: the pages, the current one marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.pages import PageEntry
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.icons import pixmap
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import BODY, text_font

_WIDTH, _NARROW = 128, 56


class RailButton(QAbstractButton):
    """One page: an icon and its name."""

    def __init__(self, entry: PageEntry, *, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self.narrow = False
        self.setText(tr(entry.title))
        self.setAccessibleName(tr(entry.title))
        set_tool_tip(self, f"{tr(entry.title)} ({shortcut})")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize((_NARROW if self.narrow else _WIDTH) - 16, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        if on or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.accent_soft if on else palette.hover)
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        if self.hasFocus():
            painter.setPen(palette.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        ink = palette.accent if on else palette.text if self.isEnabled() else palette.border
        picture = pixmap(self.entry.icon, color=ink, size=20, ratio=self.devicePixelRatioF())
        painter.drawPixmap(10 if self.narrow else 12, (self.height() - 20) // 2, picture)
        if self.narrow:
            return
        painter.setPen(palette.accent if on else palette.text if self.isEnabled() else palette.muted)
        painter.setFont(text_font(BODY, bold=on))
        painter.drawText(self.rect().adjusted(42, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter, self.text())


class Rail(QWidget):
    """Emits `chosen(page id)` on a click."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[PageEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName(tr("Pages"))
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 12, 8, 12)
        layout.setSpacing(4)
        self._buttons: dict[str, RailButton] = {}
        for place, entry in enumerate(entries):
            button = RailButton(entry, shortcut=f"Ctrl+{place + 1}")
            button.clicked.connect(lambda _on=False, page=entry.id: self.chosen.emit(page))
            self._group.addButton(button)
            self._buttons[entry.id] = button
            layout.addWidget(button)
        layout.addStretch(1)

    def set_narrow(self, narrow: bool) -> None:
        """Show the icons alone (their tips say the names), so that the page gets the room."""
        self.setFixedWidth(_NARROW if narrow else _WIDTH)
        for button in self._buttons.values():
            button.narrow = narrow
            button.updateGeometry()
            button.update()

    def button_of(self, page: str) -> QWidget:
        """What is clicked for a page."""
        return self._buttons[page]

    def show_current(self, page: str) -> None:
        """Mark a page as the current one."""
        self._buttons[page].setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(colors(self.palette()).border)
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
