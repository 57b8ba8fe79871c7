"""What is in the project at a glance. Every number is a door to its samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, Filter, LabelId, Labels, Split
from lepton_studio.project.sources import ImportProblem
from lepton_studio.project.statistics import Statistics
from lepton_studio.ui.shared.page import POINTED_AT
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.bar_rows import BarRow, BarRows
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE, text_font
from lepton_studio.words import split_name


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of the Data page."""

    statistics: Statistics
    per_label: Mapping[LabelId, int]
    splits: Mapping[Split | None, int]
    labelled_splits: Mapping[Split | None, int]
    problems: Sequence[ImportProblem]


def read_overview(project: Project) -> Overview:
    """Count everything; slow on large projects, so call it beside the window."""
    return Overview(
        project.statistics(),
        project.label_counts(),
        project.split_counts(),
        project.labelled_split_counts(),
        project.import_problems(),
    )


class Figure(QAbstractButton):
    """A number and what it counts; a click shows those samples."""

    def __init__(self, caption: str, *, warns: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self._warns = warns
        self._number = 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_number(0)

    def show_number(self, number: int) -> None:
        """Show another number."""
        self._number = number
        self.setAccessibleName(f"{amount(number)} {self._caption}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        number = QFontMetrics(text_font(TITLE, bold=True, tabular=True)).horizontalAdvance(amount(self._number))
        caption = QFontMetrics(text_font(CAPTION)).horizontalAdvance(self._caption)
        return QSize(max(number, caption, 48) + 8, 52)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = self.rect().adjusted(0, 4, 0, -6)
        marked = self.underMouse() or self.hasFocus()
        painter.setPen(palette.accent if marked else palette.warn if self._warns and self._number else palette.text)
        painter.setFont(text_font(TITLE, bold=True, tabular=True))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, amount(self._number))
        painter.setPen(palette.muted)
        painter.setFont(text_font(CAPTION))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self._caption)


class OverviewPanel(QWidget):
    """`wanted(Filter)`, `conflicts_wanted`, `problems_wanted`: which samples or rows the person asked for."""

    wanted = Signal(object)
    conflicts_wanted = Signal()
    problems_wanted = Signal()
    import_wanted = Signal()
    dataset_wanted = Signal()

    def __init__(self, *, has_labels: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._has_labels = has_labels
        self._figures: dict[str, Figure] = {}
        for name, caption, which, warns in (
            ("samples", tr("samples"), Filter(), False),
            ("labelled", tr("labelled"), Filter(state="labelled"), False),
            ("unlabelled", tr("to label"), Filter(state="unlabelled"), False),
            ("flagged", tr("flagged"), Filter(state="flagged"), False),
            ("duplicates", tr("duplicates"), Filter(state="duplicate"), False),
            ("leaks", tr("leaks between splits"), Filter(state="leak"), True),
        ):
            figure = Figure(caption, warns=warns)
            figure.clicked.connect(lambda _on=False, one=which: self.wanted.emit(one))
            self._figures[name] = figure
        contrary = tr("conflicting labels") if has_labels else tr("conflicting annotations")
        self._conflicts = Figure(contrary, warns=True)
        self._conflicts.clicked.connect(self.conflicts_wanted)
        self._lengths = words("", size=CAPTION, muted=True, wrap=True)
        self._problems = button("", role="link")
        self._problems.hide()
        self._problems.clicked.connect(self.problems_wanted)
        self.labels = BarRows(name=tr("Samples per label"))
        self.labels.row_clicked.connect(lambda label: self.wanted.emit(Filter(label=label)))
        self.splits = BarRows(name=tr("Samples per split, labelled ones filled in"))
        self.splits.row_clicked.connect(self._want_split)
        self.import_button = button(tr("Import files…"))
        self.import_button.setObjectName(POINTED_AT)
        self.import_button.clicked.connect(self.import_wanted)
        self.dataset_button = button(tr("From the Hub…"))
        self.dataset_button.clicked.connect(self.dataset_wanted)
        left = QWidget()
        left.setLayout(column(words(tr("Labels"), bold=True), self.labels, gap=4))
        if not has_labels:
            left.hide()
        middle = column(words(tr("Splits"), bold=True), self.splits, gap=4)
        right = column(words(tr("Texts"), bold=True), self._lengths, row(self._problems, None), None, gap=8)
        self._bars = QWidget()
        panels = row(left, middle, right, gap=32)
        self._bars.setLayout(panels)
        for place, share in enumerate((5, 4, 3)):
            panels.setStretch(place, share)
        self.setLayout(
            column(
                row(*self._figures.values(), self._conflicts, None, self.dataset_button, self.import_button, gap=16),
                self._bars,
                gap=16,
            )
        )
        self.set_room(plenty=True)

    def set_room(self, *, plenty: bool) -> None:
        """In a low window the bars make way for the table."""
        self._bars.setVisible(plenty)
        self.setFixedHeight((264 if self._has_labels else 188) if plenty else 56)

    def show_overview(self, overview: Overview, labels: Labels) -> None:
        """Show these numbers."""
        numbers = overview.statistics
        for name, figure in self._figures.items():
            figure.show_number(getattr(numbers, name))
        self._figures["flagged"].setVisible(numbers.flagged > 0)
        self._conflicts.show_number(numbers.conflicts)
        self._conflicts.setVisible(numbers.conflicts > 0)
        self.labels.show_rows(
            [BarRow(one.id, one.name, overview.per_label.get(one.id, 0), color=one.color) for one in labels]
        )
        shown = [split for split in (*SPLITS, None) if split is not None or overview.splits.get(None)]
        self.splits.show_rows(
            [
                BarRow(
                    split or "none",
                    split_name(split),
                    overview.splits.get(split, 0),
                    part=overview.labelled_splits.get(split, 0),
                    note=tr("{n} labelled", n=amount(overview.labelled_splits.get(split, 0))),
                )
                for split in shown
            ]
        )
        lengths = numbers.lengths
        self._lengths.setText(
            tr(
                "Half have fewer than {median} characters, 95% fewer than {p95}. The longest has {longest}.",
                median=amount(lengths.median),
                p95=amount(lengths.p95),
                longest=amount(lengths.longest),
            )
        )
        self._problems.setVisible(bool(overview.problems))
        self._problems.setText(tr("Rows with problems in the last import: {n}", n=amount(len(overview.problems))))

    def _want_split(self, key: object) -> None:
        if key in SPLITS:
            self.wanted.emit(Filter(split=next(split for split in SPLITS if split == key)))
        else:
            self.wanted.emit(Filter())
