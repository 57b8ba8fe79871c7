"""What cannot be done stays in its place, grey, and says why where the mouse rests on it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtWidgets import QMenu, QWidget

from lepton_studio.widgets.plain_text import set_tool_tip, show_tool_tip, tool_tip

_WHY = "why not"


def keep_grey(part: QWidget, why: str) -> None:
    """Grey from now on, whatever else is said of it. Saying so a second time does no harm."""
    if not any(isinstance(one, _Greyed) for one in part.children()):
        _Greyed(part, why)


def grey_entry(entry: QAction, why: str) -> None:
    """Grey an entry of a menu that it stands in already."""
    entry.setEnabled(False)
    tell_why(entry, why)


def tell_why(entry: QAction, why: str) -> None:
    """What its menu says of an entry while that is grey; the tool tips that Qt has for menus would name all others."""
    set_tool_tip(entry, why)
    entry.setProperty(_WHY, why)
    for menu in entry.associatedObjects():
        if isinstance(menu, QMenu) and not any(isinstance(one, _Reasons) for one in menu.children()):
            menu.installEventFilter(_Reasons(menu))


def why_grey(entry: QAction) -> str:
    """What its menu says of it, "" for nothing."""
    said = entry.property(_WHY)
    return said if isinstance(said, str) and not entry.isEnabled() else ""


class _Greyed(QObject):
    """Pages enable their buttons again, and give them other tool tips, as what they show changes."""

    def __init__(self, part: QWidget, why: str) -> None:
        super().__init__(part)
        self._part, self._why = part, why
        self._hold()
        part.installEventFilter(self)

    def _hold(self) -> None:
        if self._part.isEnabled():
            self._part.setEnabled(False)
        if self._part.toolTip() != tool_tip(self._why):
            set_tool_tip(self._part, self._why)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.EnabledChange, QEvent.Type.ToolTipChange):
            self._hold()
        return False


class _Reasons(QObject):
    """Looks at the events of one menu."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not (isinstance(watched, QMenu) and isinstance(event, QHelpEvent)):
            return False
        entry = watched.actionAt(event.pos())
        why = "" if entry is None else why_grey(entry)
        if why:
            show_tool_tip(why, at=event.globalPos(), over=watched)
        return bool(why)
