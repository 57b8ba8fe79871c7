"""A short tour: what each page is for, in the order of the work. Shown once by itself, later from the Help menu."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE


@dataclass(frozen=True, slots=True)
class Stop:
    """One card of the tour; `page` is brought into view behind it."""

    page: str
    title: str
    sentence: str


def stops() -> tuple[Stop, ...]:
    """The cards in their order."""
    return (
        Stop(
            "data",
            tr("1. Import your texts"),
            tr(
                "Drop a file anywhere: a table, a workbook, an export from another tool. Lepton Studio "
                "guesses what each column holds and shows you; you can change it before anything is "
                "imported."
            ),
        ),
        Stop(
            "label",
            tr("2. Label some by hand"),
            tr(
                "Each label has a key. Space skips, Ctrl+Z undoes, ? shows all shortcuts. Everything is saved "
                "as you go."
            ),
        ),
        Stop(
            "tune",
            tr("3. Tune a model"),
            tr(
                "One click tunes a model on your labels, on this computer. Curves show its progress; the "
                "first line says how well it does on texts it has not seen."
            ),
        ),
        Stop(
            "inspect",
            tr("4. Review its mistakes"),
            tr(
                "Click any number to see its samples. Correct wrong labels right there and tune again: "
                "this is where most of the improvement comes from."
            ),
        ),
        Stop(
            "export",
            tr("5. Take it with you"),
            tr(
                "Predict on a whole table, save the labels, or save the model as a folder that other programs can load."
            ),
        ),
    )


class TourCard(Overlay):
    """`page_wanted(id)` at each stop. Escape ends it."""

    page_wanted = Signal(str)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=480)
        self._stops = stops()
        self._at = 0
        self.title = words("", size=TITLE, bold=True)
        self.sentence = words("", wrap=True)
        self._count = words("", size=CAPTION, muted=True)
        self.skip = button(tr("Skip the tour"), role="quiet")
        self.back = button(tr("Back"))
        self.next = button(tr("Next"), role="primary")
        self.skip.clicked.connect(self.close_over)
        self.back.clicked.connect(lambda: self._go(-1))
        self.next.clicked.connect(lambda: self._go(1))
        self.card_layout.addWidget(self.title)
        self.card_layout.addWidget(self.sentence)
        self.card_layout.addSpacing(8)
        self.card_layout.addLayout(row(self._count, None, self.skip, self.back, self.next))

    def start(self) -> None:
        """From the first stop on."""
        self._at = 0
        self._show()
        self.open_over()
        self.next.setFocus()

    def _go(self, steps: int) -> None:
        self._at += steps
        if self._at >= len(self._stops):
            self.close_over()
            self.page_wanted.emit("label")
            return
        self._show()

    def _show(self) -> None:
        stop = self._stops[self._at]
        last = self._at == len(self._stops) - 1
        self.title.setText(stop.title)
        self.sentence.setText(stop.sentence)
        self._count.setText(f"{self._at + 1} / {len(self._stops)}")
        self.back.setEnabled(self._at > 0)
        self.next.setText(tr("Get started") if last else tr("Next"))
        self.page_wanted.emit(stop.page)
