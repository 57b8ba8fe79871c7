"""Whether a person is at work: keys and clicks anywhere in the window, so that tuning gives way to them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from lepton_studio.ui.frame.window import Window

_ACTS = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel)


class Presence(QObject):
    """One for the window. It looks at what the system tells the window, once for each event, not at every widget."""

    def __init__(self, window: Window, *, over: QWidget) -> None:
        super().__init__(over)
        self._window = window
        self._over = over
        over.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over:
            if event.type() == QEvent.Type.Show and (handle := self._over.windowHandle()) is not None:
                handle.installEventFilter(self)  # a second time moves it, no more
        elif event.type() in _ACTS and (session := self._window.session) is not None:
            session.person_acted()
        return False
