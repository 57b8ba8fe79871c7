"""The one style sheet: thin lines, round corners, room to breathe. Colours come from the palette in use."""

from __future__ import annotations

from PySide6.QtGui import QColor

from lepton_studio.resources import resource_path
from lepton_studio.widgets.color import Colors, mixed

_SHEET = """
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 8px; }
QLabel[muted="true"] { color: $muted; }
QLabel[tone="good"] { color: $good; } QLabel[tone="warn"] { color: $warn; } QLabel[tone="bad"] { color: $bad; }

QPushButton, QToolButton[role="button"] {
    background: $raised; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 5px 14px; min-height: 20px; outline: none;
}
QPushButton:hover, QToolButton[role="button"]:hover { background: $hover; }
QPushButton:pressed, QToolButton[role="button"]:pressed { background: $border; }
QPushButton:focus, QToolButton[role="button"]:focus { border: 1px solid $accent; }
QPushButton:disabled, QToolButton[role="button"]:disabled { color: $faded; background: transparent; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $text; padding: 4px 13px; }
QPushButton[role="primary"]:disabled { background: $border; color: $muted; border-color: $border; }
QPushButton[role="quiet"], QToolButton {
    background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 5px 8px; color: $text;
}
QPushButton[role="quiet"]:hover, QToolButton:hover { background: $hover; }
QPushButton[role="quiet"]:focus, QToolButton:focus { border: 1px solid $accent; }
QPushButton[role="quiet"]:disabled, QPushButton[role="link"]:disabled { color: $faded; background: transparent; }
QPushButton[role="link"] {
    background: transparent; border: 1px solid transparent; padding: 2px 4px; color: $accent; text-align: left;
}
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:focus { border: 1px solid $accent; border-radius: 4px; }
QToolButton:disabled { color: $faded; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
    background: $base; color: $text; border: 1px solid $edge; border-radius: 6px; padding: 4px 8px; min-height: 20px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:hover, QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover { border-color: $muted; }
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {
    border: 2px solid $accent; padding: 3px 7px;
}
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled { color: $faded; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url($icons/control-down.svg); width: 12px; height: 12px; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {
    subcontrol-origin: border; border: none; background: transparent; width: 20px;
}
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; margin: 3px 3px 0 0; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: bottom right; margin: 0 3px 3px 0; }
QSpinBox QLineEdit, QDoubleSpinBox QLineEdit { border: none; background: transparent; padding: 0 0 0 6px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($icons/control-up.svg); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url($icons/control-down.svg); width: 10px; height: 10px; }
QComboBox QAbstractItemView {
    background: $raised; border: 1px solid $border; selection-background-color: $accent_soft; selection-color: $text;
    outline: none; padding: 4px;
}

QCheckBox { spacing: 8px; }
QCheckBox::indicator {
    width: 16px; height: 16px; border: 1px solid $edge; border-radius: 4px; background: $base;
}
QCheckBox::indicator:hover { border: 1px solid $accent; }
QCheckBox::indicator:checked { background: $accent; border: 1px solid $accent; image: url($icons/$check); }
QCheckBox::indicator:focus { width: 14px; height: 14px; border: 2px solid $accent; }
QCheckBox::indicator:checked:focus { border: 2px solid $text; }
QCheckBox::indicator:disabled { border: 1px solid $border; background: $window; }

QMenuBar { background: $window; border-bottom: 1px solid $border; }
QMenuBar::item { padding: 5px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 14px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $faded; }
QMenu::indicator { width: 6px; height: 6px; border-radius: 3px; margin-left: 4px; background: transparent; }
QMenu::indicator:checked { background: $accent; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QAbstractItemView { background: $base; alternate-background-color: $base; border: none; outline: none; }
QTableView, QListView, QTreeView {
    selection-background-color: $accent_soft; selection-color: $text; gridline-color: $border;
}
QTableView::item { padding: 0 8px; border: none; border-bottom: 1px solid $hairline; }
QTableView::item:selected { background: $accent_soft; color: $text; }
QListView::item { padding: 6px 8px; border-radius: 4px; }
QListView::item:selected { background: $accent_soft; color: $text; }
QHeaderView { background: $base; border: none; }
QHeaderView::section {
    background: $base; color: $muted; border: none; border-bottom: 1px solid $border;
    padding: 6px 11px; font-size: 11px;
}
QTableCornerButton::section { background: $base; border: none; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $edge; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QProgressBar { background: $border; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QLabel[role="key"] { background: $hover; border: 1px solid $border; border-radius: 4px; padding: 1px 6px; }
QFrame[role="line"] { background: $border; border: none; }
QFrame[role="card"] { background: $base; border: 1px solid $border; border-radius: 8px; }
QWidget[role="surface"] { background: $base; }
"""


def style_sheet(colors: Colors) -> str:
    """The style sheet for these colours."""
    words: dict[str, QColor] = {
        "accent_hover": mixed(colors.text, colors.accent, 0.12),
        "hairline": mixed(colors.text, colors.base, 0.07),
        "faded": mixed(colors.text, colors.window, 0.45),
    }
    for name in (
        "window", "base", "raised", "text", "muted", "border", "edge", "hover", "accent", "on_accent", "accent_soft",
        "good", "warn", "bad",
    ):  # fmt: skip
        words[name] = getattr(colors, name)
    sheet = _SHEET.replace("$icons", resource_path("icons").as_posix())
    sheet = sheet.replace("$check", "control-check-dark.svg" if colors.dark else "control-check.svg")
    for name in sorted(words, key=len, reverse=True):
        sheet = sheet.replace(f"${name}", words[name].name())
    return sheet
