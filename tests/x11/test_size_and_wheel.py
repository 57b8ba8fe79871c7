"""The window on the screens that people have, and the wheel over a page full of boxes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.driving import make_project
from tests.x11.conftest import own_display
from tests.x11.studio import OpenStudio, Studio, running_studio

_BOXES = (
    "{box.accessibleName(): box.property('currentText') or box.property('text')"
    " for box in window.findChildren(QWidget)"
    " if box.inherits('QComboBox') or box.inherits('QSpinBox')}"
)


def _place(app: Studio) -> list[int]:
    """Left, top, width and height of the window with its frame, in pixels of the screen."""
    place: list[float] = app.ask("[edge * window.devicePixelRatio() for edge in window.frameGeometry().getRect()]")
    return [round(edge) for edge in place]


def _still_place(app: Studio) -> list[int]:
    """The same, once it is the same twice."""
    places: list[list[int]] = [[], _place(app)]

    def stands_still() -> bool:
        places[:] = [places[1], _place(app)]
        return places[0] == places[1]

    app.until(stands_still, "the window stands still")
    return places[1]


@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_the_window_opens_within_the_screen(tmp_path: Path, scale: str) -> None:
    project = make_project(tmp_path)
    with (
        own_display(tmp_path, width=1366, height=768) as display,
        running_studio(project, display=display, folder=tmp_path / "app", variables={"QT_SCALE_FACTOR": scale}) as app,
    ):
        app.see("Sample 1 · no split")
        for page in ("ctrl+1", "ctrl+3", "ctrl+2"):
            app.press(page)
            app.until(lambda: app.ask("window.session.background.is_idle"), "the page is shown")
            left, top, width, height = _place(app)
            assert left >= 0 and top >= 0 and left + width <= 1366 and top + height <= 768
        app.click("card lost", kind="LabelButton")
        app.see("Sample 2 · no split")


@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_the_window_opens_at_the_size_and_place_it_had(studio: OpenStudio, tmp_path: Path, scale: str) -> None:
    project = make_project(tmp_path)
    app = studio(project, QT_SCALE_FACTOR=scale)
    x, y, width, height = _place(app)
    app.drag((x + width // 2, y + 8), (x + width // 2 - 30, y + 28))
    app.until(lambda: _place(app)[:2] != [x, y], "the window has moved")
    x, y, width, height = _still_place(app)
    app.drag((x + width - 2, y + height - 2), (x + width - 222, y + height - 102))
    app.until(lambda: _place(app)[2] < width, "the window is smaller")
    left = _still_place(app)
    app.quit()
    assert _place(studio(project, QT_SCALE_FACTOR=scale)) == pytest.approx(left, abs=2)  # whole pixels of Qt are 1.5


def test_the_wheel_scrolls_the_page_and_changes_no_box_under_it(studio: OpenStudio, tmp_path: Path) -> None:
    app = studio(make_project(tmp_path))
    table = tmp_path / "letters.csv"
    table.write_text("body,label,other\nMy card is gone,card lost,a\nPay me back,refund,b\n", "utf-8")
    app.press("ctrl+i")
    app.name_file(table)
    app.see("My card is gone", kind="cell")

    before = app.ask(_BOXES)
    assert before["Label"] == "label" and before["training %"] == "80"

    def place_of(name: str) -> int:
        return app.find(name, inside="QScrollArea")[0].y

    for name in ("Label", "Split", "Label"):
        there = app.hover(name, inside="QScrollArea").y
        app.scroll(2)
        app.until(lambda: place_of(name) < there, "the page has scrolled")  # noqa: B023
        app.scroll(-2)
        app.until(lambda: place_of(name) == there, "the page is back")  # noqa: B023
    app.scroll(30)
    app.hover("training %", kind="QSpinBox")
    app.scroll(-30)
    app.see("Text", kind="QComboBox")
    assert app.ask(_BOXES) == before
