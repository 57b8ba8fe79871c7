"""The window's words look the same on every machine: the face comes with the app."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF, QTextLayout

from lepton_studio.widgets.theme import BODY, SAMPLE, text_font
from tests.ui.driving import application


def _faces(text: str, font: QFont) -> list[str]:
    """The families that draw this text; it fails where a character has no glyph."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(10_000)
    line.setPosition(QPointF(0, 0))
    layout.endLayout()
    runs = layout.glyphRuns()
    assert all(glyph != 0 for run in runs for glyph in run.glyphIndexes())
    return [run.rawFont().familyName() for run in runs]


@pytest.mark.parametrize(
    "text", ["Rückgabe für 12,50 €", "Šļaņģ ąęż ő", "Жалоба на счёт", "Παράπονο", "Trả lời khách hàng", "→ ✓ … “x” – ×"]
)
def test_words_are_drawn_by_the_face_that_comes_with_the_app(text: str) -> None:
    application()
    for bold in (False, True):
        font = text_font(BODY, bold=bold)
        assert set(_faces(text, font)) == {"Inter"}
        assert QFontInfo(font).weight() == (600 if bold else 400)


def test_figures_in_columns_have_one_width() -> None:
    app = application()
    for font in (app.font(), text_font(SAMPLE, tabular=True), text_font(BODY, bold=True, tabular=True)):
        metrics = QFontMetricsF(font)
        assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1


def test_chinese_stands_beside_it_in_one_face_of_its_own() -> None:
    application()
    simplified = {"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei UI"}
    if not simplified & set(QFontDatabase.families()):
        pytest.skip("no Chinese face of those that are looked for first is on this machine")
    drawn = _faces("标注 12 个样本，直径 3 mm。", text_font(SAMPLE))
    assert len(set(drawn)) == 2 and "Inter" in drawn
    assert set(drawn) - {"Inter"} <= simplified
