"""A heading that opens and closes what stands below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from lepton_studio.widgets.color import colors
from lepton_studio.widgets.icons import icon


class Fold(QWidget):
    """Closed at first. Emits `opened(bool)`. What stands below may be made when it is opened first: see `fill`."""

    opened = Signal(bool)

    def __init__(self, title: str, *, content: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content: QWidget | None = None
        self.heading = QToolButton()
        self.heading.setText(title)
        self.heading.setAccessibleName(title)
        self.heading.setCheckable(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.heading.setCursor(Qt.CursorShape.PointingHandCursor)
        self.heading.setStyleSheet("padding-left: 0; margin-left: -5px")
        self.heading.toggled.connect(self._toggle)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.heading, 0, Qt.AlignmentFlag.AlignLeft)
        if content is not None:
            self.fill(content)
        self._draw()

    def fill(self, content: QWidget) -> None:
        """What stands below the heading; once."""
        content.setVisible(self.is_open())
        self._layout.addWidget(content)
        self._content = content

    def open(self, opened: bool = True) -> None:
        """Open or close it."""
        self.heading.setChecked(opened)

    def is_open(self) -> bool:
        """Whether the content is shown."""
        return self.heading.isChecked()

    def set_title(self, title: str) -> None:
        """Say something else."""
        self.heading.setText(title)
        self.heading.setAccessibleName(title)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _toggle(self, opened: bool) -> None:
        if self._content is not None:
            self._content.setVisible(opened)
        self._draw()
        self.opened.emit(opened)

    def _draw(self) -> None:
        name = "chevron-down" if self.heading.isChecked() else "chevron-right"
        self.heading.setIcon(icon(name, color=colors(self.palette()).muted, size=16))
