"""What a screen reader says of the sample on the Label page: its text, and how it is labelled."""

from __future__ import annotations

from lepton_studio.language import tr
from lepton_studio.widgets.accessible import announce
from lepton_studio.widgets.editor_widget import EditorWidget

_MOST = 4000
"""Characters; a longer text is read in its own view."""


def tell_sample(editor: EditorWidget, text: str, *, labelled: str) -> None:
    """Let the editor, which has the keys, name the sample that is shown; say it aloud where it is another one, and
    what was decided about it. `labelled`: its value in a few words, "" for none.
    """
    said = tr("labelled {words}", words=labelled) if labelled else tr("not labelled")
    name, description = f"{tr('Sample')}, {said}", text[:_MOST]
    is_other = editor.accessibleDescription() != description
    if not is_other and editor.accessibleName() == name:
        return
    editor.setAccessibleName(name)
    editor.setAccessibleDescription(description)
    announce(editor, f"{description}\n{said}" if is_other else said)
