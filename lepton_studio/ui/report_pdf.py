"""A report as PDF: Qt lays the HTML out on A4. Needs an application object, but no window; any thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from lepton_studio.formats.atomic import new_file

_MARGIN = 18.0
"""Millimetres."""
_DPI = 96
"""The page is laid out as on a screen: pixel sizes in the HTML mean what they mean in a browser."""


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
        document = QTextDocument()
        font = QFont()
        font.setPixelSize(13)
        document.setDefaultFont(font)
        document.setDocumentMargin(0)
        document.setHtml(html)
        area = writer.pageLayout().paintRectPixels(_DPI)
        document.setPageSize(QSizeF(area.width(), area.height()))
        document.print_(writer)
        del writer  # which closes the file
        if temporary.stat().st_size == 0:
            raise OSError(f"{target} could not be written")
