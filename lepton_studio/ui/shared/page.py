"""The base of every page: reads again only while it is seen, and runs its plain keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QKeyCombination, Qt, Signal
from PySide6.QtGui import QAccessible, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from lepton_studio.project.changes import Changes
from lepton_studio.project.records import Filter, SampleId
from lepton_studio.ui.frame.remapped import with_keys
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.read_only import without_changes
from lepton_studio.ui.shared.session import Session

POINTED_AT = "pointed-at"
"""The object name of the part of a page that the tour points at."""


class Page(QWidget):
    """One entry of the rail. Subclasses build their widgets in `__init__` and read the project in `refresh`.

    The window builds a page on its first activation, calls `activate()` each time it comes into view and `deactivate()`
    when it goes. While hidden, changes only mark it stale; `activate` then calls `refresh`. So a page never connects to
    `session.changed` itself.
    """

    accessible_role = QAccessible.Role.Pane
    shows_samples = False
    """It shows samples of a filter, and can search them."""
    search_changed = Signal(str)
    """The search in force on this page changed by something else than the search box."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._active = False
        self._stale = True
        self._own = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes to what is on it: a whole page shows no focus
        session.changed.connect(self._take_changes)
        session.settled.connect(self._take_settled)

    def refresh(self) -> None:
        """Read everything shown from the project again: on the first activation and after changes while hidden."""

    def show_changes(self, changes: Changes) -> None:
        """Repaint what `changes` touched; called only while the page is in view."""
        self.refresh()

    def show_settled(self, changes: Changes) -> None:
        """As `show_changes`, for what was told as done while it waited and is in the project only now."""
        self.show_changes(changes)

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

    def mark_fresh(self) -> None:
        """What is shown is up to date: the next activation need not read it again."""
        self._stale = False

    @contextmanager
    def own_change(self) -> Iterator[None]:
        """Changes made inside are this page's own: it shows them itself, `show_changes` is not called."""
        self._own = True
        try:
            yield
        finally:
            self._own = False

    @property
    def search_text(self) -> str:
        """The search in force on this page, for the search box of the window."""
        return ""

    def search(self, text: str) -> bool:
        """Search the samples for `text` here ("" ends the search). False: this page shows no samples."""
        return False

    def show_samples(self, which: Filter) -> None:
        """Show these samples (Label and Data pages)."""

    def go_to_sample(self, sample: SampleId) -> None:
        """Show this one sample (Label page)."""

    def import_files(self, files: Sequence[Path]) -> None:
        """Show these files in the import view (Data page)."""

    def actions_of_page(self) -> Sequence[Action]:
        """What can be done here; shown in menus, palette and key page while the page is in view."""
        return ()

    def keys_of_page(self) -> Sequence[tuple[str, str]]:
        """Keys that a part of the page handles by itself, each with what it does; the key page shows them too."""
        return ()

    def pointed_at(self) -> QWidget:
        """What the tour points at: the part of this page called `POINTED_AT`, else the whole page."""
        return self.findChild(QWidget, POINTED_AT) or self

    def flush(self) -> None:
        """Write at once what waits for a pause in typing; asked before an undo."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._leaves(event):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
        elif not self.run_plain_key(event):
            super().keyPressEvent(event)

    def _leaves(self, event: QKeyEvent) -> bool:
        """Whether a key asks for the next control where Tab alone is the editor's: Ctrl+Tab, Ctrl+Shift+Tab."""
        is_tab = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return is_tab and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)

    def run_plain_key(self, event: QKeyEvent) -> bool:
        """Run the page's action for this key, if it has one that is enabled; say why where it never is."""
        pressed = key_of(event)
        actions = without_changes(self.actions_of_page(), self.session.project)
        for action in with_keys(actions, self.session.settings.keys):
            if action.plain_key and QKeySequence(action.shortcut) == pressed and (action.enabled() or action.why_not):
                if action.enabled():
                    action.run()
                else:
                    self.session.failed.emit(action.why_not)
                return True
        return False

    def _take_changes(self, changes: Changes) -> None:
        if self._own:
            return
        if self._active:
            self.show_changes(changes)
        else:
            self._stale = True

    def _take_settled(self, changes: Changes) -> None:
        if self._active:
            self.show_settled(changes)
        else:
            self._stale = True


def key_of(event: QKeyEvent) -> QKeySequence:
    """The key with its modifiers, the keypad's Enter and digits counted as the main ones.

    A printed sign such as "?" comes without Shift, as key sequences name it.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key.Key_Return if event.key() == Qt.Key.Key_Enter else Qt.Key(event.key())
    if event.text() and event.text().isprintable() and not event.text().isalnum() and key != Qt.Key.Key_Space:
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(modifiers, key))
