"""Start-up of the window: the application, its looks and words, the error desk, the first project."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from lepton_studio.language import use_language
from lepton_studio.settings import load_settings, take_environment, user_folder
from lepton_studio.ui.frame.fetching import Fetching
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.frame.pages import PAGES
from lepton_studio.ui.frame.restarting import PAGE
from lepton_studio.ui.shared.errors import FaultDesk
from lepton_studio.widgets.accessible import give_roles
from lepton_studio.widgets.theme import Scheme, apply_theme

_FETCH_AFTER = 500
_SPARE_AFTER = 2500
"""Milliseconds after a project is shown until the code of what is shown later is imported, and the spare child is
started: by then the person is reading."""
_SIZE = "QT_SCALE_FACTOR"
_TURN = 0.0002
"""Seconds until a thread that computes lets the window's go on. Python has 5 ms, and the window asks some fifty times
between a press and its picture: a label was seen after half a second while a file was read."""


def run_window(folder: Path | None) -> int:
    """Open the window on a project (or the last one, or the start page on the first start) until it is closed."""
    settings = load_settings()
    take_environment(settings)
    with of_size(settings.scale):
        app = make_application(language=settings.language)
    apply_theme(app, scheme=cast(Scheme, settings.theme))
    desk = FaultDesk(user_folder() / "logs")
    desk.install()
    window = MainWindow(settings)
    desk.found.connect(window.show_fault)
    desk.said.connect(lambda sentence: window.toast.say(sentence, seconds=10))
    window.project_opened.connect(lambda: QTimer.singleShot(_SPARE_AFTER, lambda: _start_children(window)))
    window.project_opened.connect(lambda: QTimer.singleShot(_FETCH_AFTER, window.cards.tour_once))
    open_first(window, folder, page=os.environ.pop(PAGE, ""))
    window.show()
    QTimer.singleShot(_FETCH_AFTER, Fetching(app).start)
    code = app.exec()
    desk.uninstall()
    return code


def _start_children(window: MainWindow) -> None:
    """Have a child ready before the person asks for a run, and one that learns while they label."""
    if window.session is not None:
        from lepton_studio.ui.shared.warming import Warming

        window.session.child_owner.warm()
        Warming(window.session)
        if window.settings.instant:
            window.session.instant.start()


@contextmanager
def of_size(percent: int) -> Iterator[None]:
    """An application that is made inside shows all in this size, unless the person's own variable says another.

    Qt asks for it once, as it starts. What is started later, such as this app once more, is not to be told of it.
    """
    if percent == 100 or _SIZE in os.environ:
        yield
        return
    os.environ[_SIZE] = f"{percent / 100:g}"
    try:
        yield
    finally:
        del os.environ[_SIZE]


def make_application(*, language: str = "") -> QApplication:
    """The application object, made once per process, in the person's language."""
    used = use_language(language or None, system=next(iter(QLocale.system().uiLanguages()), None))
    QLocale.setDefault(QLocale(used))
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    sys.setswitchinterval(_TURN)
    app = QApplication(sys.argv[:1])
    give_roles(app)
    app.setApplicationName("Lepton Studio")
    app.setDesktopFileName("lepton-studio")
    words = QTranslator(app)  # Qt's own: the menu of a text field, the buttons of a dialog
    if words.load(f"qtbase_{used}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(words)
    return app


def open_first(window: MainWindow, folder: Path | None, *, page: str = "") -> None:
    """The project that was asked for, else the last one; on the first start the start page, with samples to choose.

    `page`: that of the window which was there before (`ui.frame.restarting`).
    """
    known = page if any(one.id == page for one in PAGES) else "label"
    if folder is not None:
        window.open_project(folder, page=known)
        return
    last = next((Path(one) for one in window.settings.recent if Path(one).is_dir()), None)
    if last is not None:
        window.open_project(last)
    else:
        window.show_start_page()
