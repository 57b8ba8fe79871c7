"""Icons: SVG files drawn in one colour, recoloured for the palette in use."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QToolButton, QWidget

from lepton_studio.resources import resource_path
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.plain_text import set_tool_tip


def icon(name: str, *, color: QColor, size: int = 20) -> QIcon:
    """The icon `resources/icons/NAME.svg` in one colour, sharp at 1x and 2x. Raises FileNotFoundError."""
    made = QIcon()
    for ratio in (1, 2):
        made.addPixmap(pixmap(name, color=color, size=size, ratio=ratio))
        made.addPixmap(_faded(pixmap(name, color=color, size=size, ratio=ratio)), QIcon.Mode.Disabled)
    return made


def _faded(drawn: QPixmap) -> QPixmap:
    made = QPixmap(drawn.size())
    made.setDevicePixelRatio(drawn.devicePixelRatio())
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setOpacity(0.3)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    return made


def pixmap(name: str, *, color: QColor, size: int = 20, ratio: float = 1.0) -> QPixmap:
    """The icon as a square pixmap of `size` device-independent pixels. Raises FileNotFoundError."""
    return _draw(name, color.name(), size, ratio)


@lru_cache(maxsize=256)
def _draw(name: str, color: str, size: int, ratio: float) -> QPixmap:
    source = _source(name).replace("currentColor", color)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    drawn = QPixmap(round(size * ratio), round(size * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return drawn


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return (resource_path("icons") / f"{name}.svg").read_text("utf-8")


class IconButton(QToolButton):
    """A quiet button with an icon (and words, where given); `words` is its accessible name and tool tip too."""

    def __init__(self, icon_name: str, words: str, *, parent: QWidget | None = None, show_words: bool = False) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self.setAccessibleName(words)
        set_tool_tip(self, words)
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if show_words:
            self.setText(words)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._recolor()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._recolor()

    def _recolor(self) -> None:
        self.setIcon(icon(self._icon_name, color=colors(QGuiApplication.palette()).text, size=18))
