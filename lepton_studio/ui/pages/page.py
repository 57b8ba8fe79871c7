"""The base of every page: reads again only while it is seen, and runs its plain keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from lepton_studio.project.changes import Changes
from lepton_studio.ui.actions import Action
from lepton_studio.ui.session import Session


class Page(QWidget):
    """One entry of the rail. Subclasses build their widgets in `__init__` and read the project in `refresh`.

    The window builds a page on its first activation, calls `activate()` each time it comes into view and `deactivate()`
    when it goes. While hidden, changes only mark it stale; `activate` then calls `refresh`. So a page never connects to
    `session.changed` itself.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._active = False
        self._stale = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        session.changed.connect(self._take_changes)

    def refresh(self) -> None:
        """Read everything shown from the project again. Called on the first activation and after changes while hidden."""

    def show_changes(self, changes: Changes) -> None:
        """Repaint what `changes` touched; called only while the page is in view."""
        self.refresh()

    def activate(self) -> None:
        """The page comes into view."""
        self._active = True
        if self._stale:
            self._stale = False
            self.refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        """The page goes out of view."""
        self._active = False

    @property
    def is_active(self) -> bool:
        """Whether the page is in view."""
        return self._active

    def mark_stale(self) -> None:
        """Read again at the next activation."""
        self._stale = True

    def actions_of_page(self) -> Sequence[Action]:
        """What can be done here; shown in menus, palette and key page while the page is in view."""
        return ()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.run_plain_key(event):
            super().keyPressEvent(event)

    def run_plain_key(self, event: QKeyEvent) -> bool:
        """Run the page's action for this key, if it has one that is enabled."""
        pressed = key_of(event)
        for action in self.actions_of_page():
            if action.plain_key and QKeySequence(action.shortcut)[0] == pressed and action.enabled():
                action.run()
                return True
        return False

    def _take_changes(self, changes: Changes) -> None:
        if self._active:
            self.show_changes(changes)
        else:
            self._stale = True


def key_of(event: QKeyEvent) -> QKeyCombination:
    """The key with its modifiers, the keypad's Enter and digits counted as the main ones.

    A printed sign such as "?" comes without Shift, as key sequences name it.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key.Key_Return if event.key() == Qt.Key.Key_Enter else Qt.Key(event.key())
    if event.text() and event.text().isprintable() and not event.text().isalnum() and key != Qt.Key.Key_Space:
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeyCombination(modifiers, key)
