"""What a person takes along: the report of a run, and the charts as pictures and figures."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QTextTable

from lepton_studio.project.records import PredictionFilter
from lepton_studio.studio.pages import document as as_document
from lepton_studio.studio.pages import heading, paragraph, table
from lepton_studio.studio.report_file import curve_svg, report_html
from lepton_studio.ui.inspect.page import InspectPage
from lepton_studio.ui.shared.chart_menu import chart_menu, save_figures, save_picture
from lepton_studio.ui.shared.report_pdf import laid_out
from lepton_studio.ui.shared.session import Session
from tests.chart_window import application, shown, wait_until
from tests.ui.tuned_project import SIX, tuned_project


def test_a_report_tells_all_that_is_known_of_a_run_and_draws_no_markup_of_texts(tmp_path: Path) -> None:
    labels = (*SIX[:-1], "<img src='file:///dev/zero'>")
    project = tuned_project(tmp_path / "p.lepton", labels=labels)
    [run] = project.runs()
    page = report_html(project, run)
    assert "Right on " in page and " of 24 texts that it had not seen" in page
    for part in (
        "macro-F1",
        "Confusion between labels",
        "Training data",
        "192 training samples",
        "built-in model",
        "Method: Full fine-tuning.",
    ):
        assert part in page
    assert "&lt;img src=" in page and "<img src='file" not in page
    assert "beams" not in page, "a setting that means nothing here"
    wrong = project.predictions(run.id, PredictionFilter("test", correct=False), order="most_sure")[0]
    project.close()
    assert wrong.sample.text[:20] in page


def test_the_page_saves_the_report_and_its_charts(tmp_path: Path) -> None:
    application()
    session = Session(tuned_project(tmp_path / "p.lepton"))
    page = InspectPage(session)
    with shown(page, width=1100, height=700):
        page.activate()
        run = page.run()
        assert run is not None
        for name, begins in (("r.pdf", b"%PDF-"), ("r.html", b"<!DOCTYPE html>")):
            page.save_report(run, tmp_path / name)
            wait_until((tmp_path / name).exists)
            assert (tmp_path / name).read_bytes().startswith(begins)
        charts = page.charts
        charts.show_view("matrix")
        for chart, first in (
            (charts.report, "label"),
            (charts.matrix, "label"),
            (charts.pairs, "title"),
            (charts.histogram, "from"),
        ):
            save_figures(chart, tmp_path / "figures.csv")
            with (tmp_path / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
                header, *rows = csv.reader(file)
            assert header[0] == first and rows
        save_picture(charts.matrix, tmp_path / "m.png")
        assert QImage(str(tmp_path / "m.png")).width() == 2 * charts.matrix.width()
        save_picture(charts.matrix, tmp_path / "m.svg")
        assert b"<svg" in (tmp_path / "m.svg").read_bytes()
        said: list[str] = []
        menu = chart_menu(charts.matrix, charts.matrix, name="confusions", say=said.append)
        menu.actions()[0].trigger()
        assert not QGuiApplication.clipboard().pixmap().isNull() and said
        menu.deleteLater()
        wait_until(lambda: session.background.is_idle)
        page.deactivate()
    session.close()
    session.deleteLater()


def test_a_table_of_a_report_is_torn_between_pages_only_where_it_is_longer_than_one() -> None:
    application()
    rows = [(f"label {place}", "1") for place in range(12)]
    for above in range(18, 40, 3):
        parts = [paragraph("A line.")] * above + [heading("Scores"), table(("label", "n"), rows)]
        document = laid_out(as_document("A report", parts), page=QSizeF(640, 900))
        [found] = [one for one in document.rootFrame().childFrames() if isinstance(one, QTextTable)]
        place = document.documentLayout().frameBoundingRect(found)
        assert place.top() // 900 == (place.bottom() - 1) // 900 and found.rows() == 13
        assert document.pageCount() == (1 if place.bottom() < 900 else 2)


@pytest.mark.parametrize("points", [[(1, 0.5), (2, 0.25)], [(0, 0.0), (0, 0.0)], [(n, 1e9) for n in range(5000)]])
def test_a_curve_is_drawn_inside_its_picture(points: list[tuple[int, float]]) -> None:
    svg = curve_svg([("loss <&>", points)])
    line = svg.split('points="')[1].split('"')[0]
    places = [tuple(map(float, place.split(","))) for place in line.split()]
    assert places and all(0 <= x <= 640 and 0 <= y <= 200 for x, y in places) and "loss &lt;&amp;&gt;" in svg
