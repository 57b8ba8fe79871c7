"""The check before the start: what it trains on, findings with a door to their samples, and the estimate."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import SPLITS, Filter
from lepton_studio.studio.checking import Check, Finding
from lepton_studio.widgets.bar_rows import BarRow, BarRows
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.greyed import keep_grey
from lepton_studio.widgets.icons import pixmap
from lepton_studio.widgets.layouts import Item, button, clear, column, row, words
from lepton_studio.widgets.plain_text import PlainLabel
from lepton_studio.widgets.theme import BODY, CAPTION

_ICONS = {"ok": "check", "amber": "warning", "red": "warning"}
_SHOWN = 6


class CheckPanel(QWidget):
    """`show_asked(Filter)` for a finding or a label; `remedy_asked(str)` for what one click mends."""

    show_asked = Signal(object)
    remedy_asked = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts = words(size=BODY, wrap=True)
        self.labels = BarRows(name=tr("Labelled samples per label"))
        self.labels.row_clicked.connect(lambda key: self.show_asked.emit(Filter(label=key)))
        self.findings = QVBoxLayout()
        self.findings.setSpacing(8)
        self.estimates = QVBoxLayout()
        self.estimates.setSpacing(8)
        self.estimating = words(size=CAPTION, muted=True, wrap=True)
        self._found: tuple[Finding, ...] = ()
        self._estimated: tuple[Finding, ...] = ()
        self._all = False
        self.why_only_read = ""
        """Why nothing can be mended here, where the project is only read."""
        self.setLayout(column(self.counts, self.labels, self.findings, self.estimates, self.estimating, gap=12))
        self.labels.hide()

    def show_check(self, check: Check) -> None:
        """Show counts and findings."""
        train, validation, test, waiting = (check.splits.get(one, 0) for one in (*SPLITS, None))
        parts = [
            tr("{count} for training", count=f"{train:,}"),
            tr("{count} for validation, to find the best step", count=f"{validation:,}"),
            tr("{count} for the test at the end", count=f"{test:,}"),
        ]
        if waiting:
            parts.append(tr("{count} not in a split yet", count=f"{waiting:,}"))
        self.counts.setText("\n".join(parts))
        rows = [
            BarRow(
                one.label.id,
                one.label.name,
                one.train + one.validation + one.test + one.waiting,
                one.label.color,
                part=one.train + one.waiting,
            )
            for one in check.counts
        ]
        self.labels.show_rows(sorted(rows, key=lambda bar: -bar.count))
        self.labels.setFixedHeight(min(self.labels.full_height(), 28 * _SHOWN + 14))
        self.labels.setVisible(bool(rows))
        self._found = check.findings
        self._fill(self.findings, self._found)

    def show_estimate(self, findings: tuple[Finding, ...]) -> None:
        """What the trial steps found; empty while they run."""
        self._estimated = findings
        self._fill(self.estimates, findings)

    def say(self, sentence: str) -> None:
        """A quiet word about the estimate; "" for none."""
        self.estimating.setText(sentence)
        self.estimating.setVisible(bool(sentence))

    def shown_findings(self) -> tuple[Finding, ...]:
        """All that is said now."""
        return (*self._found, *self._estimated)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_estimated"):
            self._fill(self.findings, self._found)
            self._fill(self.estimates, self._estimated)

    def _fill(self, layout: QVBoxLayout, findings: tuple[Finding, ...]) -> None:
        clear(layout)
        shown = findings if self._all or len(findings) <= _SHOWN else findings[: _SHOWN - 1]
        for finding in shown:
            doors = self._doors(finding)
            said: list[Item] = [words(finding.sentence, size=BODY, wrap=True)]
            if doors:
                said.append(row(*doors, None))
            layout.addLayout(row(self._sign(finding), column(*said, gap=0), gap=8))
        if len(shown) < len(findings):
            more = button(tr("{count} more", count=len(findings) - len(shown)), role="link")
            more.clicked.connect(self._show_all)
            layout.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def _doors(self, finding: Finding) -> list[QWidget]:
        doors: list[QWidget] = []
        which = finding.show
        if which is not None:
            door = button(tr("Show samples"), role="link", name=tr("Show samples: {about}", about=finding.sentence))
            door.clicked.connect(lambda: self.show_asked.emit(which))
            doors.append(door)
        if finding.remedy:
            titles = {"set_aside_validation": tr("Set some aside now"), "use_quick": tr("Choose the quick model")}
            mend = button(titles[finding.remedy], role="link", tip=finding.sentence)
            mend.clicked.connect(lambda: self.remedy_asked.emit(finding.remedy))
            if self.why_only_read and finding.remedy == "set_aside_validation":
                keep_grey(mend, self.why_only_read)
            doors.append(mend)
        return doors

    def _sign(self, finding: Finding) -> QLabel:
        theme = colors(self.palette())
        color = {"ok": theme.good, "amber": theme.warn, "red": theme.bad}[finding.level]
        sign = PlainLabel()
        sign.setPixmap(pixmap(_ICONS[finding.level], color=color, size=16, ratio=2))
        sign.setAccessibleName({"ok": tr("Good"), "amber": tr("Warning"), "red": tr("Cannot start")}[finding.level])
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        sign.setFixedWidth(18)
        return sign

    def _show_all(self) -> None:
        self._all = True
        self._fill(self.findings, self._found)
