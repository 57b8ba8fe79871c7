"""The window closes and comes back where it was: at another size, or with the version before an update."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QProcessEnvironment
from PySide6.QtWidgets import QWidget

from lepton_studio import __version__
from lepton_studio.language import tr
from lepton_studio.studio.earlier_version import LAUNCHER, EarlierVersion
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.frame.window import Window
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.theme import TITLE

PAGE = "LEPTON_PAGE"
"""The variable that tells the next window which page was in view."""


def restart(window: Window) -> None:
    """Close the window and start the app again on its project and page; the person is asked where something goes on."""
    place = _place(window)

    def go() -> None:
        window.close()
        place.startDetached()

    if window.leave_project(go):
        go()


def step_back(window: Window, earlier: EarlierVersion) -> None:
    """Have the launcher point to the version before, then close, and start that one. The project is left before."""
    place = _place(window)
    folder = None if window.session is None else window.session.project.folder

    def go() -> None:
        asked = QProcess(window.toast.host)
        asked.finished.connect(lambda code, _status: done(asked, code))
        asked.errorOccurred.connect(lambda _error: done(asked, 1))
        asked.start(str(earlier.launcher), ["--step-back"])

    def done(asked: QProcess, code: int) -> None:
        asked.blockSignals(True)
        if code == 0:
            window.close()
            place.startDetached()
            return
        said = bytes(asked.readAllStandardError().data()).decode("utf-8", "replace").strip()
        if folder is None or not window.open_project(folder):
            window.show_start_page()
        window.toast.say(said or tr("Version {version} could not be started.", version=earlier.version), seconds=10)

    if window.leave_project(go):
        go()


class StepBackCard(Overlay):
    """What happens, before it does. Escape closes the card and changes nothing."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=480)
        self.title = words("", size=TITLE, bold=True)
        self.about = words("", wrap=True)
        self.cancel = button(tr("Cancel"))
        self.cancel.clicked.connect(self.close_over)
        self.go = button("", role="primary")
        self.go.clicked.connect(self._go)
        self.card_layout.addWidget(self.title)
        self.card_layout.addWidget(self.about)
        self.card_layout.addLayout(row(None, self.cancel, self.go))

    def ask(self, window: Window, earlier: EarlierVersion) -> None:
        """Offer it."""
        self._window, self._earlier = window, earlier
        self.title.setText(tr("Switch to version {version}?", version=earlier.version))
        self.about.setText(
            tr(
                "Version {other} was in use before this one ({version}) and is still on this computer. Lepton Studio "
                "closes and starts again with it; nothing is downloaded, and your projects stay where they are. "
                "A project that a newer version has brought up to date opens read-only in an older one. The same "
                "command brings you back here.",
                other=earlier.version,
                version=__version__,
            )
        )
        self.go.setText(tr("Restart with version {version}", version=earlier.version))
        self.go.setAccessibleName(self.go.text())
        self.open_over()
        self.cancel.setFocus()

    def _go(self) -> None:
        self.close_over()
        step_back(self._window, self._earlier)


def _place(window: Window) -> QProcess:
    """The app once more, to be started when this one has closed."""
    launcher = os.environ.get(LAUNCHER, "")
    folder: Path | None = None if window.session is None else window.session.project.folder
    process, variables = QProcess(), QProcessEnvironment.systemEnvironment()
    variables.insert(PAGE, window.page_id)
    process.setProcessEnvironment(variables)
    process.setProgram(launcher or sys.executable)
    process.setArguments([*([] if launcher else ["-m", "lepton_studio"]), *([] if folder is None else [str(folder)])])
    return process
