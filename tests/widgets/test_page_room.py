"""A page has the room that there is; it is scrolled only where it needs more."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from lepton_studio.widgets.page_room import page_room
from tests.chart_window import application


@pytest.mark.parametrize(("least", "is_scrolled"), [(40, False), (500, True)])
def test_a_page_that_would_like_more_gets_what_there_is_and_one_that_needs_more_is_scrolled(
    least: int, is_scrolled: bool
) -> None:
    app = application()
    page = QWidget()
    layout = QVBoxLayout(page)
    words = QLabel("a text whose height depends on its width " * 3)
    words.setWordWrap(True)
    layout.addWidget(words)
    rows = QListWidget()  # it would like 192 pixels
    rows.setMinimumHeight(least)
    layout.addWidget(rows)
    room = page_room(page)
    try:
        room.resize(400, 200)
        room.show()
        app.processEvents()
        assert (room.verticalScrollBar().maximum() > 0) is is_scrolled
        assert page.width() == room.viewport().width()
        assert page.height() == max(room.viewport().height(), page.minimumSizeHint().height())
    finally:
        room.close()
        room.deleteLater()


def test_a_page_that_comes_to_need_more_is_scrolled_from_then_on_and_no_other_page_for_it() -> None:
    app = application()
    stack = QStackedWidget()
    pages = [QWidget(), QWidget()]
    layouts = [QVBoxLayout(page) for page in pages]
    for page, layout in zip(pages, layouts, strict=True):
        layout.addWidget(QLabel("a line"))
        stack.addWidget(page)
    room = page_room(stack)
    try:
        room.resize(400, 200)
        room.show()
        for _ in range(10):
            app.processEvents()
        assert room.verticalScrollBar().maximum() == 0
        added = QListWidget()
        added.setMinimumSize(600, 500)  # what was read comes in view
        layouts[0].addWidget(added)
        for _ in range(10):
            app.processEvents()
        assert room.verticalScrollBar().maximum() > 0 and pages[0].width() >= 600
        stack.setCurrentIndex(1)
        for _ in range(10):
            app.processEvents()
        assert room.verticalScrollBar().maximum() == 0 and pages[1].width() == 400
    finally:
        room.close()
        room.deleteLater()
