"""The app with a probe in it: `python -m tests.x11.probe [PROJECT]` opens the real window and answers questions.

A question is one JSON object a line on stdin, its answer one on stdout: {"ask": EXPRESSION} evaluates a Python
expression, with `window`, `app` and `find` at hand, in the window's thread; {"find": {...}} lists what is in view
(see `find`); {"grab": FILE} draws the whole screen into a PNG. The end of stdin quits the app.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QAbstractListModel, QEvent, QMetaObject, QObject, QPoint, QRect, QSocketNotifier, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from lepton_studio.app import make_application, run_window
from lepton_studio.settings import load_settings
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.widgets.figures import Figures
from tests.event_loop import Watch

Found = dict[str, Any]


def main() -> int:
    """Run the window as `lepton-studio` does, with the probe on this process's stdin and stdout."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what anything else prints is no answer
    app = make_application(language=load_settings().language)
    probe = Probe(app, answers)
    code = run_window(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    probe.notifier.setEnabled(False)
    if probe.is_watching:
        probe.watch.stop()
    return code


class Probe(QObject):
    """Reads questions between the events of the window, and remembers every window that was ever shown."""

    def __init__(self, app: QApplication, answers: Any) -> None:
        super().__init__(app)
        self._app = app
        self._answers = answers
        self._read = b""
        self.shown: list[tuple[str, str]] = []
        self.watch, self.is_watching = Watch(), False
        app.installEventFilter(self)
        self.notifier = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self.notifier.activated.connect(self._take)

    def begin_to_watch(self) -> bool:
        """Watch the event loop from now on. False while what is shown later is still imported beside the window."""
        if not self.is_watching and gc.get_freeze_count():
            self.is_watching = True
            self.watch.start()
        return self.is_watching

    def stalls(self) -> list[str]:
        """Where the window's thread stood still for too long since then."""
        return [str(one) for one in self.watch.too_long()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append((_classes(watched)[0], str(watched.windowType().name)))
        return False

    def _take(self) -> None:
        got = os.read(0, 1 << 16)
        if not got:
            self.notifier.setEnabled(False)
            self._app.exit(3)
            return
        *lines, self._read = (self._read + got).split(b"\n")
        for line in lines:
            try:
                answer = {"answer": self._answer(json.loads(line))}
            except Exception:
                answer = {"error": traceback.format_exc()}
            print(json.dumps(answer, default=str), file=self._answers, flush=True)

    def _answer(self, question: dict[str, Any]) -> Any:
        if "find" in question:
            return find(**question["find"])
        if "grab" in question:
            return QGuiApplication.primaryScreen().grabWindow(0).save(question["grab"])
        windows = [one for one in self._app.topLevelWidgets() if isinstance(one, MainWindow)]
        window = windows[0] if windows else None
        return eval(
            question["ask"], {"window": window, "app": self._app, "find": find, "probe": self, "QWidget": QWidget}
        )


def find(
    words: str | None = None, *, kind: str = "", name: str = "", part: bool = False, inside: str = "", **state: Any
) -> list[Found]:
    """What is in view and matches: widgets, entries of menus, rows and cells of lists and tables, tabs.

    `words`: what it says (its text, title, placeholder or accessible name), whole, or a `part` of it. `kind`: its class
    or a base of it. `name`: its objectName. `inside`: the class of something around it. `state`: what else is to hold,
    of what stands for each: `kind`, `words`, `value` (what is in a line or chosen in a box), `x`, `y` (its middle on
    the screen, in the screen's own pixels), `place` (left, top, width, height), `enabled`, `checked`, `focused`,
    `on_top` (a click would reach it).
    """

    def matches(one: Found, bases: list[str], around: list[str]) -> bool:
        says = [said.replace("&", "") for said in one["says"] if said]
        return (
            (words is None or any(words in said if part else words == said for said in says))
            and (not kind or kind in bases)
            and (not name or name == one["name"])
            and (not inside or inside in around)
            and all(one[what] == wanted for what, wanted in state.items())
        )

    return [one for one, bases, around in _everything() if matches(one, bases, around)]


def _everything() -> Iterator[tuple[Found, list[str], list[str]]]:
    for top in QApplication.topLevelWidgets():
        if not top.isVisible():
            continue
        for widget in (top, *top.findChildren(QWidget)):
            # A popup is a child of the button it belongs to, and a window by itself.
            if widget.window() is not top or not widget.isVisible() or widget.visibleRegion().isEmpty():
                continue
            bases = _classes(widget)
            around = [one for above in _above(widget) for one in _classes(above)]
            yield _of_widget(widget), bases, around
            for part, rect, said, enabled, checked in _parts(widget):
                shown = rect & widget.rect()
                if not shown.isEmpty():
                    surface = widget.viewport() if isinstance(widget, QAbstractItemView) else widget
                    row = _found(surface, shown, says=[said], kind=part, name="")
                    yield {**row, "enabled": enabled, "checked": checked}, [part], [*bases, *around]


def _classes(widget: QWidget) -> list[str]:
    """Its class and the bases of it; as Qt names them, as many of its own are unknown to Python."""
    names: list[str] = []
    meta: QMetaObject | None = widget.metaObject()
    while meta is not None:
        names.append(str(meta.className()))
        meta = meta.superClass()
    return names


def _above(widget: QWidget) -> Iterator[QWidget]:
    above = widget.parentWidget()
    while above is not None:
        yield above
        above = above.parentWidget()


def _of_widget(widget: QWidget) -> Found:
    says = [widget.accessibleName(), widget.windowTitle() if widget.isWindow() else ""]
    value = ""
    if isinstance(widget, (QAbstractButton, QLabel)):
        says.append(widget.text())
    elif isinstance(widget, QLineEdit):
        says.append(widget.placeholderText())
        value = widget.text()
    elif isinstance(widget, (QPlainTextEdit, QTextEdit)):
        says.append(widget.placeholderText())
        value = widget.toPlainText()
    elif isinstance(widget, QComboBox):
        value = widget.currentText()
    elif isinstance(widget, QGroupBox):
        says.append(widget.title())
    elif hasattr(widget, "value") and not isinstance(widget, Figures):  # whose values have names
        given = cast(Any, widget).value
        value = str(given() if callable(given) else given)
    found = _found(widget, widget.rect(), says=says, kind=_classes(widget)[0], name=widget.objectName())
    checked = isinstance(widget, QAbstractButton) and widget.isChecked()
    return {**found, "value": value, "enabled": widget.isEnabled(), "checked": checked}


def _found(surface: QWidget, rect: QRect, *, says: list[str], kind: str, name: str) -> Found:
    """Places in the screen's own pixels, which differ from Qt's where the desktop is scaled."""
    seen = rect & surface.visibleRegion().boundingRect()
    middle = surface.mapToGlobal(seen.center())
    corner = surface.mapToGlobal(seen.topLeft())
    scale = surface.devicePixelRatioF()
    hit = QApplication.widgetAt(middle)
    on_top = hit is not None and (hit is surface or surface.isAncestorOf(hit) or hit.isAncestorOf(surface))
    return {
        "kind": kind,
        "name": name,
        "words": next((said for said in reversed(says) if said), ""),
        "says": says,
        "value": "",
        "x": round(middle.x() * scale),
        "y": round(middle.y() * scale),
        "place": [round(edge * scale) for edge in (corner.x(), corner.y(), seen.width(), seen.height())],
        "focused": surface.hasFocus(),
        "on_top": on_top,
    }


def _parts(widget: QWidget) -> Iterator[tuple[str, QRect, str, bool, bool]]:
    """What a widget paints without a widget of its own: kind, place in it, words, enabled, checked."""
    if isinstance(widget, (QMenu, QMenuBar)):
        for action in widget.actions():
            if action.isVisible() and not action.isSeparator():
                said = action.text().split("\t")[0]
                yield "entry", widget.actionGeometry(action), said, action.isEnabled(), action.isChecked()
    elif isinstance(widget, QTabBar):
        for place in range(widget.count()):
            yield "tab", widget.tabRect(place), widget.tabText(place), True, place == widget.currentIndex()
    elif isinstance(widget, QAbstractItemView):
        yield from _cells(widget)


def _cells(view: QAbstractItemView) -> Iterator[tuple[str, QRect, str, bool, bool]]:
    model, room = view.model(), view.viewport().rect()
    if model is None or isinstance(view, QHeaderView):
        return
    root = view.rootIndex()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(root)
    first = max(0, view.indexAt(QPoint(room.left() + 2, room.top() + 2)).row())
    for row in range(first, model.rowCount(root)):
        for column in range(columns):
            index = model.index(row, column, root)
            place = view.visualRect(index)
            if not (place & room).isEmpty():
                said = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
                chosen = view.selectionModel().isSelected(index)
                yield "cell", place & room, said, bool(index.flags() & Qt.ItemFlag.ItemIsEnabled), chosen
        if view.visualRect(model.index(row, 0, root)).top() > room.bottom():
            return


if __name__ == "__main__":
    sys.exit(main())
