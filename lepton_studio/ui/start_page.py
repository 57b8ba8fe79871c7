"""The first page, while no project is open: a new one, one from disk, a recent one, or the sample."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.tasks import all_tasks
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import button, clear, column, line, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE

_WIDTH = 400


class StartPage(QWidget):
    """Says what is wanted; the window does it."""

    project_wanted = Signal(object)
    """Path: open this project."""
    sample_wanted = Signal()
    new_wanted = Signal(object, str, tuple)
    """Path of the new project's folder, task id, label names."""
    recent_dropped = Signal(object)
    """Path: take it out of the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = NewProjectForm()
        self.form.wanted.connect(self.new_wanted)
        open_button = button(tr("Open a project …"))
        open_button.clicked.connect(self._choose)
        sample = button(tr("Open the sample project"))
        sample.clicked.connect(self.sample_wanted)
        self._recent = column(gap=2)
        self._recent_title = words(tr("Recent projects"), bold=True)
        left = QWidget()
        left.setFixedWidth(_WIDTH)
        left.setLayout(
            column(
                words(tr("New project"), size=TITLE, bold=True),
                words(
                    tr("A project keeps your texts, labels and runs in one folder on this machine."),
                    muted=True,
                    wrap=True,
                ),
                8,
                self.form,
                None,
            )
        )
        right = QWidget()
        right.setFixedWidth(_WIDTH)
        right.setLayout(
            column(
                words(tr("Or go on"), size=TITLE, bold=True),
                words(
                    tr("The sample project is ready to label and to tune; no network needed."), muted=True, wrap=True
                ),
                8,
                row(sample, open_button, None),
                24,
                self._recent_title,
                self._recent,
                None,
            )
        )
        divider = line(vertical=True)
        self.setLayout(
            column(None, row(None, left, 32, divider, 32, right, None), None, None, margins=(24, 24, 24, 24))
        )

    def show_recent(self, folders: Sequence[str]) -> None:
        """The recent projects, newest first; those not there any more are greyed and can be taken out."""
        clear(self._recent)
        self._recent_title.setVisible(bool(folders))
        for folder in folders:
            path = Path(folder)
            entry = button(path.stem, role="quiet", tip=folder, name=tr("Open {name}", name=path.stem))
            entry.setStyleSheet("text-align: left;")
            entry.setEnabled(path.is_dir())
            entry.clicked.connect(lambda _on=False, one=path: self.project_wanted.emit(one))
            where = words(_short(path.parent), size=CAPTION, muted=True)
            drop = IconButton("close", tr("Take {name} out of this list", name=path.stem))
            drop.clicked.connect(lambda _on=False, one=path: self.recent_dropped.emit(one))
            self._recent.addLayout(row(entry, where, None, drop))

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Open a project (a folder that ends in .lepton)"))
        if chosen:
            self.project_wanted.emit(Path(chosen))


class NewProjectForm(Form):
    """Name, place, task and labels of a new project."""

    wanted = Signal(object, str, tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("Complaints"))
        self.place = QLineEdit(str(Path.home()))
        browse = IconButton("folder", tr("Choose a folder"))
        browse.clicked.connect(self._browse)
        place = QWidget()
        place.setLayout(row(self.place, browse, gap=4))
        self.task = QComboBox()
        for task in all_tasks().values():
            self.task.addItem(tr(task.title), task.id)
            self.task.setItemData(self.task.count() - 1, tr(task.summary), Qt.ItemDataRole.ToolTipRole)
        self.labels = QLineEdit()
        self.labels.setPlaceholderText(tr("card stuck, lost card, refund"))
        self.add("name", tr("Name"), field=self.name)
        self.add("task", tr("Task"), field=self.task)
        self.add(
            "labels",
            tr("Labels"),
            field=self.labels,
            sentence=tr("Separated by commas. A file that you import brings its own."),
        )
        self.add("place", tr("Where"), field=place)
        self.place.setAccessibleName(tr("Where"))
        self.create_button = button(tr("Create project"), role="primary")
        self.create_button.clicked.connect(self._create)
        self.name.returnPressed.connect(self._create)
        self.labels.returnPressed.connect(self._create)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self.create_button)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Where the project's folder goes"), self.place.text())
        if chosen:
            self.place.setText(chosen)

    def _create(self) -> None:
        name, place = self.name.text().strip(), Path(self.place.text().strip()).expanduser()
        self.show_error("name", "" if name else tr("A project needs a name."))
        self.show_error("place", "" if place.is_dir() else tr("This folder does not exist."))
        if any(letter in name for letter in '/\\:*?"<>|'):
            self.show_error("name", tr('A name cannot contain / \\ : * ? " < > |'))
            return
        folder = place / f"{name}.lepton"
        if name and folder.exists():
            self.show_error("name", tr("There is a project of this name already."))
            return
        if name and place.is_dir():
            labels = tuple(dict.fromkeys(one.strip() for one in re.split("[,，、]", self.labels.text()) if one.strip()))
            self.wanted.emit(folder, self.task.currentData(), labels)


def _short(path: Path) -> str:
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except ValueError:
        return str(path)
