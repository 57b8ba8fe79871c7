"""Faults of ours: written to a log, shown as one sentence with a report to copy; never a traceback on the screen."""

from __future__ import annotations

import io
import logging
import logging.handlers
import platform
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import cast

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler, qVersion

import lepton_studio
from lepton_studio.errors import has_sentence, sentence_of
from lepton_studio.faults import traceback_of
from lepton_studio.private import private_folder, private_opener

_log = logging.getLogger("lepton_studio")


class _Log(logging.handlers.RotatingFileHandler):
    """Its files are the person's alone. Where they cannot be written (a full disk, a read-only home) nothing is."""

    def _open(self) -> io.TextIOWrapper:
        private_folder(Path(self.baseFilename).parent)
        made = open(self.baseFilename, self.mode, encoding=self.encoding, opener=private_opener)  # noqa: SIM115
        return cast(io.TextIOWrapper, made)

    def handleError(self, record: logging.LogRecord) -> None:
        self.lost = True

    lost = False
    """Whether something could not be written."""


class FaultDesk(QObject):
    """Catches what nobody caught, in any thread. `found(report)` comes in the window's thread; it is to be copied.

    `said(sentence)`: an error with a sentence for the person that nobody showed.
    """

    found = Signal(str)
    said = Signal(str)
    _caught = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.log_file = folder / "lepton-studio.log"
        self._caught.connect(self._show, Qt.ConnectionType.AutoConnection)
        self._handler: logging.Handler | None = None

    def install(self) -> None:
        """Take over `sys.excepthook`, threads' exceptions and Qt's messages. Call it once, before the first window."""
        self._handler = _Log(self.log_file, maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        _log.addHandler(self._handler)
        _log.propagate = False
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook
        qInstallMessageHandler(_log_qt_message)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)
        if self._handler is not None:
            _log.removeHandler(self._handler)
            self._handler.close()
            self._handler = None

    def take(self, error: BaseException) -> None:
        """Log and show an error that was caught where nothing could be done about it."""
        _log.error("%s", traceback_of(error))
        self._caught.emit(error)

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            self.take(error)

    def _thread_hook(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            self.take(caught.exc_value)

    def _show(self, error: BaseException) -> None:
        if has_sentence(error):
            self.said.emit(sentence_of(error))
        else:
            self.found.emit(report(error))


def report(error: BaseException) -> str:
    """What helps to find a fault: versions and the traceback. No texts of the project."""
    versions = f"Lepton Studio {lepton_studio.__version__}, Python {platform.python_version()}, Qt {qVersion()}"
    return f"{versions}\n{platform.platform()}\n\n{traceback_of(error)}"


def guarded(desk: FaultDesk, call: Callable[[], None]) -> None:
    """Run `call`; an error goes to the desk."""
    try:
        call()
    except Exception as error:
        desk.take(error)


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    level = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }.get(kind, logging.ERROR)
    _log.log(level, "Qt: %s", message)
