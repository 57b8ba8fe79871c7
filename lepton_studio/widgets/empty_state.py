"""What stands where there is nothing yet: it says what belongs here and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from lepton_studio.widgets.color import colors
from lepton_studio.widgets.icons import pixmap
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.plain_text import PlainLabel
from lepton_studio.widgets.theme import BODY, TITLE, line_width


@dataclass(frozen=True, slots=True)
class NextStep:
    """A button of an empty state; the first one of a list is the main one."""

    words: str
    run: Callable[[], object]


class EmptyState(QWidget):
    """An icon, a title, one or two sentences and up to three buttons, in the middle of the room there is."""

    def __init__(
        self,
        icon_name: str,
        title: str,
        *,
        sentence: str,
        steps: Sequence[NextStep] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._picture = PlainLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = words(title, size=TITLE, bold=True)
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence = words(sentence, size=BODY, muted=True, wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._sentence.setFixedWidth(line_width(62, size=BODY))
        self.buttons: list[QPushButton] = []
        self._button_row = row()
        self.setLayout(
            column(
                None,
                self._picture,
                8,
                self._title,
                row(None, self._sentence, None),
                8,
                row(None, self._button_row, None),
                None,
                None,
                margins=(24, 24, 24, 24),
            )
        )
        self._draw()
        self.set_steps(steps)

    def set_words(self, title: str, *, sentence: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._sentence.setText(sentence)

    def set_steps(self, steps: Sequence[NextStep]) -> None:
        """Offer other things to do; the first one is the main one."""
        clear(self._button_row)
        self.buttons = [button(step.words, role="" if place else "primary") for place, step in enumerate(steps)]
        for made, step in zip(self.buttons, steps, strict=True):
            made.clicked.connect(lambda _checked=False, run=step.run: run())
            self._button_row.addWidget(made)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        color = colors(self.palette()).muted
        self._picture.setPixmap(pixmap(self._icon_name, color=color, size=36, ratio=2))
