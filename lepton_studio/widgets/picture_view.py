"""A picture as large as its place allows, read beside the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.viewer_widget import ViewerWidget

_LONGEST_SIDE = 2048
"""Pixels kept of a larger picture: more than its place on any screen has."""


class PictureView(ViewerWidget):
    """Shows a picture file of any kind that Qt reads. `shown` once the newest one is there, or cannot be shown."""

    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: Path | None = None
        self._picture = QPixmap()
        self._says = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Picture"))

    @property
    def has_picture(self) -> bool:
        """Whether one is shown now."""
        return not self._picture.isNull()

    def show_input(self, input: Any) -> None:
        self.show_file(input.media)

    def show_file(self, file: Path | None) -> None:
        """Show another file, None for none; what was shown goes at once."""
        self._file, self._picture, self._says = file, QPixmap(), ""
        self.update()
        if file is not None:
            reading = _Reading()
            reading.done.connect(self._take, Qt.ConnectionType.QueuedConnection)
            QThreadPool.globalInstance().start(lambda: reading.read(file))

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.has_picture:
            painter.setPen(colors(self.palette()).muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._says)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.drawPixmap(QRectF(left, top, size.width(), size.height()), self._picture, QRectF(self._picture.rect()))

    def _take(self, file: Path, image: QImage) -> None:
        if file == self._file:
            self._picture = QPixmap.fromImage(image)
            self._says = tr("This picture cannot be shown.") if image.isNull() else ""
            self.update()
            self.shown.emit()


class _Reading(QObject):
    """One picture on its way, in a thread of the pool; the view may be gone before it is there."""

    done = Signal(object, QImage)

    def read(self, file: Path) -> None:
        reader = QImageReader(str(file))
        reader.setDecideFormatFromContent(True)  # it is called by its content, so that its name does not tell
        reader.setAutoTransform(True)
        size = reader.size()
        if max(size.width(), size.height()) > _LONGEST_SIDE:
            reader.setScaledSize(size.scaled(_LONGEST_SIDE, _LONGEST_SIDE, Qt.AspectRatioMode.KeepAspectRatio))
        self.done.emit(file, reader.read())
