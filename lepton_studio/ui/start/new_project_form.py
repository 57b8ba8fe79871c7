"""What a new project needs beside its task: a name, a place, labels where the task has some, files to begin with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import button, row, words


class NewProjectForm(Form):
    """`wanted(folder, task id, label names, files)`: make this project, and import the files."""

    wanted = Signal(object, str, tuple, tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task_id = ""
        self._has_labels = True
        self._files: tuple[Path, ...] = ()
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("Complaints"))
        self.place = QLineEdit(str(Path.home()))
        browse = IconButton("folder", tr("Choose a folder"))
        browse.clicked.connect(self._browse)
        place = QWidget()
        place.setLayout(row(self.place, browse, gap=4))
        self.labels = QLineEdit()
        self.files_said = words("", wrap=True)
        forget = IconButton("close", tr("Do not import"))
        forget.clicked.connect(lambda: self.show_files((), task_title=""))
        files = QWidget()
        line = row(self.files_said, forget, gap=4)
        line.setStretch(0, 1)
        files.setLayout(line)
        self.add("files", tr("To import"), field=files)
        self.add("name", tr("Name"), field=self.name)
        self.add(
            "labels",
            tr("Labels"),
            field=self.labels,
            sentence=tr("Separated by commas. An imported file adds its own labels."),
        )
        self.add("place", tr("Location"), field=place)
        self.place.setAccessibleName(tr("Location"))
        self.create_button = button("", role="primary")
        self.create_button.clicked.connect(self._create)
        self.name.returnPressed.connect(self._create)
        self.labels.returnPressed.connect(self._create)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self.create_button)
        self.show_files((), task_title="")

    def show_task(self, task: Task[Any]) -> None:
        """Another task was chosen."""
        self._task_id = task.id
        self._has_labels = bool(task.label_kinds)
        self.show_row("labels", self._has_labels)
        marks = "span" in task.label_kinds
        self.labels.setPlaceholderText(tr("person, company, amount") if marks else tr("card stuck, lost card, refund"))

    def show_files(self, files: Sequence[Path], *, task_title: str) -> None:
        """Files that were dropped, and the task that they look like ("" while that is not known)."""
        self._files = tuple(files)
        names = ", ".join(file.name for file in files[:3]) + (" …" if len(files) > 3 else "")
        self.files_said.setText(tr("{names}: looks like {task}", names=names, task=task_title) if task_title else names)
        self.show_row("files", bool(files))
        self.create_button.setText(tr("Create project and import") if files else tr("Create project"))
        self.create_button.setAccessibleName(self.create_button.text())
        if files and not self.name.text().strip():
            self.name.setText(self._free_name(files[0]))

    def _free_name(self, file: Path) -> str:
        plain = re.sub(r'[/\\:*?"<>|]', " ", file.stem).strip() or tr("Project")
        place = Path(self.place.text().strip()).expanduser()
        names = (plain, *(f"{plain} {number}" for number in range(2, 100)))
        return next((name for name in names if not (place / f"{name}.lepton").exists()), plain)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Location of the project folder"), self.place.text())
        if chosen:
            self.place.setText(chosen)

    def _create(self) -> None:
        name, place = self.name.text().strip(), Path(self.place.text().strip()).expanduser()
        self.show_error("name", "" if name else tr("Enter a name for the project."))
        self.show_error("place", "" if place.is_dir() else tr("This folder does not exist."))
        if any(letter in name for letter in '/\\:*?"<>|'):
            self.show_error("name", tr('A name cannot contain / \\ : * ? " < > |'))
            return
        folder = place / f"{name}.lepton"
        if name and folder.exists():
            self.show_error("name", tr("A project with this name already exists."))
            return
        if name and place.is_dir():
            typed = self.labels.text() if self._has_labels else ""
            labels = tuple(dict.fromkeys(one.strip() for one in re.split("[,，、]", typed) if one.strip()))
            self.wanted.emit(folder, self._task_id, labels, self._files)
