"""The widgets that texts are read in and labels pressed on, shown by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.resources import resource_path
from lepton_studio.widgets.choice_popup import Choice, ChoicePopup
from lepton_studio.widgets.color import OKABE_ITO, colors, contrast, ink_on, label_color, mixed, readable
from lepton_studio.widgets.flow_layout import FlowLayout
from lepton_studio.widgets.label_bar import LabelBar, LabelChoice
from lepton_studio.widgets.progress import ProgressStrip
from lepton_studio.widgets.sample_view import SampleView, utf16_length
from lepton_studio.widgets.search_box import SearchBox
from lepton_studio.widgets.theme import Scheme, apply_theme
from lepton_studio.widgets.toast import Toast
from lepton_studio.words import duration_left
from tests.ui.driving import application, wait_until

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def shown() -> Iterator[list[QWidget]]:
    """Widgets put here are shown by `show`, and gone after the test."""
    application()
    widgets: list[QWidget] = []
    yield widgets
    for widget in widgets:
        widget.close()
        widget.deleteLater()


def show(widget: W, shown: list[QWidget], *, size: QSize = QSize(600, 400)) -> W:  # noqa: B008
    widget.resize(size)
    widget.show()
    shown.append(widget)
    QApplication.processEvents()
    return widget


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_in_light_and_dark(scheme: Scheme) -> None:
    app = application()
    try:
        apply_theme(app, scheme=scheme)
        palette = colors(app.palette())
        assert palette.dark == (scheme == "dark")
        for ink in (palette.text, palette.muted, palette.good, palette.warn, palette.bad, palette.accent):
            for ground in (palette.window, palette.base, palette.raised):
                assert contrast(ink, ground) >= 4.5, (ink.name(), ground.name())
        assert contrast(palette.on_accent, palette.accent) >= 4.5
        assert contrast(palette.text, palette.mark) >= 4.5
        assert contrast(palette.text, palette.accent_soft) >= 4.5
    finally:
        apply_theme(app, scheme="light")


def test_the_key_on_a_label_can_be_read_on_any_of_its_colours() -> None:
    for place in range(40):
        color = QColor(label_color(place))
        assert contrast(ink_on(color), color) >= 4.5, color.name()
    assert len({label_color(place) for place in range(40)}) == 40
    for name in OKABE_ITO:
        assert contrast(readable(QColor(name), on=QColor("#ffffff")), QColor("#ffffff")) >= 4.5
    assert mixed(QColor("#ffffff"), QColor("#000000"), 0.5).name() in ("#7f7f7f", "#808080")


def test_a_text_in_any_script_is_shown_whole_and_never_changed(shown: list[QWidget]) -> None:
    view = show(SampleView(), shown)
    for text in ("", "a\u2028b\u00a0c", "👩‍👩‍👧 family", "שלום עולם", "很快，好吃" * 80, "tab\there\r\nnew line\x00"):
        view.set_text(text)
        view.grab()
        assert view.text == text


def test_found_words_are_marked_at_their_place_after_an_emoji(shown: list[QWidget]) -> None:
    view = show(SampleView(), shown)
    view.set_text("👍👍 Refund, please: refund")
    view.set_marks(["refund", ""])
    formats = view._blocks[0].layout.formats()
    assert [(one.start, one.length) for one in formats] == [(5, 6), (21, 6)]
    assert utf16_length("👍a") == 3


def test_a_book_in_one_line_appears_at_once_and_the_rest_follows(shown: list[QWidget]) -> None:
    view = show(SampleView(), shown)
    view.set_text("word " * 60_000)
    first = view.content_height()
    assert first > 0 and len(view._blocks) < len(view._pieces)
    wait_until(lambda: len(view._blocks) == len(view._pieces))
    assert view.content_height() > 5 * first
    assert view.verticalScrollBar().maximum() > view.content_height() - 500


def test_lines_stay_at_a_length_that_is_good_to_read(shown: list[QWidget]) -> None:
    view = show(SampleView(), shown, size=QSize(2000, 400))
    view.set_text("The quick brown fox jumps over the lazy dog and goes on to the next field. " * 4)
    layout = view._blocks[0].layout
    lengths = [layout.lineAt(place).textLength() for place in range(layout.lineCount() - 1)]
    assert all(55 <= length <= 85 for length in lengths), lengths


def test_labels_wrap_into_lines_and_say_which_was_pressed(shown: list[QWidget]) -> None:
    bar = show(LabelBar(), shown, size=QSize(360, 200))
    bar.set_choices([LabelChoice(n, f"label {n}", label_color(n), str(n + 1)) for n in range(6)], compact=False)
    QApplication.processEvents()
    assert bar.buttons[5].y() > bar.buttons[0].y()
    assert bar.height_at(360) > bar.height_at(2000) == 36
    pressed: list[int] = []
    bar.pressed.connect(pressed.append)
    bar.buttons[2].click()
    assert pressed == [2] and not bar.buttons[2].isChecked(), "only `mark` says what is chosen"
    bar.mark(chosen=[2], suggested=[3])
    assert bar.buttons[2].isChecked() and bar.buttons[2].accessibleName() == "label 2, key 3"
    bar.set_choices([LabelChoice(9, "only one", "#000000")], compact=True)
    assert [button.choice.name for button in bar.buttons] == ["only one"]


def test_a_flow_mirrors_for_languages_read_from_the_right(shown: list[QWidget]) -> None:
    holder = QWidget()
    flow = FlowLayout(holder)
    first, second = QWidget(), QWidget()
    for one in (first, second):
        one.setFixedSize(50, 20)
        flow.addWidget(one)
    holder.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    show(holder, shown, size=QSize(300, 40))
    assert first.x() > second.x()


def test_a_long_list_is_narrowed_by_typing_and_taken_with_enter(shown: list[QWidget]) -> None:
    anchor = show(QWidget(), shown)
    popup = ChoicePopup([Choice(n, f"label {n}", label_color(n)) for n in range(77)], parent=anchor)
    chosen: list[object] = []
    popup.chosen.connect(chosen.append)
    popup.open_below(anchor)
    QTest.keyClicks(popup._line, "7")
    QTest.keyClick(popup._line, Qt.Key.Key_Down)
    QTest.keyClick(popup._line, Qt.Key.Key_Return)
    assert chosen == [17]


def test_a_search_is_said_once_after_a_rest_and_ended_by_escape(shown: list[QWidget]) -> None:
    box = show(SearchBox("Search"), shown)
    said: list[str] = []
    box.searched.connect(said.append)
    QTest.keyClicks(box, "card")
    assert said == []
    wait_until(lambda: said == ["card"])
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert said == ["card"]
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert said == ["card", ""]
    box.set_search("from elsewhere")
    assert said == ["card", ""] and box.text() == "from elsewhere"


def test_a_toast_offers_one_thing_to_do_and_fits_its_window(shown: list[QWidget]) -> None:
    host = show(QWidget(), shown, size=QSize(500, 300))
    toast = Toast(host)
    done: list[bool] = []
    toast.say("A long sentence that does not fit into one line. " * 4, action="Undo", run=lambda: done.append(True))
    assert host.rect().contains(toast.geometry())
    toast._button.click()
    assert done == [True] and toast.text == ""
    toast.say("Short.")
    toast.keep_above(40)
    assert toast.geometry().bottom() < 300 - 40


def test_progress_says_how_much_is_done_and_how_long_yet(shown: list[QWidget]) -> None:
    strip = show(ProgressStrip(), shown)
    strip.begin("Import")
    strip.show_progress(2_500_000_000, 10_000_000_000, seconds_left=130)
    assert strip.amount.text() == "2,500,000,000 of 10,000,000,000 · about 2 min left"
    assert strip.bar.value() == 250
    strip.show_progress(70, None)
    assert strip.bar.maximum() == 0, "an unknown end moves, it does not lie"
    asked: list[bool] = []
    strip.cancelled.connect(lambda: asked.append(True))
    strip.cancel.click()
    strip.cancel.click()
    assert asked == [True]
    assert [duration_left(s) for s in (2, 33, 7200)] == ["a few seconds left", "about 35 s left", "about 2.0 h left"]


def test_every_icon_that_the_window_names_is_there(checkout: Path) -> None:
    named: set[str] = set()
    for file in (checkout / "lepton_studio").rglob("*.py"):
        named |= set(re.findall(r'(?:IconButton|EmptyState|pixmap|\bicon)\(\s*"([a-z-]+)"', file.read_text("utf-8")))
    assert {name for name in named if not (resource_path("icons") / f"{name}.svg").exists()} == set()
    assert {"undo", "redo", "close"} <= named
