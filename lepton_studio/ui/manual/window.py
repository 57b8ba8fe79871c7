"""The window of the manual (F1): the list of its pages, a search, the page, a way back."""

from __future__ import annotations

from threading import Thread

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from lepton_studio.language import tr
from lepton_studio.manual.contents import FIRST, page_names, sections
from lepton_studio.manual.finding import pages_with
from lepton_studio.manual.pages import ManualPage, is_made, manual_page, picture_path, title_of
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import column, line, row
from lepton_studio.widgets.manual_view import ManualView
from lepton_studio.widgets.search_box import SearchBox
from lepton_studio.widgets.theme import BODY, CAPTION, text_font

_LIST = 264
_READ_AFTER = 200
"""Milliseconds until a thread reads all pages, as the first one is on the screen then, and until it is asked again."""
_NAME = Qt.ItemDataRole.UserRole


class ManualWindow(QWidget):
    """Reads the pages of files when they are asked for; those of the reference, and all for the search, in a thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(tr("Manual"))
        self.resize(1040, 760)
        self._pages: dict[str, ManualPage] = {}
        self._seen: list[str] = []
        """Addresses of the pages that were seen, "NAME.md#heading", and which of them is in view."""
        self._at = -1
        self._waits_for = ""
        self.search = SearchBox(tr("Search the manual"))
        self.search.searched.connect(self._find)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Pages of the manual"))
        self.list.currentItemChanged.connect(self._take_chosen)
        self.view = ManualView(picture_path)
        self.view.setAccessibleName(tr("Page of the manual"))
        self.view.followed.connect(self._follow)
        self.back = IconButton("arrow-left", tr("Previous page"))
        self.back.clicked.connect(lambda: self._go(-1))
        self.forward = IconButton("arrow-right", tr("Next page"))
        self.forward.clicked.connect(lambda: self._go(1))
        left = QWidget()
        left.setFixedWidth(_LIST)
        left.setLayout(column(self.search, self.list, gap=8, margins=(12, 12, 12, 12)))
        head = row(self.back, self.forward, None, gap=4, margins=(20, 10, 12, 0))
        right = column(head, self.view, gap=4)
        whole = row(left, line(vertical=True), right, gap=0)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        for keys, run in (
            ("Alt+Left", lambda: self._go(-1)), ("Alt+Right", lambda: self._go(1)), ("Ctrl+F", self.search.setFocus),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self).activated.connect(run)
        self._fill()
        self._read: list[dict[str, ManualPage]] = []
        """All pages, from the thread; it touches nothing of Qt, as the window may be gone by then."""
        self._look = QTimer(self)
        self._look.setInterval(_READ_AFTER)
        self._look.timeout.connect(self._read_all)
        self._look.start()
        self._thread = Thread(
            target=lambda read=self._read: read.append({name: manual_page(name) for name in page_names()}),
            name="read the manual",
            daemon=True,
        )

    def open_at(self, address: str) -> None:
        """Show a page, "NAME" or "NAME.md#heading", and bring the window to the front."""
        self.show_address(address)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_address(self, address: str) -> None:
        """Show a page, and remember it for the way back."""
        if self._at < 0 or self._seen[self._at] != address:
            self._seen = [*self._seen[: self._at + 1], address]
            self._at = len(self._seen) - 1
        self._show()

    @property
    def page_name(self) -> str:
        """The page in view."""
        return _split(self._seen[self._at])[0] if self._seen else ""

    @property
    def has_all(self) -> bool:
        """Whether all pages were read, so that the search finds whatever there is."""
        return len(self._pages) == len(page_names())

    def _show(self) -> None:
        name, heading = _split(self._seen[self._at])
        self.back.setEnabled(self._at > 0)
        self.forward.setEnabled(self._at < len(self._seen) - 1)
        self._mark(name)
        page = self._pages.get(name)
        if page is None and not is_made(name):
            page = manual_page(name)
        self._waits_for = "" if page is not None else name
        self.view.show_page(f"# {title_of(name)}\n\n…" if page is None else page.text, heading=heading)

    def _go(self, steps: int) -> None:
        if 0 <= self._at + steps < len(self._seen):
            self._at += steps
            self._show()

    def _follow(self, address: str) -> None:
        """Pages are shown here; what lies elsewhere is for the person's own browser."""
        if QUrl(address).scheme():
            QDesktopServices.openUrl(QUrl(address))
        else:
            self.show_address(f"{self.page_name}{address}" if address.startswith("#") else address)

    def _find(self, words: str) -> None:
        self._fill(pages_with(words, list(self._pages.values())) if words else None)

    def _fill(self, found: list[ManualPage] | None = None) -> None:
        """All pages below the titles of their sections; or those that were found."""
        self.list.blockSignals(True)
        self.list.clear()
        if found is None:
            for section in sections():
                self._add_words(section.title)
                for name in section.pages:
                    self._add_page(name, title_of(name))
        else:
            for page in found:
                self._add_page(page.name, page.title)
            if not found:
                self._add_words(tr("No page has these words."))
        self.list.blockSignals(False)
        self._mark(self.page_name)

    def _add_words(self, words: str) -> None:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFont(text_font(CAPTION, bold=True))
        self.list.addItem(item)

    def _add_page(self, name: str, title: str) -> None:
        item = QListWidgetItem(title)
        item.setData(_NAME, name)
        item.setFont(text_font(BODY))
        self.list.addItem(item)

    def _mark(self, name: str) -> None:
        """Show in the list where we are."""
        self.list.blockSignals(True)
        rows = (place for place in range(self.list.count()) if self.list.item(place).data(_NAME) == name)
        self.list.setCurrentRow(next(rows, -1))
        self.list.blockSignals(False)

    def _take_chosen(self, chosen: QListWidgetItem | None) -> None:
        name = None if chosen is None else chosen.data(_NAME)
        if name:
            self.show_address(str(name))

    def _read_all(self) -> None:
        """Start the thread, and take what it has read."""
        if self._thread.ident is None:
            self._thread.start()
        elif self._read:
            self._look.stop()
            self._pages = self._read[0]
            if self._waits_for:
                self._show()
            if self.search.text().strip():
                self._find(self.search.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


def _split(address: str) -> tuple[str, str]:
    """The name of a page and the heading in it."""
    page, _, heading = address.partition("#")
    name = page.removesuffix(".md")
    return (name if name in page_names() else FIRST), heading
