"""What a person can do: one table that makes the menus, the keys, the command palette and the page of all keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

MenuName = Literal["project", "edit", "label", "tune", "view", "help", ""]
MENU_TITLES: dict[MenuName, str] = {
    "project": "Project",
    "edit": "Edit",
    "label": "Label",
    "tune": "Tune",
    "view": "View",
    "help": "Help",
}
"""The menus in their order, with English source titles. Menu "" is the palette and the key page only."""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    `title` is already translated. `shortcut` is a portable key sequence ("Ctrl+K", "Space", "F") or "". `run` is called
    in the window's thread. `enabled` is asked each time a menu or the palette opens. `plain_key`: the shortcut has no
    modifier, so it works while no text field has the focus (the page's `keyPressEvent` runs it, never a QShortcut).
    `also`: further keys, with a modifier, that work while a text field has the focus. `chosen`: one of several of which
    one is in force; the menu marks it. `apart`: the menu draws a line above it. `within`: the title of the submenu it
    stands in. `why_not`: why it is never enabled, in a sentence; "" for all others.
    """

    id: str
    title: str
    run: Callable[[], object]
    shortcut: str = ""
    menu: MenuName = ""
    enabled: Callable[[], bool] = _always
    chosen: Callable[[], bool] | None = None
    apart: bool = False
    also: tuple[str, ...] = ()
    within: str = ""
    why_not: str = ""

    @property
    def main_key(self) -> str:
        """The key to show for it, "" for none."""
        return self.shortcut or next(iter(self.also), "")

    @property
    def plain_key(self) -> bool:
        """Whether the shortcut is a key without Ctrl, Alt or Meta."""
        parts = self.shortcut.split("+") if len(self.shortcut) > 1 else [self.shortcut]
        return bool(self.shortcut) and not {"Ctrl", "Alt", "Meta"} & set(parts) and not _is_function_key(parts[-1])


def _is_function_key(key: str) -> bool:
    return len(key) > 1 and key[0] == "F" and key[1:].isdigit()
