"""The editor of ratings: the scale as buttons, one press each, and a line for what lies between.

Try it: `python -m lepton_studio.tasks.ratings.editor`.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Labels
from lepton_studio.tasks.base import Input
from lepton_studio.tasks.ratings.annotation import Rating, accepted
from lepton_studio.widgets.label_bar import LabelBar, LabelChoice
from lepton_studio.widgets.line_field import LineField

_SCALES = ((1, 5), (0, 5), (1, 7), (1, 10), (0, 10), (-5, 5))
"""Lowest and highest button; the first that holds every rating seen is the one to show."""
_DECIMAL = (".", ",", "-")
_EXAMPLE = "3.5"


class RatingEditor(QWidget):
    """Keys 1 to 9 (and 0) rate; a point or a comma begins a number of its own."""

    edited = Signal(object)
    finished = Signal()
    bulk_wanted = Signal(object)
    shows_text = False
    one_press = True
    takes_letters = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Rating | None = None
        self._suggestion: Rating | None = None
        self._low, self._high = _SCALES[0]
        self.bar = LabelBar()
        self.bar.pressed.connect(lambda number: self._rate(float(number)))
        self.line = LineField()
        self.line.setAccessibleName(tr("Another number"))
        self.line.setPlaceholderText(_EXAMPLE)
        self.line.setFixedWidth(88)
        self.line.setStyleSheet("min-height: 26px")  # as high as the buttons, with the padding of all lines
        self.line.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.line.taken.connect(self._take_line)
        self.line.left.connect(self._leave_line)
        inner = QHBoxLayout()
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.bar)
        inner.addWidget(self.line, 0, Qt.AlignmentFlag.AlignTop)
        inner.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(inner)
        layout.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._show_scale()

    def set_labels(self, labels: Labels) -> None:
        """Ratings have none."""

    def show_sample(self, input: Input, value: Rating | None) -> None:
        """Show another sample's rating; a rating beyond the scale widens it for good."""
        self._value = value
        self.line.clear()
        self._widen(value)
        self._mark()

    def suggest(self, value: Rating | None) -> None:
        """Mark the button that accepting would press, and say the number itself in the line."""
        self._suggestion = value
        self._widen(value)
        self._mark()

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this editor."""
        return [(tr("1 to 9"), tr("rate")), (".", tr("type a number between, Enter takes it"))]

    def needed_height(self, width: int) -> int:
        """The height that shows every button."""
        return self.bar.height_at(width - self.line.width() - 8) + 2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        typed = event.text()
        number = next((one.id for one in self.bar.shown if one.key and one.key == typed), None)
        if modifiers or not typed:
            event.ignore()
        elif number is not None:
            self._rate(float(number))
        elif typed in _DECIMAL:
            self.line.setFocus()
            self.line.setText(typed)
        else:
            event.ignore()

    def _rate(self, number: float) -> None:
        self._leave_line()
        self.edited.emit(Rating(number))

    def _take_line(self, typed: str) -> None:
        number = read_number(typed)
        if number is not None:
            self._rate(number)
        elif not typed:
            self._leave_line()

    def _leave_line(self) -> None:
        self.line.clear()
        if self.line.hasFocus():
            self.setFocus()

    def _widen(self, value: Rating | None) -> None:
        if value is None or self._low <= value.value <= self._high:
            return
        low, high = min(self._low, math.floor(value.value)), max(self._high, math.ceil(value.value))
        fits = (scale for scale in _SCALES if scale[0] <= low and scale[1] >= high)
        self._low, self._high = next(fits, (self._low, self._high))
        self._show_scale()

    def _show_scale(self) -> None:
        numbers = range(self._low, self._high + 1)
        keys = {number: str(number) for number in numbers if 0 <= number <= 9}
        if self._low > 0 and self._high == 10:
            keys[10] = "0"
        self.bar.set_choices(
            [LabelChoice(number, str(number), "", keys.get(number, "")) for number in numbers], compact=False
        )
        self.updateGeometry()

    def _button_of(self, suggestion: Rating) -> tuple[int, ...]:
        """The button that says what accepting would; without a scale, the one next to the suggestion."""
        kept = accepted(suggestion).value
        if suggestion.step and not kept.is_integer():
            return ()
        return (min(self._high, max(self._low, round(kept))),)

    def _mark(self) -> None:
        value, suggestion = self._value, self._suggestion
        chosen = () if value is None or not value.value.is_integer() else (int(value.value),)
        self.bar.mark(chosen=chosen, suggested=() if suggestion is None else self._button_of(suggestion))
        shown = value or suggestion
        self.line.setPlaceholderText(_EXAMPLE if shown is None else f"{shown.value:.4g}")


def read_number(typed: str) -> float | None:
    """The number that somebody typed, with a point or a comma; None for anything else."""
    number, is_number = QLocale.c().toDouble(typed.strip().replace(",", "."))
    return number if is_number and math.isfinite(number) else None


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.widgets.theme import apply_theme

    app = QApplication([])
    apply_theme(app)
    editor = RatingEditor()
    editor.edited.connect(lambda value: editor.show_sample(Input(""), value))
    editor.suggest(Rating(3.71))
    editor.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
