"""The colours of every chart, made from the palette of the widget that paints; so light and dark both work."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

from lepton_studio.widgets.color import colors, mixed

_LIGHT_RUNS = ("#0072b2", "#c45500", "#00805e", "#b0508a", "#8a6a00", "#2c8fc9", "#5b4fb5", "#6b6b6b")
_DARK_RUNS = ("#56b4e9", "#ff9a4d", "#2fc79a", "#e59bc6", "#e0c23a", "#8ccbf2", "#a79cf0", "#b0b0b0")


@dataclass(frozen=True, slots=True)
class ChartColors:
    """What a chart paints with. `right` and `wrong` differ in hue and in lightness, for eyes that see few hues."""

    ground: QColor
    text: QColor
    muted: QColor
    line: QColor
    """Grids and separators: barely there."""
    right: QColor
    wrong: QColor
    runs: tuple[QColor, ...]
    """Each keeps 3:1 on the ground."""

    def run(self, number: int) -> QColor:
        """The colour of run `number` (from 1); the same on each page, going round after the last."""
        return self.runs[(number - 1) % len(self.runs)]


def chart_colors(palette: QPalette) -> ChartColors:
    """The colours for this palette. Cheap: ask again at each paint or palette change."""
    theme = colors(palette)
    return ChartColors(
        ground=theme.window,
        text=theme.text,
        muted=theme.muted,
        line=mixed(theme.text, theme.window, 0.1),
        right=theme.accent,
        wrong=QColor("#ff9a5c") if theme.dark else QColor("#d55e00"),
        runs=tuple(QColor(name) for name in (_DARK_RUNS if theme.dark else _LIGHT_RUNS)),
    )
