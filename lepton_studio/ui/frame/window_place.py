"""Where the window opens, and how large: where it was, else in the middle; never larger than the screen."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMargins, QSize, Qt
from PySide6.QtWidgets import QStyle, QWidget

_USUAL, _SMALLEST = QSize(1280, 800), QSize(860, 560)
_FRAME = QMargins(8, 36, 8, 8)
"""What a desktop puts around a window, at most; how much it is can only be asked of a window that is shown."""


def saved_place(window: QWidget) -> str:
    """Its place and size, as the settings keep them."""
    return bytes(window.saveGeometry().toBase64().data()).decode()


def restore_place(window: QWidget, saved: str) -> None:
    """Give a window that is not shown yet the place that was saved ("" for none).

    What it needs at least gives way too: at 150 % a small laptop has 910 x 512 of our pixels.
    """
    is_restored = bool(saved) and window.restoreGeometry(QByteArray.fromBase64(saved.encode()))
    room = window.screen().availableGeometry().marginsRemoved(_FRAME)
    window.setMinimumSize(_SMALLEST.boundedTo(room.size()))
    size = (window.size() if is_restored else _USUAL).boundedTo(room.size())
    if not is_restored:
        window.setGeometry(QStyle.alignedRect(window.layoutDirection(), Qt.AlignmentFlag.AlignCenter, size, room))
    elif size != window.size() and not window.isMaximized():
        window.resize(size)
