"""How the window looks: palettes, type sizes, spacing, and the colours derived from the palette in use.

Widgets never name a background: they ask `colors(widget.palette())`, so light, dark and high contrast all work, and
they repaint by themselves when the palette changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.resources import resource_path
from lepton_studio.widgets.style_sheet import style_sheet

Scheme = Literal["system", "light", "dark"]

SPACE = 8
"""The grid, in device-independent pixels: gaps are 4 (inside one thing), 8, 16, 24 or 32."""
RADIUS = 6

CAPTION, BODY, TITLE, SAMPLE = 11, 13, 18, 21
"""The four sizes of type, in pixels."""

_FAMILIES = [
    "Inter",
    # Chinese stands right behind it: the faces below may hold some of its characters, in another country's shapes.
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Segoe UI", "SF Pro Text", ".AppleSystemUIFont", "Noto Sans", "DejaVu Sans", "sans-serif",
]  # fmt: skip
"""Inter comes with the app, in the two weights that it uses; the others are for the scripts that Inter lacks."""


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one palette. `muted` text keeps 4.5:1 on `window` and `base`; `border` is for thin lines only."""

    window: QColor
    base: QColor
    raised: QColor
    text: QColor
    muted: QColor
    border: QColor
    hover: QColor
    accent: QColor
    on_accent: QColor
    accent_soft: QColor
    good: QColor
    warn: QColor
    bad: QColor
    mark: QColor
    dark: bool


def _palette(dark: bool) -> QPalette:
    window, base, alternate = ("#1b1b1f", "#232328", "#28282e") if dark else ("#f6f6f4", "#ffffff", "#f9f9f8")
    text, muted = ("#ececf0", "#a2a2ad") if dark else ("#1c1c22", "#60606a")
    button, border = ("#2c2c33", "#3a3a42") if dark else ("#ffffff", "#dcdcd8")
    accent, on_accent = ("#aaa1ff", "#15122e") if dark else ("#5546c9", "#ffffff")
    role = QPalette.ColorRole
    palette = QPalette()
    for which, color in {
        role.Window: window, role.WindowText: text, role.Base: base, role.AlternateBase: alternate, role.Text: text,
        role.Button: button, role.ButtonText: text, role.BrightText: "#ffffff", role.ToolTipBase: base,
        role.ToolTipText: text, role.PlaceholderText: muted, role.Mid: border, role.Midlight: button, role.Light: base,
        role.Dark: muted, role.Shadow: "#000000", role.Highlight: accent, role.HighlightedText: on_accent,
        role.Accent: accent, role.Link: accent, role.LinkVisited: accent,
    }.items():  # fmt: skip
        palette.setColor(which, QColor(color))
    faded = mixed(QColor(text), QColor(window), 0.55)
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, faded)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(border))
    return palette


def apply_theme(app: QApplication, *, scheme: Scheme = "system") -> None:
    """Style the whole application; call it once at start-up and again when the person chooses another scheme.

    "system" follows the desktop from then on. A desktop that asks for high contrast keeps its own palette.
    """
    hints = app.styleHints()
    wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}[scheme]
    hints.setColorScheme(wanted)
    app.setStyle("fusion")
    app.setProperty("forced_scheme", "" if scheme == "system" else scheme)
    _load_face(app)
    app.setFont(text_font(BODY, tabular=True))
    _restyle(app)
    if not app.property("follows_scheme"):
        app.setProperty("follows_scheme", True)
        hints.colorSchemeChanged.connect(lambda _scheme: _restyle(app))


def _load_face(app: QApplication) -> None:
    """Make the face that comes with the app known, so that the window looks the same on every machine."""
    if not app.property("has_face"):
        app.setProperty("has_face", True)
        for file in sorted(resource_path("fonts").glob("*.ttf")):
            QFontDatabase.addApplicationFont(str(file))


def _restyle(app: QApplication) -> None:
    forced = app.property("forced_scheme")
    dark = forced == "dark" or (not forced and app.styleHints().colorScheme() == Qt.ColorScheme.Dark)
    if not _wants_high_contrast(app):
        app.setPalette(_palette(dark))
    app.setStyleSheet(style_sheet(colors(app.palette())))


def _wants_high_contrast(app: QApplication) -> bool:
    accessibility = getattr(app.styleHints(), "accessibility", None)  # since Qt 6.10
    if accessibility is None:
        return False
    contrast = accessibility().contrastPreference()
    return bool(contrast.name == "HighContrast")


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
        hover=mixed(text, window, 0.07),
        accent=accent,
        on_accent=ink_on(accent),
        accent_soft=mixed(accent, window, 0.14),
        good=QColor("#5fd3a4") if dark else QColor("#00714f"),
        warn=QColor("#f0b95b") if dark else QColor("#8a5a00"),
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
    black, white = QColor("#000000"), QColor("#ffffff")
    return black if contrast(black, color) >= contrast(white, color) else white


def readable(color: QColor, *, on: QColor, ratio: float = 4.5) -> QColor:
    """`color` moved towards black or white until it keeps `ratio` as text on the background `on`."""
    target = QColor("#ffffff") if _luminance(on) < 0.2 else QColor("#000000")
    for step in range(21):
        candidate = mixed(target, color, step / 20)
        if contrast(candidate, on) >= ratio:
            return candidate
    return target


OKABE_ITO = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f")
"""A set that people with any common colour-blindness tell apart (Okabe and Ito, 2008), grey in place of black."""


def label_color(position: int) -> str:
    """The colour offered to the label at `position` (from 0): the set, then tints of it; "#rrggbb"."""
    tour, index = divmod(position, len(OKABE_ITO))
    color = QColor(OKABE_ITO[index])
    shares = (0.0, 0.35, 0.55, -0.3, 0.2, -0.45)
    share = shares[tour % len(shares)]
    return mixed(QColor("#ffffff" if share > 0 else "#000000"), color, abs(share)).name()


def text_font(size: int, *, bold: bool = False, tabular: bool = False) -> QFont:
    """The face of the window in one of the four sizes (pixels). `tabular`: figures of one width, for columns."""
    font = QFont()
    font.setFamilies(_FAMILIES)
    font.setPixelSize(size)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def set_type(widget: QWidget, size: int, *, bold: bool = False, muted: bool = False) -> None:
    """Give a label its size of type; `muted` for secondary words. Works with the style sheet, whatever the scheme."""
    names = {CAPTION: "caption", BODY: "body", TITLE: "title", SAMPLE: "sample"}
    widget.setProperty("type", names[size])
    widget.setProperty("muted", muted)
    widget.setProperty("strong", bold)
    widget.setFont(text_font(size, bold=bold))


_PROSE = "The person at the desk said that my letter had come, and that someone would answer it within a week."


def line_width(characters: int, *, size: int) -> int:
    """About how many pixels `characters` of running text take in this size."""
    return round(QFontMetricsF(text_font(size)).horizontalAdvance(_PROSE) / len(_PROSE) * characters)


def is_dark() -> bool:
    """Whether the palette in use is a dark one."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightnessF() < 0.5
