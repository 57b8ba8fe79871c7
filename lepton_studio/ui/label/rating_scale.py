"""Tells an editor of ratings the project's scale, and keeps the one that the person chooses."""

from __future__ import annotations

from PySide6.QtCore import QObject

from lepton_studio.contract.editing import Scaled
from lepton_studio.language import tr, trn
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import Scale
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.editor_widget import EditorWidget


def feed_scale(session: Session, editor: EditorWidget) -> None:
    """Now, and whenever a file is brought in; nothing for an editor that knows no scale."""
    scaled: Scaled | None = editor.scaled
    if scaled is not None:
        _ScaleFeed(session, scaled, parent=editor)


class _ScaleFeed(QObject):
    """Lives as long as the editor."""

    def __init__(self, session: Session, editor: Scaled, *, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._editor = editor
        editor.scale_wanted.connect(self._keep)
        session.changed.connect(self._show_changes)
        self._read()

    def _show_changes(self, changes: Changes) -> None:
        if changes.structure:
            self._read()

    def _read(self) -> None:
        from lepton_studio.studio.scales import scale_now

        task = self._session.task

        def done(scale: Scale | None) -> None:
            if scale is not None:
                self._editor.set_scale(scale)

        self._session.run_in_background(
            tr("Reading ratings"), lambda one: scale_now(one.project, task), done, quiet=True
        )

    def _keep(self, scale: Scale) -> None:
        from lepton_studio.studio.scales import count_off_scale

        session, task = self._session, self._session.task

        def done(count: int) -> None:
            if count:
                said = trn(
                    "{count} rating is outside this scale. It is kept until you change it.",
                    "{count} ratings are outside this scale. They are kept until you change them.",
                    count,
                )
                session.said.emit(said, False)

        session.perform(lambda project: project.set_scale(scale))
        self._editor.set_scale(scale)
        session.run_in_background(
            tr("Reading ratings"), lambda one: count_off_scale(one.project, task, scale), done, quiet=True
        )
