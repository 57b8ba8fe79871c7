"""The window without eyes and without a mouse: what a screen reader is told, and where Tab goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.contract.span_values import Span
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.frame.models_card import ModelsCard
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.frame.preferences_card import PreferencesCard
from tests.ui.driving import label_page, open_window, own_editor, wait_until
from tests.ui.tuned_project import tuned_project

ROLE = QAccessible.Role
PAGES = ("data", "label", "tune", "inspect", "export")
WITHOUT_SENSE = (ROLE.NoRole, ROLE.Client)
LEAST = 760
"""Logical pixels that the window needs across with its wide rail, whatever the page: it scrolls one that needs more."""
ROWS = (ROLE.List, ROLE.Table, ROLE.Tree)
"""Their rows are the model's."""


def test_every_page_and_card_can_be_read_aloud_and_walked_with_tab(tmp_path: Path) -> None:
    project = tuned_project(tmp_path / "p.lepton", each=10)
    project.close()
    with open_window(project.folder) as window:
        for name in PAGES:
            window.open_page(name)
            wait_until(lambda: window.session is None or window.session.background.is_idle)
            assert not list(_without_name(QAccessible.queryAccessibleInterface(window))), name
            assert window.minimumSizeHint().width() <= LEAST, f"{name} makes the window too wide for a large type"
            stops, unseen = _tab_through(window)
            missed = [one for one in window.findChildren(QWidget) if _wants_tab(one) and not _is_reached(one, stops)]
            assert not missed, (name, [f"{type(one).__name__} {one.accessibleName()}" for one in missed])
            assert not unseen, f"{name}: looks the same with the keys: {unseen}"
        for show, kind in ((window.cards.show_preferences, PreferencesCard), (window.cards.show_models, ModelsCard)):
            show()
            assert not list(_without_name(QAccessible.queryAccessibleInterface(window))), kind
            shown = next(one for one in window.toast.host.findChildren(Overlay) if isinstance(one, kind))
            stops, _unseen = _tab_through(window)
            below = [one for one in stops if not (one is shown or shown.isAncestorOf(one))]
            assert len(stops) > 2 and not below, (kind, below)


def test_an_editor_says_its_sample_and_its_marks_and_lets_the_keys_go(tmp_path: Path) -> None:
    with open_window() as window:
        window.open_sample("spans")
        page = label_page(window)
        editor, sample = own_editor(page), page.queue.current
        assert sample is not None and editor.accessibleDescription() == sample.text
        assert editor.accessibleName() == "Sample, not labelled"
        label = page.labels[0]
        page.editor.edited.emit(Spans((Span(0, 5, label.id),)))
        page.go_to_sample(sample.id)
        assert f"{sample.text[:5]}: {label.name}" in editor.board.view.accessibleDescription()
        assert label.name in editor.accessibleName()
        QTest.keyClick(editor, Qt.Key.Key_Tab)
        assert editor.hasFocus(), "Tab steps through spans"
        QTest.keyClick(editor, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
        assert not editor.hasFocus()


def _without_name(shown: QAccessibleInterface | None) -> Iterator[str]:
    if shown is None or not shown.isValid() or shown.state().invisible:
        return
    name, role = shown.text(QAccessible.Text.Name), shown.role()
    if shown.state().focusable and (not name or role in WITHOUT_SENSE):
        yield f"{type(shown.object()).__name__} {role.name} {name!r}"
    if role not in ROWS:
        for place in range(shown.childCount()):
            yield from _without_name(shown.child(place))


def _tab_through(window: MainWindow) -> tuple[list[QWidget], list[str]]:
    """Where Tab goes until it comes round, and what of it looks with the keys as it does without."""
    stops: list[QWidget] = []
    unseen: list[str] = []
    shown = window.focusWidget()
    while shown is not None and shown not in stops:
        first = not stops  # it has the keys from before: there was no Tab
        stops.append(shown)
        QApplication.processEvents()
        before = _picture(shown)
        QTest.keyClick(shown, Qt.Key.Key_Tab)
        QApplication.processEvents()
        if not first and shown.isVisible() and before == _picture(shown):
            unseen.append(f"{type(shown).__name__} {shown.accessibleName()}")
        shown = window.focusWidget()
    return stops, unseen


def _picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def _wants_tab(widget: QWidget) -> bool:
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    return takes and widget.isVisible() and widget.isEnabled() and not widget.objectName().startswith("qt_")


def _is_reached(widget: QWidget, stops: list[QWidget]) -> bool:
    """It, a part of it or what it is a part of: an editable box hands the keys on to its line."""
    return any(one is widget or one.isAncestorOf(widget) or widget.isAncestorOf(one) for one in stops)
