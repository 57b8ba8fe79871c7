"""Files that are dropped on the window: a project is opened, anything else is to be imported."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.ui.frame.window import Window


class Dropping(QObject):
    """One for the window, whose events it looks at."""

    def __init__(self, window: Window, *, over: QWidget) -> None:
        super().__init__(over)
        self._window = window
        over.setAcceptDrops(True)
        over.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and event.type() in (QEvent.Type.DragEnter, QEvent.Type.Drop):
            files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
            if files:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    self.take(files)
            return True
        return super().eventFilter(watched, event)

    def take(self, files: list[Path]) -> None:
        """Do what these files ask for."""
        if len(files) == 1 and files[0].suffix == ".lepton":
            self._window.open_project(files[0])
        elif self._window.session is None:
            self._window.take_files(files)
        else:
            self._window.import_files(files)
