"""The history: who changed what and when, the newest first; one click brings the state after a change back."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QTableView, QWidget

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.history import HistoryEntry
from lepton_studio.project.project import Project
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.history_steps import moment, size_of
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.plain_text import tool_tip
from lepton_studio.widgets.tables import dress_table
from lepton_studio.widgets.theme import TITLE

Index = QModelIndex | QPersistentModelIndex
_PAGE = 200
_ROW, _HEIGHT = 30, 420


class HistoryModel(QAbstractTableModel):
    """Columns: what, how much, who, when. The last row is the state before the first change."""

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._entries: list[HistoryEntry] = []
        self._complete = False
        self.position = 0
        """The entry whose state is the one of now."""
        self.reread()

    def reread(self) -> None:
        """Read again what was read so far."""
        self.beginResetModel()
        limit = max(_PAGE, len(self._entries) + 1)
        self._entries = self._project.history(limit=limit)
        self._complete = len(self._entries) < limit
        self.position = self._project.history_position()
        self.endResetModel()

    def entry_at(self, place: int) -> HistoryEntry | None:
        """The change of a row; None for the state before the first."""
        return self._entries[place] if place < len(self._entries) else None

    def place_of_now(self) -> int:
        """The row of the state of now, as far as it was read."""
        found = (place for place, one in enumerate(self._entries) if one.id == self.position)
        return next(found, len(self._entries) if not self.position else 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._entries) + self._complete

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else 4

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._complete

    def fetchMore(self, parent: Index) -> None:
        page = self._project.history(before=self._entries[-1].id, limit=_PAGE)
        complete = len(page) < _PAGE
        first = len(self._entries)
        self.beginInsertRows(QModelIndex(), first, first + len(page) + complete - 1)
        self._entries.extend(page)
        self._complete = complete
        self.endInsertRows()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Change"), tr("Size"), tr("Who"), tr("When"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        entry = self.entry_at(index.row())
        return super().flags(index) if entry is None or entry.kept else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry_at(index.row())
        is_now = (entry.id if entry is not None else 0) == self.position
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(entry)[index.column()]
        if role == Qt.ItemDataRole.FontRole and is_now:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and entry is not None and entry.undone:
            view = self.parent()
            return colors(view.palette()).muted if isinstance(view, QWidget) else None
        if role == Qt.ItemDataRole.ToolTipRole and entry is not None:
            return tool_tip(_tip(entry, is_now=is_now))
        return None


class HistoryCard(Overlay):
    """Escape closes it. What is undone stands in grey."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=760)
        self._session: Session | None = None
        self.model: HistoryModel | None = None
        self.table = QTableView()
        self.table.setAccessibleName(tr("History"))
        dress_table(self.table, row=_ROW)
        self.table.setFixedHeight(_HEIGHT)
        self.table.clicked.connect(lambda index: self.go_to(index.row()))
        frame = QFrame()
        frame.setProperty("role", "card")
        frame.setLayout(column(self.table, margins=(1, 1, 1, 1)))
        close = button(tr("Close"))
        close.clicked.connect(self.close_over)
        sentence = tr(
            "Click a change to return the project to how it was right after it. Later changes are kept, shown in grey."
        )
        self.card_layout.addWidget(words(tr("History"), size=TITLE, bold=True))
        self.card_layout.addWidget(words(sentence, wrap=True, muted=True))
        self.card_layout.addWidget(frame)
        self.card_layout.addLayout(row(None, close))

    def open_with(self, session: Session) -> None:
        """Show the history of this session, the state of now marked."""
        if session is not self._session:
            self._session = session
            session.changed.connect(self._show_changes)
            session.settled.connect(self._show_changes)
        self.model = HistoryModel(session.project, self.table)
        self.table.setModel(self.model)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for place, width in ((1, 120), (2, 110), (3, 150)):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
            self.table.setColumnWidth(place, width)
        self.open_over()
        self._show_now()
        self.table.setFocus()

    def go_to(self, place: int) -> None:
        """Bring back the state of a row."""
        if self.model is None or self._session is None:
            return
        entry = self.model.entry_at(place)
        wanted = entry.id if entry is not None else 0
        if wanted != self.model.position and (entry is None or entry.kept):
            self._session.steps.go_to(wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.table.currentIndex().isValid():
            self.go_to(self.table.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _show_changes(self, _changes: Changes) -> None:
        if self.isVisible() and self.model is not None:
            self.model.reread()
            self._show_now()

    def _show_now(self) -> None:
        if self.model is not None:
            self.table.setCurrentIndex(self.model.index(self.model.place_of_now(), 0))


def _tip(entry: HistoryEntry, *, is_now: bool) -> str:
    if is_now:
        return tr("Current state of the project")
    if not entry.kept:
        return tr("Undone in an older version of the app; this state was not kept")
    return tr("Click to return to this state") if not entry.undone else tr("Undone; click to restore it")


def _cells(entry: HistoryEntry | None) -> tuple[str, str, str, str]:
    if entry is None:
        return tr("The beginning"), "", "", ""
    return entry.name, size_of(entry) if entry.count else "", entry.who, moment(entry.at)
