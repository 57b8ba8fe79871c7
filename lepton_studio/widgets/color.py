"""Colours to paint with: those derived from the palette in use, those of labels, and how well one reads on another.

Widgets never name a background: they ask `colors(widget.palette())`, so light, dark and high contrast all work, and
they repaint by themselves when the palette changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor, QPalette


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one palette. `muted` text keeps 4.5:1 on `window` and `base`; `border` is for thin
    lines only, `edge` keeps 3:1 there: what shows where a field, a box or the handle of a scroll bar is."""

    window: QColor
    base: QColor
    raised: QColor
    text: QColor
    muted: QColor
    border: QColor
    edge: QColor
    hover: QColor
    accent: QColor
    on_accent: QColor
    accent_soft: QColor
    good: QColor
    warn: QColor
    bad: QColor
    mark: QColor
    dark: bool


def colors(palette: QPalette) -> Colors:
    """The colours to paint with on this palette."""
    role = QPalette.ColorRole
    return _colors(*(palette.color(one).rgba() for one in (role.Window, role.Base, role.Text, role.Accent)))


@lru_cache(maxsize=16)
def _colors(window_rgba: int, base_rgba: int, text_rgba: int, accent_rgba: int) -> Colors:
    window, base, text, accent = (QColor.fromRgba(one) for one in (window_rgba, base_rgba, text_rgba, accent_rgba))
    dark = window.lightnessF() < 0.5
    return Colors(
        window=window,
        base=base,
        raised=mixed(text, base, 0.05) if dark else base,
        text=text,
        muted=mixed(text, window, 0.68),
        border=mixed(text, window, 0.14),
        edge=mixed(text, window, 0.48),
        hover=mixed(text, window, 0.07),
        accent=accent,
        on_accent=ink_on(accent),
        accent_soft=mixed(accent, window, 0.14),
        good=QColor("#5fd3a4") if dark else QColor("#00714f"),
        warn=QColor("#f0b95b") if dark else QColor("#855700"),
        bad=QColor("#ff8f84") if dark else QColor("#b3261e"),
        mark=mixed(QColor("#ffcf3f"), base, 0.34 if dark else 0.6),
        dark=dark,
    )


def mixed(front: QColor, back: QColor, share: float) -> QColor:
    """`share` (0..1) of `front` over `back`, opaque."""
    back_share = 1 - share
    return QColor.fromRgbF(
        front.redF() * share + back.redF() * back_share,
        front.greenF() * share + back.greenF() * back_share,
        front.blueF() * share + back.blueF() * back_share,
    )


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    channels = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (c / 12.92 if c <= 0.03928 else float(((c + 0.055) / 1.055) ** 2.4) for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ink_on(color: QColor) -> QColor:
    """Black or white, whichever reads better on `color`."""
    return QColor(_ink_on(color.rgba()))


@lru_cache(maxsize=1024)
def _ink_on(rgba: int) -> str:
    color = QColor.fromRgba(rgba)
    black, white = QColor("#000000"), QColor("#ffffff")
    return (black if contrast(black, color) >= contrast(white, color) else white).name()


def readable(color: QColor, *, on: QColor, ratio: float = 4.5) -> QColor:
    """`color` moved towards black or white until it keeps `ratio` as text on the background `on`."""
    target = QColor("#ffffff") if _luminance(on) < 0.2 else QColor("#000000")
    for step in range(21):
        candidate = mixed(target, color, step / 20)
        if contrast(candidate, on) >= ratio:
            return candidate
    return target


OKABE_ITO = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#555555")
"""A set that people with any common colour-blindness tell apart (Okabe and Ito, 2008), grey in place of black."""


def label_color(position: int) -> str:
    """The colour offered to the label at `position` (from 0): the set, then tints of it; "#rrggbb"."""
    tour, index = divmod(position, len(OKABE_ITO))
    color = QColor(OKABE_ITO[index])
    shares = (0.0, 0.35, 0.55, -0.3, 0.2, -0.45)
    share = shares[tour % len(shares)]
    return mixed(QColor("#ffffff" if share > 0 else "#000000"), color, abs(share)).name()
