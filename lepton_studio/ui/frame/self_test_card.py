"""The self-test from the menu: whether the window opens and a model trains here, and a report of it to send on."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio import __version__
from lepton_studio.language import tr
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE


class SelfTestCard(Overlay):
    """The test runs in a process of its own, the command line's; Escape ends both."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=520)
        self._process: QProcess | None = None
        self.report = ""
        """What is copied: what `self-test --json` says, versions among it. Nothing of a project is in it."""
        self.outcome = words("", wrap=True)
        note = tr("The report names versions, this system and the outcome. It contains nothing from your projects.")
        self.copy_button = button(tr("Copy report"))
        self.copy_button.clicked.connect(self._copy)
        self.close_button = button(tr("Close"), role="primary")
        self.close_button.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Self-test"), size=TITLE, bold=True))
        self.card_layout.addLayout(column(self.outcome, words(note, size=CAPTION, muted=True, wrap=True), gap=8))
        self.card_layout.addLayout(row(self.copy_button, None, self.close_button))
        self.closed.connect(self._end)

    def start(self) -> None:
        """Show the card and begin."""
        self.report = ""
        self.copy_button.setEnabled(False)
        self.outcome.setText(tr("Opening a window and training for a few steps. This takes up to a minute…"))
        self.open_over()
        self.close_button.setFocus()
        if self._process is None:
            process = self._process = QProcess(self)
            process.finished.connect(lambda _code, _status: self._show())
            process.errorOccurred.connect(lambda _error: self._show())
            process.start(sys.executable, ["-m", "lepton_studio", "self-test", "--json"])

    def _show(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        said = bytes(process.readAllStandardOutput().data()).decode("utf-8", "replace")
        errors = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip().splitlines()
        process.deleteLater()
        try:
            facts = json.loads(said)
        except ValueError:
            sentence = errors[-1] if errors else tr("The self-test could not be started.")
            facts = {"passed": False, "sentence": sentence, "version": __version__}
        passed = tr("Passed: the window opens and a model trains here, at {rate:.0f} samples per second.",
                    rate=facts.get("samples_per_second", 0.0))  # fmt: skip
        self.outcome.setText(passed if facts["passed"] else str(facts["sentence"]))
        self.report = json.dumps(facts, ensure_ascii=False, indent=1)
        self.copy_button.setEnabled(True)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.report)
        self.copy_button.setText(tr("Copied"))

    def _end(self) -> None:
        self.copy_button.setText(tr("Copy report"))
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.waitForFinished(1000)
            process.deleteLater()
