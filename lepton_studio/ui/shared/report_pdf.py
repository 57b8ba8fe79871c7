"""A report as PDF: Qt lays the HTML out on A4. Needs an application object, but no window; any thread.

`python -m lepton_studio.ui.shared.report_pdf FILE.pdf` prints the page that comes on stdin; where it cannot, it ends
with 1 and says why on stdout, in a sentence (stderr is Qt's own).
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter

from lepton_studio.atomic import new_file
from lepton_studio.language import tr
from lepton_studio.os_words import reason_of
from lepton_studio.widgets.plain_text import OwnPage

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
        document = OwnPage()
        font = QFont()
        font.setPixelSize(13)
        document.setDefaultFont(font)
        document.setDocumentMargin(0)
        document.show_page(html)
        area = writer.pageLayout().paintRectPixels(_DPI)
        document.setPageSize(QSizeF(area.width(), area.height()))
        document.print_(writer)
        del writer  # which closes the file
        if temporary.stat().st_size == 0:
            raise OSError(errno.EIO, "not written", str(target))


def main(target: Path) -> int:
    """Print what stdin holds."""
    from lepton_studio.app import make_application

    make_application()
    page = sys.stdin.buffer.read().decode("utf-8")
    try:
        write_pdf(page, target)
    except OSError as error:
        print(tr("Cannot write {path}: {why}.", path=target, why=reason_of(error)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
