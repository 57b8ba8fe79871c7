"""Menus and shortcuts made from the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from lepton_studio.language import tr
from lepton_studio.ui.shared.actions import MENU_TITLES, Action, MenuName
from lepton_studio.widgets.greyed import tell_why


class Menus:
    """Owns the menu bar of a window. `show_actions` replaces everything; shortcuts with a modifier work everywhere.

    `told` is given the sentence where the keys of what cannot be done are pressed.
    """

    def __init__(self, window: QMainWindow, *, told: Callable[[str], object]) -> None:
        self._window, self._told = window, told
        self._menus: dict[MenuName, QMenu] = {}
        self._made: list[QAction] = []
        self._actions: Sequence[Action] = ()
        for name, title in MENU_TITLES.items():
            menu = window.menuBar().addMenu(with_letter(tr(title), letter=title[0]))
            menu.aboutToShow.connect(lambda one=name: self._ask_enabled(one))
            menu.aboutToHide.connect(self._enable_all)
            self._menus[name] = menu

    def show_actions(self, actions: Sequence[Action]) -> None:
        """The actions of the window and of the page in view."""
        for made in self._made:
            self._window.removeAction(made)
            made.deleteLater()
        self._made = []
        self._actions = actions
        for menu in self._menus.values():
            menu.clear()
            for inner in menu.findChildren(QMenu):
                inner.setParent(None)
                inner.deleteLater()
        for action in actions:
            made = QAction(action.title, self._window)
            made.triggered.connect(partial(self._run, action))
            keys = [*action.also] if action.plain_key or not action.shortcut else [action.shortcut, *action.also]
            made.setShortcuts([QKeySequence(key) for key in keys])
            if action.plain_key:
                made.setText(f"{action.title}\t{QKeySequence(action.shortcut).toString()}")
            self._window.addAction(made)
            made.setCheckable(action.chosen is not None)
            if action.menu:
                self._place(action, made)
            self._made.append(made)
        for menu in self._menus.values():
            menu.menuAction().setVisible(not menu.isEmpty())

    def _place(self, action: Action, made: QAction) -> None:
        menu = self._menus[action.menu]
        inner = next((one for one in menu.findChildren(QMenu) if one.title() == action.within), None)
        if action.apart and (inner is None or not action.within):
            menu.addSeparator()
        if action.within:
            menu = inner if inner is not None else menu.addMenu(action.within)
        menu.addAction(made)
        if action.why_not:
            tell_why(made, action.why_not)

    def _ask_enabled(self, name: MenuName) -> None:
        for action, made in zip(self._actions, self._made, strict=True):
            if action.menu == name:
                made.setEnabled(action.enabled())
                made.setChecked(action.chosen is not None and action.chosen())

    def _run(self, action: Action, _checked: bool = False) -> None:
        if action.enabled():
            action.run()
        elif action.why_not:
            self._told(action.why_not)

    def _enable_all(self) -> None:
        for made in self._made:
            made.setEnabled(True)  # a disabled QAction would swallow its shortcut until the menu is opened again


def with_letter(title: str, *, letter: str) -> str:
    """A menu's title with the letter that opens it (Alt+V): "&View", and "视图(&V)" where the title lacks it."""
    return f"&{title}" if title.startswith(letter) else f"{title}(&{letter})"
