"""The line at the top of a project: its name, the search, the run that is going on, undo and redo."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.person_mark import PersonMark
from lepton_studio.ui.frame.saved_mark import SavedMark
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.search_box import SearchBox
from lepton_studio.widgets.theme import BODY, text_font


class RunIndicator(QAbstractButton):
    """ "run 7: 62%" with the share done as a thin line below; a click opens the Tune page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: float | None = None
        self.setFont(text_font(BODY, tabular=True))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        set_tool_tip(self, tr("Show the run"))
        self.setAccessibleName(tr("Show the run"))
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the search stays where it is when a run begins or ends
        self.setSizePolicy(policy)
        self.hide()

    def show_run(self, number: int, share: float | None) -> None:
        """`share` (0..1) of the steps done; None while the run starts or ends."""
        self._share = share
        if share is None:
            self.setText(tr("run {number}", number=number))
        else:
            self.setText(tr("run {number}: {percent}%", number=number, percent=round(share * 100)))
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()
        self.show()

    def sizeHint(self) -> QSize:
        return QSize(
            QFontMetrics(self.font()).horizontalAdvance(tr("run {number}: {percent}%", number=88, percent=100)) + 36,
            32,
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(palette.accent if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(palette.hover if self.underMouse() else palette.accent_soft)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.accent)
        painter.drawEllipse(QPointF(14, self.height() / 2), 3.5, 3.5)
        if self._share is not None:
            painter.drawRoundedRect(QRectF(6, self.height() - 4, (self.width() - 12) * self._share, 2), 1, 1)
        painter.setPen(palette.text)
        painter.drawText(self.rect().adjusted(24, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter, self.text())


class Header(QWidget):
    """Only shows and says; the window decides."""

    searched = Signal(str)
    search_left = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    run_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(52)
        self.name = words("", size=BODY, bold=True)
        self.name.setMaximumWidth(280)
        self.saved = SavedMark()
        self.search = SearchBox(tr("Search samples"))
        self.search.setMaximumWidth(440)
        self.search.setMinimumWidth(160)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.searched.connect(self.searched)
        self.search.left.connect(self.search_left)
        self.run = RunIndicator()
        self.run.clicked.connect(self.run_asked)
        self.person = PersonMark()
        self.undo = IconButton("undo", tr("Undo"))
        self.undo.clicked.connect(self.undo_asked)
        self.redo = IconButton("redo", tr("Redo"))
        self.redo.clicked.connect(self.redo_asked)
        layout = row(
            self.name,
            self.saved,
            None,
            self.search,
            None,
            self.run,
            self.person,
            self.undo,
            self.redo,
            gap=8,
            margins=(24, 8, 16, 8),
        )
        layout.setStretch(3, 10)
        self.setLayout(layout)

    def show_project(self, name: str) -> None:
        """The project's name, shortened in the middle when it is long."""
        metrics = QFontMetrics(self.name.font())
        self.name.setText(metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, 260))
        set_tool_tip(self.name, name)

    def show_history(self, undo: str | None, redo: str | None, *, why_not: str = "") -> None:
        """What undo and redo would do; None where there is nothing, and `why_not`: why there never is."""
        for button, name, title, key in (
            (self.undo, undo, tr("Undo"), "Ctrl+Z"),
            (self.redo, redo, tr("Redo"), "Ctrl+Shift+Z"),
        ):
            button.setEnabled(name is not None)
            set_tool_tip(button, why_not or (f"{title}: {name} ({key})" if name else f"{title} ({key})"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(colors(self.palette()).border)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
