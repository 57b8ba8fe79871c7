"""How the window looks: its palettes, the sizes of type, the grid; what is painted asks `widgets.color`."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.resources import resource_path
from lepton_studio.widgets.color import colors, mixed
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


def themed_palette(*, dark: bool) -> QPalette:
    """The palette of the light or the dark theme."""
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
    load_face(app)
    app.setFont(text_font(BODY, tabular=True))
    _restyle(app)
    if not app.property("follows_scheme"):
        app.setProperty("follows_scheme", True)
        hints.colorSchemeChanged.connect(lambda _scheme: _restyle(app))


def load_face(app: QApplication) -> None:
    """Make the face that comes with the app known, so that the window looks the same on every machine."""
    if not app.property("has_face"):
        app.setProperty("has_face", True)
        for file in sorted(resource_path("fonts").glob("*.ttf")):
            QFontDatabase.addApplicationFont(str(file))


def _restyle(app: QApplication) -> None:
    forced = app.property("forced_scheme")
    dark = forced == "dark" or (not forced and app.styleHints().colorScheme() == Qt.ColorScheme.Dark)
    if not _wants_high_contrast(app):
        app.setPalette(themed_palette(dark=dark))
    app.setStyleSheet(style_sheet(colors(app.palette())))


def _wants_high_contrast(app: QApplication) -> bool:
    accessibility = getattr(app.styleHints(), "accessibility", None)  # since Qt 6.10
    if accessibility is None:
        return False
    contrast = accessibility().contrastPreference()
    return bool(contrast.name == "HighContrast")


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
