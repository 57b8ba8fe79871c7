"""What Ctrl+C copies on the Label page: what is selected anywhere in it, else the text of the sample."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

from lepton_studio.project.records import Sample
from lepton_studio.widgets.marked_text import MarkedText
from lepton_studio.widgets.sample_view import SampleView


def selected_text(page: QWidget, *, focus: QWidget | None) -> str:
    """The text selected in the field that has the keys, else in a part that only shows text; "" for none."""
    if isinstance(focus, QLineEdit) and focus.hasSelectedText():
        return focus.selectedText()
    if isinstance(focus, QPlainTextEdit) and focus.textCursor().hasSelection():
        return focus.textCursor().selection().toPlainText()
    for label in page.findChildren(QLabel):
        if label.isVisible() and label.hasSelectedText():
            return label.selectedText().replace("\u2029", "\n")
    for shown in page.findChildren(SampleView):
        if shown.isVisible() and shown.selected_text:
            return shown.selected_text
    for view in page.findChildren(MarkedText):
        if view.isVisible() and view.has_selection:
            return view.text[slice(*view.selection)]
    return ""


def copied(page: QWidget, current: Sample | None) -> bool:
    """Put what is selected on the clipboard, else the text of the sample; whether it was that."""
    selected = selected_text(page, focus=page.window().focusWidget())
    if selected or current is not None:
        QGuiApplication.clipboard().setText(selected or (current.caption if current is not None else ""))
    return not selected and current is not None
