"""What tests do to the real window: open it offscreen, press keys, wait for a condition."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.app import make_application
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.settings import Settings
from lepton_studio.ui.frame.fetching import Fetching
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.label.page import LabelPage
from lepton_studio.ui.manual.window import ManualWindow
from lepton_studio.ui.shared import looking
from lepton_studio.widgets.accessible import give_roles
from lepton_studio.widgets.theme import apply_theme
from tests import chart_window
from tests.event_loop import watched_event_loop

LABELS = ("refund", "card lost", "login")


def application() -> QApplication:
    """The application of the test process, themed once."""
    app = make_application(language="en")
    give_roles(app)  # where another test made it
    looking.PATIENCE = 60.0  # a busy machine makes nothing of a small project read beside the window
    if not app.styleSheet():
        apply_theme(app, scheme="light")
    return app


def wait_until(condition: Callable[[], Any], *, seconds: float = 120.0) -> None:
    """As `chart_window.wait_until`, with the patience that a child needs on a busy machine."""
    chart_window.wait_until(condition, seconds=seconds)


def make_project(folder: Path, *, texts: int = 12, labels: tuple[str, ...] = LABELS) -> Path:
    """A project of unlabelled texts, closed; the folder it is in."""
    project = Project.create(folder / "Test.lepton", task="text_classification", labels=labels)
    with project.change("Import texts") as change:
        change.add_samples(NewSample(f"This is message number {n}, about a thing.") for n in range(texts))
    path = project.folder
    project.close()
    return path


class StrayWindows(QObject):
    """Remembers each part that was shown before it had its place in the window.

    It flashes up as a window of its own, takes the focus and so closes every popup, which the offscreen platform cannot
    show.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            is_part = watched.windowType() in (Qt.WindowType.Window, Qt.WindowType.Widget)
            if is_part and not isinstance(watched, MainWindow | ManualWindow):
                self.seen.append(f"{type(watched).__name__} {watched.accessibleName()!r}")
        return False


@contextmanager
def open_window(
    folder: Path | None = None, *, page: str = "label", settings: Settings | None = None
) -> Iterator[MainWindow]:
    """The real window on a project, shown; closed and gone afterwards. Fails where a part flashed up as a window."""
    app = application()
    strays = StrayWindows()
    app.installEventFilter(strays)
    window = MainWindow(settings or Settings(), save=lambda _settings: None)
    window.resize(1280, 800)
    if folder is not None:
        assert window.open_project(folder, page=page)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)  # keys of actions reach an active window only
    try:
        yield window
        if window.session is not None:
            session = window.session
            wait_until(lambda: session.background.is_idle, seconds=60)
    finally:
        window.close()
        if window.session is not None:  # it asks, and the test has failed: what goes on must not outlive it
            window.session.close()
        window.deleteLater()
        app.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
        app.processEvents()
        app.removeEventFilter(strays)
    assert not strays.seen, f"shown before they had a place in the window: {strays.seen}"


@contextmanager
def watched_window(folder: Path, *, page: str = "label") -> Iterator[MainWindow]:
    """As `open_window`, of an app that is open for a moment already. Fails where the window's thread stood still."""
    application()
    Fetching().finish()
    try:
        with watched_event_loop() as watch, open_window(folder, page=page) as window:
            yield window
        watch.check()
    finally:
        gc.unfreeze()


def label_page(window: MainWindow) -> LabelPage:
    """The Label page, in view."""
    window.open_page("label")
    page = window.page
    assert isinstance(page, LabelPage)
    return page


def own_editor(page: LabelPage) -> Any:
    """The page's editor with what only this task's has."""
    return page.editor


def press(window: MainWindow, *keys: Any, modifier: Any = None) -> None:
    """Press keys where the focus is, as a person does."""
    for key in keys:
        target: QWidget = window.focusWidget() or window
        if isinstance(key, str):
            QTest.keyClicks(target, key)
        elif modifier is None:
            QTest.keyClick(target, key)
        else:
            QTest.keyClick(target, key, modifier)
