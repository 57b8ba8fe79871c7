"""A report as PDF: Qt lays the HTML out on A4. Needs an application object, but no window; any thread.

`python -m lepton_studio.ui.shared.report_pdf FILE.pdf` prints the page that comes on stdin; where it cannot, it ends
with 1 and says why on stdout, in a sentence (stderr is Qt's own).
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from lepton_studio.atomic import new_file
from lepton_studio.language import tr
from lepton_studio.os_words import reason_of
from lepton_studio.widgets.plain_text import OwnPage
from lepton_studio.widgets.theme import CAPTION, load_face, text_font

_MARGIN = 18.0
"""Millimetres."""
_DPI = 96
"""The page is laid out as on a screen: pixel sizes in the HTML mean what they mean in a browser."""
_FOOT = 32
"""Pixels below the text of each page, for its number."""


def write_pdf(html: str, target: Path) -> None:
    """Write the page; the file appears whole. Raises OSError."""
    with new_file(target) as temporary:
        writer = QPdfWriter(str(temporary))
        writer.setResolution(_DPI)
        margins = QMarginsF(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        writer.setPageLayout(
            QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins,
                        QPageLayout.Unit.Millimeter)
        )  # fmt: skip
        writer.setCreator("Lepton Studio")
        area = writer.pageLayout().paintRectPixels(_DPI)
        _print(laid_out(html, page=QSizeF(area.width(), area.height() - _FOOT)), writer)
        del writer  # which closes the file
        if temporary.stat().st_size == 0:
            raise OSError(errno.EIO, "not written", str(target))


def laid_out(html: str, *, page: QSizeF) -> QTextDocument:
    """The page as it is printed on sheets of this size, in pixels."""
    document = OwnPage()
    font = QFont()
    font.setPixelSize(13)
    document.setDefaultFont(font)
    document.setDocumentMargin(0)
    document.setMetaInformation(QTextDocument.MetaInformation.CssMedia, "print")  # without a window's margins
    document.show_page(html)
    document.setPageSize(page)
    _keep_together(document)
    return document


def _keep_together(document: QTextDocument) -> None:
    """Begin a page before the heading of a table that would be torn, where it has room on a page."""
    height, layout = document.pageSize().height(), document.documentLayout()
    block, heading = document.begin(), QTextBlock()
    while block.isValid():
        if block.blockFormat().headingLevel():
            heading = block
        table = QTextCursor(block).currentTable()
        if table is not None and heading.isValid():
            place, top = layout.frameBoundingRect(table), layout.blockBoundingRect(heading).top()
            is_torn = top // height != (place.bottom() - 1) // height
            if is_torn and place.bottom() - top < height:
                page = QTextBlockFormat()
                page.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                QTextCursor(heading).mergeBlockFormat(page)
            heading = QTextBlock()
        block = block.next()


def _print(document: QTextDocument, writer: QPdfWriter) -> None:
    """All pages, each with the title and its number below where there are several."""
    page, pages = document.pageSize(), document.pageCount()
    title = document.metaInformation(QTextDocument.MetaInformation.DocumentTitle)
    painter = QPainter(writer)
    try:
        for number in range(pages):
            if number:
                writer.newPage()
            painter.save()
            painter.translate(0, -number * page.height())
            document.drawContents(painter, QRectF(0, number * page.height(), page.width(), page.height()))
            painter.restore()
            if pages > 1:
                _write_foot(painter, QRectF(0, page.height(), page.width(), _FOOT), title, f"{number + 1} / {pages}")
    finally:
        painter.end()


def _write_foot(painter: QPainter, place: QRectF, title: str, number: str) -> None:
    painter.save()
    font = text_font(CAPTION, tabular=True)
    painter.setFont(font)
    painter.setPen(QColor("#5c5c66"))
    low = Qt.AlignmentFlag.AlignBottom
    room = QFontMetricsF(font).horizontalAdvance(number) + 24
    short = QFontMetricsF(font).elidedText(title, Qt.TextElideMode.ElideMiddle, place.width() - room)
    painter.drawText(place, low | Qt.AlignmentFlag.AlignLeft, short)
    painter.drawText(place, low | Qt.AlignmentFlag.AlignRight, number)
    painter.restore()


def main(target: Path) -> int:
    """Print what stdin holds."""
    from lepton_studio.app import make_application

    load_face(make_application())
    page = sys.stdin.buffer.read().decode("utf-8")
    try:
        write_pdf(page, target)
    except OSError as error:
        print(tr("Cannot write {path}: {why}.", path=target, why=reason_of(error)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
