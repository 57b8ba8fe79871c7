"""The editor of ratings: the scale as buttons, one press each, and a line for what lies between.

Try it: `python -m lepton_studio.tasks.ratings.editor`.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lepton_studio.contract.task import Input
from lepton_studio.language import tr
from lepton_studio.project.records import Scale
from lepton_studio.tasks.ratings.annotation import Rating, accepted
from lepton_studio.tasks.ratings.scale import SCALES, off_scale
from lepton_studio.widgets.chips import MenuChip
from lepton_studio.widgets.choice_popup import Choice
from lepton_studio.widgets.editor_widget import EditorWidget
from lepton_studio.widgets.label_bar import LabelBar, LabelChoice
from lepton_studio.widgets.layouts import words
from lepton_studio.widgets.line_field import LineField
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import CAPTION

_MOST_BUTTONS = 20
"""A longer scale has no buttons: its ratings are typed."""
_GAP = 4
_DECIMAL = (".", ",", "-")
_EXAMPLE = "3.5"


class RatingEditor(EditorWidget):
    """Keys 1 to 9 (and 0) rate; a point or a comma begins a number of its own."""

    scale_wanted = Signal(object)
    one_press = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Rating | None = None
        self._suggestion: Rating | None = None
        self.scale = SCALES[0]
        self.bar = LabelBar()
        self.bar.pressed.connect(lambda number: self._rate(float(number)))
        self.line = LineField()
        self.line.setAccessibleName(tr("Other number"))
        self.line.setPlaceholderText(_EXAMPLE)
        self.line.setFixedWidth(88)
        self.line.setStyleSheet("min-height: 26px")  # as high as the buttons, with the padding of all lines
        self.line.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.line.taken.connect(self._take_line)
        self.line.left.connect(self._leave_line)
        self.scale_chip = MenuChip("")
        self.scale_chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_tool_tip(self.scale_chip, tr("Rating scale"))
        self.scale_chip.chosen.connect(self.scale_wanted)
        self.said = words("", size=CAPTION)
        self.said.setProperty("tone", "warn")
        inner = QHBoxLayout()
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.bar)
        inner.addWidget(self.line, 0, Qt.AlignmentFlag.AlignTop)
        inner.addWidget(self.scale_chip, 0, Qt.AlignmentFlag.AlignVCenter)
        inner.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP)
        layout.addLayout(inner)
        layout.addWidget(self.said)
        layout.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._show_scale()

    @property
    def scaled(self) -> RatingEditor:
        return self

    def show_sample(self, input: Input, value: Rating | None) -> None:
        """Show another sample's rating; of one that does not stand on the scale that is said."""
        self._value = value
        self.line.clear()
        self.said.setText("" if value is None else self.problem_with(value))
        self._mark()

    def set_scale(self, scale: Scale) -> None:
        """Ratings are given on this scale from now on."""
        self.scale = scale
        self._show_scale()
        self._mark()

    def problem_with(self, value: Rating) -> str:
        """Why this rating cannot be given; "" where it can."""
        return off_scale(value.value, self.scale)

    def suggest(self, value: Rating | None) -> None:
        """Mark the button that accepting would press, and say the number itself in the line."""
        self._suggestion = value
        self._mark()

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this editor."""
        return [(tr("1 to 9"), tr("rate")), (".", tr("type a number in between, then press Enter"))]

    def needed_height(self, width: int) -> int:
        """The height that shows every button."""
        beside = self.line.width() + self.scale_chip.sizeHint().width() + 16
        buttons = self.bar.height_at(width - beside) if self.bar.shown else 0
        return max(buttons, self.line.sizeHint().height()) + _GAP + self.said.sizeHint().height() + 4

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        typed = event.text()
        number = next((one.id for one in self.bar.shown if one.key and one.key == typed), None)
        if modifiers or not typed:
            event.ignore()
        elif number is not None:
            self._rate(float(number))
        elif typed in _DECIMAL or (typed.isdecimal() and not self.bar.shown):
            self.line.setFocus()
            self.line.setText(typed)
        else:
            event.ignore()

    def _rate(self, number: float) -> None:
        problem = off_scale(number, self.scale)
        self.said.setText(problem)
        if not problem:
            self._leave_line()
            self.edited.emit(Rating(number))

    def _take_line(self, typed: str) -> None:
        number = read_number(typed)
        if number is not None:
            self._rate(number)
        elif typed:
            self.said.setText(tr("{typed} is not a number.", typed=typed))
        else:
            self._leave_line()

    def _leave_line(self) -> None:
        self.line.clear()
        if self.line.hasFocus():
            self.setFocus()

    def _show_scale(self) -> None:
        low, high = float(self.scale.low), float(self.scale.high)
        has_buttons = low.is_integer() and high.is_integer() and 2 <= high - low <= _MOST_BUTTONS
        numbers = range(int(low), int(high) + 1) if has_buttons else range(0)
        keys = {number: str(number) for number in numbers if 0 <= number <= 9}
        if low > 0 and high == 10:
            keys[10] = "0"
        self.bar.set_choices(
            [LabelChoice(number, str(number), "", keys.get(number, "")) for number in numbers], compact=False
        )
        self.bar.setVisible(has_buttons)
        scales = list(dict.fromkeys((*SCALES, self.scale)))
        self.scale_chip.set_choices([Choice(one, _in_words(one)) for one in scales], current=self.scale)
        self.scale_chip.set_words(_in_words(self.scale))
        self.scale_chip.setChecked(False)
        self.updateGeometry()

    def _button_of(self, suggestion: Rating) -> tuple[int, ...]:
        """The button that says what accepting would; without a scale, the one next to the suggestion."""
        kept = accepted(suggestion).value
        if not self.bar.shown or (suggestion.step and not kept.is_integer()):
            return ()
        return (int(min(self.scale.high, max(self.scale.low, round(kept)))),)

    def _mark(self) -> None:
        value, suggestion = self._value, self._suggestion
        chosen = () if value is None or not value.value.is_integer() else (int(value.value),)
        self.bar.mark(chosen=chosen, suggested=() if suggestion is None else self._button_of(suggestion))
        shown = value or suggestion
        self.line.setPlaceholderText(_EXAMPLE if shown is None else f"{shown.value:.4g}")


def _in_words(scale: Scale) -> str:
    return tr("from {low} to {high}", low=f"{scale.low:g}", high=f"{scale.high:g}")


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
