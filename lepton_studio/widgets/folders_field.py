"""A button that says which folders are chosen, and a menu to tick them in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QSizePolicy, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.plain_text import menu_words, set_tool_tip
from lepton_studio.words import shortened

_LONGEST = 40
"""Characters of the button: the tool tip has the rest."""


class FoldersField(QPushButton):
    """Emits `changed()` after each change by the person. `offered()`: the folders that stand in the menu beside those
    that are chosen; asked each time that it opens.
    """

    changed = Signal()

    def __init__(self, offered: Callable[[], Sequence[str]], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered = offered
        self._chosen: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # as wide as its place, not its words
        self.clicked.connect(self._open)
        self.choose(())

    @property
    def folders(self) -> tuple[str, ...]:
        """Those that are chosen, by their whole paths."""
        return self._chosen

    def choose(self, folders: Sequence[str]) -> None:
        """Show these as chosen, telling nobody."""
        self._chosen = tuple(folders)
        said = shortened(tr(", ").join(Path(one).stem for one in folders), _LONGEST)
        self.setText(menu_words(said) if said else tr("Choose…"))
        set_tool_tip(self, "\n".join(folders))

    def menu_now(self) -> QMenu:
        """What is offered, with a tick where it is chosen."""
        menu = QMenu(self)
        for folder in dict.fromkeys((*self._chosen, *self._offered())):
            action = menu.addAction(menu_words(f"{Path(folder).stem} ({Path(folder).parent})"))
            action.setCheckable(True)
            action.setChecked(folder in self._chosen)
            action.toggled.connect(partial(self._tick, folder))
        menu.addSeparator()
        menu.addAction(tr("Another folder…"), self._ask)
        return menu

    def _open(self) -> None:
        menu = self.menu_now()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _tick(self, folder: str, is_on: bool) -> None:
        self.choose([*(one for one in self._chosen if one != folder), *([folder] if is_on else [])])
        self.changed.emit()

    def _ask(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Choose a project (a folder ending in .lepton)"))
        if folder:
            self._tick(folder, True)
