"""The first page, while no project is open: choose a task, make a project, or go on with one that is there."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QScrollArea, QWidget

from lepton_studio.language import tr
from lepton_studio.tasks import all_tasks
from lepton_studio.ui.frame.window import Window
from lepton_studio.ui.start.new_project_form import NewProjectForm
from lepton_studio.ui.start.task_cards import TaskCards
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.plain_text import menu_words, set_tool_tip
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE, text_font

_CARDS, _FORM = 560, 340
_NAME = 280
"""Pixels for a project's name on a button."""
_DROP = 76
"""What else stands on the line of a recent project."""
_FIRST = "text_classification"


class StartPage(QWidget):
    """Says what is wanted; the window does it."""

    project_wanted = Signal(object)
    """Path: open this project."""
    sample_wanted = Signal(str)
    """Task id: open its sample project."""
    texts_wanted = Signal(str)
    """Id of sample texts: open their project."""
    new_wanted = Signal(object, str, tuple, tuple)
    """Path of the new project's folder, task id, label names, files to import."""
    recent_dropped = Signal(object)
    """Path: take it out of the list."""
    back_wanted = Signal(object)
    """Path: go back to the project that was left for this page."""
    _guessed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from lepton_studio.studio.sample_project import first_samples, sample_tasks

        self._with_sample = {task.id for task in sample_tasks()}
        self._files: tuple[Path, ...] = ()
        tasks = sorted(all_tasks().values(), key=lambda task: task.id != _FIRST)
        self.form = NewProjectForm()
        self.form.wanted.connect(self.new_wanted)
        self.tasks = TaskCards(tasks)
        self.tasks.chosen.connect(self._show_task)
        self.sample = button(tr("Open its sample project"))
        self.sample.clicked.connect(lambda: self.sample_wanted.emit(self.tasks.choice))
        self.first = QWidget()
        """Three samples to begin with: in front on the first start, later below the tasks."""
        self.samples = {one.id: button(one.title, tip=one.summary) for one in first_samples()}
        for texts, chosen in self.samples.items():
            chosen.clicked.connect(lambda _on=False, one=texts: self.texts_wanted.emit(one))
        self._first_words = words("", muted=True, wrap=True)
        self.first.setLayout(column(self._first_words, row(*self.samples.values(), None), 16, gap=8))
        self._guessed.connect(self._take_guess, Qt.ConnectionType.QueuedConnection)
        open_button = button(tr("Open project…"))
        open_button.clicked.connect(self._choose)
        self.back = button("")
        self.back.hide()
        self.back.clicked.connect(self._go_back)
        self._left: Path | None = None
        self._recent = column(gap=2)
        self._recent_title = words(tr("Recent projects"), bold=True)
        left = QWidget()
        left.setMaximumWidth(_CARDS)
        self._left_side = column(
            words(tr("What do you want a model to learn?"), size=TITLE, bold=True),
            words(tr("Choose a task, or drop a file here to have the task chosen for you."), muted=True, wrap=True),
            8,
            self.tasks,
            8,
            row(self.sample, words(tr("Ready to label and tune."), size=CAPTION, muted=True), None),
            None,
        )
        left.setLayout(self._left_side)
        right = QWidget()
        right.setMaximumWidth(_FORM)
        right.setLayout(
            column(
                words(tr("New project"), size=TITLE, bold=True),
                words(tr("Keeps your texts and runs in one folder on this computer."), muted=True, wrap=True),
                8,
                self.form,
                row(self.back, None),
                24,
                row(self._recent_title, None, open_button),
                self._recent,
                None,
            )
        )
        both = row(None, left, 40, right, None, margins=(32, 24, 32, 24))
        both.setStretchFactor(left, 1000)
        both.setStretchFactor(right, 600)
        content = QWidget()
        content.setLayout(column(None, both, None, None))
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        scroll.setAccessibleName(tr("New project"))
        self.setLayout(column(scroll))
        self._show_task(self.tasks.choice)

    def show_recent(self, folders: Sequence[str]) -> None:
        """The recent projects, newest first; those not there any more are greyed and can be taken out."""
        self._place_first(is_first_start=not folders)
        clear(self._recent)
        self._recent_title.setText(tr("Recent projects") if folders else tr("Or continue"))
        for folder in folders:
            path = Path(folder)
            shown = _cut(path.stem, _NAME - 90, size=BODY)
            entry = button(menu_words(shown), role="quiet", tip=folder, name=tr("Open {name}", name=path.stem))
            entry.setStyleSheet("text-align: left;")
            entry.ensurePolished()
            entry.setMinimumWidth(entry.sizeHint().width())
            entry.setEnabled(path.is_dir())
            entry.clicked.connect(lambda _on=False, one=path: self.project_wanted.emit(one))
            room = _FORM - _DROP - entry.sizeHint().width()
            where = words(_cut(_short(path.parent), room, size=CAPTION), size=CAPTION, muted=True)
            set_tool_tip(where, folder)
            drop = IconButton("close", tr("Remove {name} from this list", name=path.stem))
            drop.clicked.connect(lambda _on=False, one=path: self.recent_dropped.emit(one))
            self._recent.addLayout(row(entry, where, None, drop))

    def _place_first(self, *, is_first_start: bool) -> None:
        self._left_side.removeWidget(self.first)
        self._left_side.insertWidget(0 if is_first_start else self._left_side.count() - 1, self.first)
        self._first_words.setText(
            tr("New here? Begin with one of these samples. A tour of five steps shows the way.")
            if is_first_start
            else tr("Or try text classification with one of these samples:")
        )

    def show_left(self, folder: Path | None) -> None:
        """Escape and a button lead back to this project; None: no project was left for this page."""
        self._left = folder
        self.back.setVisible(folder is not None)
        if folder is not None:
            name = tr("Back to {name}", name=folder.stem)
            self.back.setText(menu_words(_cut(name, _NAME, size=BODY)))
            self.back.setAccessibleName(name)
            set_tool_tip(self.back, str(folder))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._left is not None:
            self._go_back()
        else:
            super().keyPressEvent(event)

    def _go_back(self) -> None:
        if self._left is not None:
            self.back_wanted.emit(self._left)

    def take_files(self, files: Sequence[Path]) -> None:
        """Files were dropped: look beside the window what they are for; one click then makes the project."""
        self._files = tuple(files)
        self.form.show_files(files, task_title="")
        self.form.create_button.setFocus()
        look = threading.Thread(target=self._guess, args=(self._files,), name="guess the task", daemon=True)
        look.start()

    def _guess(self, files: tuple[Path, ...]) -> None:
        from lepton_studio.formats import UnreadableFile, sniff
        from lepton_studio.studio.choosing import likely_task, wants_of_all_tasks

        try:
            task = likely_task(sniff(files, wants=wants_of_all_tasks()))
        except (UnreadableFile, OSError):
            return  # the import says what is wrong with it
        self._guessed.emit(files, task)

    def _take_guess(self, files: tuple[Path, ...], task: str) -> None:
        if files == self._files:
            self.tasks.choose(task)
            self.form.show_files(files, task_title=tr(all_tasks()[task].title))

    def _show_task(self, task_id: str) -> None:
        self.form.show_task(all_tasks()[task_id])
        self.sample.setEnabled(task_id in self._with_sample)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Open a project (a folder ending in .lepton)"))
        if chosen:
            self.project_wanted.emit(Path(chosen))


def _cut(said: str, room: int, *, size: int) -> str:
    return QFontMetrics(text_font(size)).elidedText(said, Qt.TextElideMode.ElideMiddle, max(0, room))


def _short(path: Path) -> str:
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except ValueError:
        return str(path)


def start_page_of(window: Window) -> StartPage:
    """A start page whose wishes the window fulfils."""
    page = StartPage()
    page.project_wanted.connect(window.open_project)
    page.back_wanted.connect(lambda folder: window.open_project(folder, page=window.left_page))
    page.sample_wanted.connect(window.open_sample)
    page.texts_wanted.connect(lambda texts: window.open_sample(texts=texts))
    page.new_wanted.connect(window.create_project)
    page.recent_dropped.connect(window.forget_project)
    return page
