"""The one way to put words on the screen: what people import is shown as it is written and never read as markup.

Qt decides by itself whether the words of a label or of a tool tip are rich text, and then opens the files that an
`<img>` in them names. A label called `<img src='file:///dev/zero'>` would so abort the window.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any, LiteralString, NewType

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QImage, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QFrame, QLabel, QTableWidgetItem, QTextBrowser, QToolTip, QWidget

from lepton_studio.words import shortened

Markup = NewType("Markup", str)
"""Rich text that `filled` made: no word of a person's in it is markup."""

_LONGEST_TIP = 2000
"""Characters; a tool tip of a whole book would take seconds to lay out and cover the screen."""


class PlainLabel(QLabel):
    """A label whose words are never markup. `set_markup` is for markup of ours."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def set_plain(self, text: str) -> None:
        """Show words as they are, after markup too."""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def set_markup(self, markup: Markup) -> None:
        """Show markup of ours."""
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(markup)


_NOTHING = QImage(1, 1, QImage.Format.Format_Mono)
"""In place of a picture; without any, Qt would go on to look for a file of its name."""


class OwnPage(QTextDocument):
    """HTML of ours laid out for the printer: nothing is opened for it, whatever a value in it may say."""

    def show_page(self, html: str) -> None:
        """Lay out this HTML."""
        self.setHtml(html)

    def loadResource(self, type: int, name: QUrl | str) -> Any:
        is_inside = QUrl(name).scheme() == "data"
        return super().loadResource(type, name) if is_inside else _NOTHING


class MarkdownView(QTextBrowser):
    """A page of Markdown that a person wrote, to read. Nothing is opened for it, neither pictures nor links; HTML in it
    stays what it is.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def show_markdown(self, text: str) -> None:
        """Show another page from its beginning."""
        plain = QTextDocument.MarkdownFeature.MarkdownNoHTML
        self.document().setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub | plain)
        whole = QTextCursor(self.document())
        whole.beginEditBlock()  # laid out once, and not again after each change
        block = self.document().begin()
        while block.isValid():
            self._set_apart(QTextCursor(block))
            block = block.next()
        whole.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _set_apart(self, at: QTextCursor) -> None:
        """Paragraphs a little apart, headings more, and these not much larger than the text."""
        level, space = at.blockFormat().headingLevel(), QTextBlockFormat()
        space.setTopMargin(16 if level else 0)
        space.setBottomMargin(4)
        space.setNonBreakableLines(False)  # lines of a program, too: else all of the page is as wide as the longest
        at.mergeBlockFormat(space)
        if level:
            letters = QTextCharFormat()
            letters.setProperty(QTextFormat.Property.FontSizeAdjustment, max(0, 3 - level))
            at.select(QTextCursor.SelectionType.BlockUnderCursor)
            at.mergeCharFormat(letters)

    def loadResource(self, type: int, name: QUrl | str) -> Any:
        return _NOTHING


def filled(markup: LiteralString, **values: str) -> Markup:
    """Markup that stands in our code, its `{name}`s filled by values whose own markup counts for nothing."""
    return Markup(markup.format(**{name: html.escape(value) for name, value in values.items()}))


def joined(parts: Iterable[Markup], *, inside: LiteralString = "{parts}") -> Markup:
    """Several pieces of markup behind each other, inside of `inside` where it says `{parts}`."""
    return Markup(inside.format(parts="".join(parts)))


def tool_tip(words: str) -> str:
    """What to give Qt so that a tool tip shows these words as they are; also what a model answers for `ToolTipRole`.

    Words over 2,000 characters are cut.
    """
    shown = shortened(words, _LONGEST_TIP)
    # Without a "<" nothing is taken for markup; with one, only markup of ours can say that it is none.
    return filled("<p style='white-space: pre-wrap; margin: 0'>{words}</p>", words=shown) if "<" in shown else shown


def set_tool_tip(item: QWidget | QAction | QTableWidgetItem, words: str) -> None:
    """Say these words when the mouse rests on it; "" for nothing."""
    item.setToolTip(tool_tip(words))


def show_tool_tip(words: str, *, at: QPoint, over: QWidget) -> None:
    """Say these words now, at a place of the screen."""
    QToolTip.showText(at, tool_tip(words), over)


def menu_words(words: str) -> str:
    """What to give a menu or a button so that it shows an "&" as it is, rather than underline the next letter."""
    return words.replace("&", "&&")
