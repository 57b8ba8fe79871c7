"""A page of the manual: Markdown and pictures of ours, links between pages, in the colours of the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextTable,
)
from PySide6.QtWidgets import QWidget

from lepton_studio.widgets.color import colors
from lepton_studio.widgets.plain_text import MarkdownView

_EDGE = 28
"""Pixels round the text."""
_WIDEST_PICTURE = 720
_BEHIND, _BEHIND_ITEM = 10, 5
"""Pixels behind a paragraph, and behind an item of a list."""
_LINE = 120
"""Per cent of its face that a line of text is high."""
_PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"


class ManualView(MarkdownView):
    """`followed(address)`: a link was clicked. `picture(address)` gives the file of a picture; none other is opened."""

    followed = Signal(str)

    def __init__(self, picture: Callable[[str], Path], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self._text = ""
        self._width = 0
        """Pixels that the pictures in view were made for."""
        self._anew = QTimer(self)  # a page is laid out while its scroll bar comes, and may not be changed just then
        self._anew.setSingleShot(True)
        self._anew.timeout.connect(self._show_anew)
        self.document().setDocumentMargin(_EDGE)
        # Pictures have the width of the text: a bar that came and went with them would change it again and again.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.anchorClicked.connect(lambda url: self.followed.emit(url.toString()))

    def show_page(self, text: str, *, heading: str = "") -> None:
        """Show a page from its beginning, or from the heading that reads so."""
        self._text, self._width = text, self.viewport().width()
        self.document().clear()  # the pictures that it keeps were made for another width
        self.show_markdown(text)
        self._dress()
        if heading:
            self._go_to(heading)

    def _dress(self) -> None:
        """Room at the edges, thin lines in tables, a ground behind code."""
        palette, document = colors(self.palette()), self.document()
        whole = QTextCursor(document)
        whole.beginEditBlock()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._dress_table(frame, edge=palette.border)
        code = QTextCharFormat()
        code.setBackground(palette.hover)
        for start, end in self._places_of_code():
            at = QTextCursor(document)
            at.setPosition(start)
            at.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            at.mergeCharFormat(code)
        self._space_out()
        whole.endEditBlock()

    def _space_out(self) -> None:
        """Room behind each paragraph, and a line of text less dense than in a label."""
        block = self.document().begin()
        while block.isValid():
            at, form = QTextCursor(block), block.blockFormat()
            if at.currentTable() is None and not form.headingLevel():
                form.setBottomMargin(_BEHIND_ITEM if block.textList() else _BEHIND)
                if _PICTURE not in block.text():  # it would have so much more room too
                    form.setLineHeight(_LINE, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
                at.setBlockFormat(form)
            block = block.next()

    @staticmethod
    def _dress_table(table: QTextTable, *, edge: QColor) -> None:
        whole = table.format().toTableFormat()
        whole.setBorder(0)
        whole.setCellSpacing(0)
        whole.setCellPadding(6)
        whole.setTopMargin(4)
        whole.setBottomMargin(12)
        table.setFormat(whole)
        for column in range(table.columns()):  # a line below the heads; one below each cell takes half a second
            head = table.cellAt(0, column)
            line = head.format().toTableCellFormat()
            line.setBottomBorder(1)
            line.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            line.setBottomBorderBrush(edge)
            head.setFormat(line)

    def _places_of_code(self) -> list[tuple[int, int]]:
        """All of them, before any is changed: a fragment does not outlive a change of its document."""
        found = []
        block = self.document().begin()
        while block.isValid():
            for part in block:  # type: ignore[attr-defined]  # its stub knows no iterator
                fragment = part.fragment()
                if fragment.charFormat().fontFixedPitch():
                    found.append((fragment.position(), fragment.position() + fragment.length()))
            block = block.next()
        return found

    def _go_to(self, heading: str) -> None:
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and block.text().casefold() == heading.casefold():
                self.setTextCursor(QTextCursor(block))
                self.verticalScrollBar().setValue(
                    round(self.document().documentLayout().blockBoundingRect(block).top())
                )
                return
            block = block.next()

    def loadResource(self, type: int, name: QUrl | str) -> Any:
        file = self._picture(QUrl(name).toString())
        if type != QTextDocument.ResourceType.ImageResource.value or not file.is_file():
            return super().loadResource(type, name)
        image = QImage(str(file))
        room = min(_WIDEST_PICTURE, self.viewport().width() - 2 * _EDGE)
        if image.width() > room > 0:
            image.setDevicePixelRatio(image.width() / room)
        return image

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_anew"):
            self._anew.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if "![" in self._text and self._width != self.viewport().width():
            self._anew.start()

    def _show_anew(self) -> None:
        """In other colours, or with pictures of another width; the place is kept."""
        at = self.verticalScrollBar().value()
        self.show_page(self._text)
        self.verticalScrollBar().setValue(at)
