"""A short message at the bottom of a window that goes by itself, with one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPropertyAnimation, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QPushButton, QStyle, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.accessible import announce
from lepton_studio.widgets.color import colors, mixed
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import words

_SECONDS = 6.0


class Toast(QFrame):
    """Lies over `host`. One message at a time: a newer one replaces the older. Waits while the mouse is on it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.host = host
        self.setAccessibleName(tr("Message"))
        self._label = words(wrap=True)
        self._button = QPushButton()
        self._button.setProperty("role", "link")
        self._button.setCursor(Qt.CursorShape.PointingHandCursor)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self._act)
        self._button.hide()
        close = IconButton("close", tr("Close the message"))
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 6, 6)
        layout.setSpacing(12)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._button)
        layout.addWidget(close)
        self._act_on: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._effect = QGraphicsOpacityEffect(self)
        self._effect.setEnabled(False)
        self.setGraphicsEffect(self._effect)
        self._fade = QPropertyAnimation(self._effect, b"opacity", self)
        self._fade.setDuration(140)
        self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._fade.finished.connect(lambda: self._effect.setEnabled(False))
        host.installEventFilter(self)
        self._bottom = 24
        self.hide()

    def keep_above(self, height: int) -> None:
        """Leave this many pixels free at the bottom of the host."""
        self._bottom = 24 + height
        if self.isVisible():
            self._place()

    @property
    def text(self) -> str:
        """What it says now; "" while hidden."""
        return self._label.text() if self.isVisible() else ""

    def say(
        self, sentence: str, *, action: str = "", run: Callable[[], object] | None = None, seconds: float = _SECONDS
    ) -> None:
        """Show a sentence, with a button `action` that calls `run`."""
        self._label.setText(sentence)
        self._label.setAccessibleName(sentence)
        announce(self, " ".join(part for part in (sentence, action) if part))
        self._act_on = run
        self._button.setText(action)
        self._button.setAccessibleName(action)
        self._button.setVisible(bool(action))
        self._place()
        # 0 where the desktop asks for no animations, as far as Qt knows.
        moves = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        if moves and not self.isVisible():
            self._effect.setEnabled(True)
            self._fade.setStartValue(0.0)
            self._fade.setEndValue(1.0)
            self._fade.start()
        self.show()
        self.raise_()
        self._timer.start(round(seconds * 1000))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start(2500)
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(mixed(palette.text, palette.window, 0.22))
        painter.setBrush(palette.raised)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)

    def _act(self) -> None:
        self.hide()
        if self._act_on is not None:
            self._act_on()

    def _place(self) -> None:
        host = self.parentWidget()
        if host is None:
            return
        available = max(240, host.width() - 64)
        self._label.setWordWrap(False)
        width = self.sizeHint().width()
        if width > min(available, 720):
            self._label.setWordWrap(True)
            width = min(available, 720)
        height = (
            max(self.heightForWidth(width), self.sizeHint().height())
            if self._label.wordWrap()
            else self.sizeHint().height()
        )
        self.setGeometry((host.width() - width) // 2, host.height() - height - self._bottom, width, height)
