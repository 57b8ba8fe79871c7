"""Contrast as WCAG 2.2 measures it, in both themes; and colours as people with a colour-blindness see them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from lepton_studio.project.palette import color_at
from lepton_studio.widgets.chart_colors import ChartColors, chart_colors
from lepton_studio.widgets.color import Colors, colors, contrast, ink_on, label_color, mixed
from lepton_studio.widgets.theme import themed_palette

GROUNDS = ("window", "base", "raised", "hover", "accent_soft")
TEXTS = ("text", "muted", "accent", "good", "warn", "bad")
TINTS = range(48)
"""So many labels get a colour of their own."""

MACHADO = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""On linear RGB, severity 1 (Machado, Oliveira and Fernandes, 2009, table 1)."""
SEEN_AS_OTHER = 0.05
"""In OKLab; two hues this far apart are told apart side by side, and each label has its name beside its colour."""


def _themes() -> list[tuple[str, Colors, ChartColors]]:
    palettes = {"light": themed_palette(dark=False), "dark": themed_palette(dark=True)}
    return [(name, colors(one), chart_colors(one)) for name, one in palettes.items()]


def test_words_keep_four_and_a_half_to_one_and_what_is_drawn_three_in_both_themes() -> None:
    too_low = []
    for name, theme, charts in _themes():
        pairs = [(f"{ink} on {ground}", getattr(theme, ink), getattr(theme, ground), 4.5)
                 for ink in TEXTS for ground in GROUNDS]  # fmt: skip
        pairs += [("text on mark", theme.text, theme.mark, 4.5), ("on_accent", theme.on_accent, theme.accent, 4.5)]
        pairs += [(f"{ink} on {ground}", getattr(theme, ink), getattr(theme, ground), 3.0)
                  for ink in ("edge", "accent") for ground in ("window", "base", "raised")]  # fmt: skip
        drawn = {"right": charts.right, "wrong": charts.wrong} | {f"run {i}": one for i, one in enumerate(charts.runs)}
        pairs += [(f"{what} in a chart", one, charts.ground, 3.0) for what, one in drawn.items()]
        for place in TINTS:
            own = QColor(label_color(place))
            pairs += [
                (f"key on label {place}", ink_on(own), own, 4.5),
                (f"name on chosen label {place}", theme.text, mixed(own, theme.base, 0.34), 4.5),
            ]
        too_low += [f"{name}: {what} {contrast(a, b):.2f}" for what, a, b, least in pairs if contrast(a, b) < least]
    assert not too_low


@pytest.mark.parametrize("kind", MACHADO)
def test_the_first_labels_and_right_and_wrong_are_told_apart_without_some_hues(kind: str) -> None:
    sets = {"offered": [label_color(i) for i in range(8)], "given": [color_at(i) for i in range(8)]}
    sets |= {f"{name}: right and wrong": [c.right.name(), c.wrong.name()] for name, _theme, c in _themes()}
    for name, shown in sets.items():
        nearest = min(combinations(shown, 2), key=lambda two: _distance(*two, kind=kind))
        assert _distance(*nearest, kind=kind) > SEEN_AS_OTHER, (name, nearest)


def _distance(one: str, other: str, *, kind: str) -> float:
    return float(np.linalg.norm(_oklab(one, kind=kind) - _oklab(other, kind=kind)))


def _oklab(name: str, *, kind: str) -> NDArray[np.float64]:
    """As an eye with this colour-blindness sees it (Ottosson's OKLab, 2020)."""
    color = QColor(name)
    srgb = np.array([color.redF(), color.greenF(), color.blueF()])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(MACHADO[kind]) @ linear, 0, 1)
    to_cones = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
    to_lab = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
              [0.0259040371, 0.7827717662, -0.8086757660]]  # fmt: skip
    found: NDArray[np.float64] = np.array(to_lab) @ np.cbrt(np.array(to_cones) @ seen)
    return found
