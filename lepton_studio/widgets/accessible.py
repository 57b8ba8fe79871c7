"""What a screen reader is told beyond names and descriptions: the roles of painted widgets, and what just happened.

A class says what it is by an attribute `accessible_role: QAccessible.Role`: Qt takes the role of its own widgets from
their class, and calls any other one a "client".
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QApplication, QKeySequenceEdit, QScrollArea, QWidget

_OF_QT: dict[type[QObject], QAccessible.Role] = {
    QScrollArea: QAccessible.Role.Pane,
    QKeySequenceEdit: QAccessible.Role.HotkeyField,
}


def give_roles(app: QApplication) -> None:
    """Answer a screen reader with the `accessible_role` of a widget's class, from now on. Once for an application."""
    if not app.property("gives_roles"):
        app.setProperty("gives_roles", True)
        QAccessible.installFactory(_interface_of)


def announce(widget: QWidget, sentence: str) -> None:
    """Have a screen reader say a sentence at its next pause; nothing where none is at work. GUI thread only."""
    if sentence and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))


def _interface_of(_name: str, made_for: QObject) -> QAccessibleInterface | None:
    role = getattr(type(made_for), "accessible_role", None) or _OF_QT.get(type(made_for))
    if role is None or not isinstance(made_for, QWidget):
        return None  # Qt's own, or that of a base class
    return QAccessibleWidget(made_for, role)
