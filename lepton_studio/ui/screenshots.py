"""Pictures of every page, drawn without a display: `python -m lepton_studio.ui.screenshots --project DIR --out DIR`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEventLoop
from PySide6.QtWidgets import QApplication

from lepton_studio.language import tr, use_language
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from lepton_studio.settings import Settings
from lepton_studio.studio.sample_project import sample_tasks
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.map.page import MapPage
from lepton_studio.widgets.theme import Scheme, apply_theme

_LOOKED_AT = 30
_DRAWN = 180_000
"""Milliseconds that a child has for the map."""
_REST = 600
"""Milliseconds without background work before a picture is taken."""


def main(arguments: Sequence[str]) -> int:
    """Write the pictures; return 0."""
    options = _options(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from lepton_studio.app import make_application

    with tempfile.TemporaryDirectory(prefix="lepton-pictures-") as home:
        os.environ["LEPTON_HOME"] = home
        app = make_application(language=options.language)
        scheme: Scheme = "dark" if options.dark else "light"
        apply_theme(app, scheme=scheme)
        suffix = ("-dark" if options.dark else "") + (f"-{options.language}" if options.language else "")
        options.out.mkdir(parents=True, exist_ok=True)
        studio = Studio(Path(home), out=options.out, suffix=suffix, only=options.only)
        project = Path(home, f"{options.project.stem if options.project else tr('Sample project')}.lepton")
        if options.project:
            shutil.copytree(options.project, project)
        studio.take_pages(project if options.project else None)
        studio.take_tasks()
        studio.take_others()
        if not options.dark and not options.language:
            studio.take_task_otherwise(app)
    return 0


class Studio:
    """Takes the pictures, one window after the other."""

    def __init__(self, home: Path, *, out: Path, suffix: str, only: str) -> None:
        self._home = home
        self._out = out
        self._suffix = suffix
        self._only = only

    def take_pages(self, project: Path | None) -> None:
        """Each page of a project (the sample project where it is None), and what lies over them."""
        window = self._window()
        if project is None:
            window.open_sample()
        else:
            window.open_project(project)
        for name in ("data", "label", "tune", "inspect", "export"):
            if self._wanted(name):
                window.open_page(name)
                self._shoot(window, name)
        if self._wanted("map"):
            self._take_map(window)
        window.open_page("label")
        if self._wanted("label-card"):
            settle(window)
            page = window.page
            panel = page.panel if page is not None else None  # type: ignore[attr-defined]
            if panel is not None and panel.rows.rows():
                card = panel.open_card(panel.rows.rows()[0].key)
                settle(window)
                card.grab().save(str(self._out / f"label-card{self._suffix}.png"))
                card.close()
        if self._wanted("keys"):
            window.show_keys()
            self._shoot(window, "keys")
        if self._wanted("palette"):
            window.show_palette()
            self._shoot(window, "palette")
        window.close()

    def _take_map(self, window: MainWindow) -> None:
        """The map, which a child draws first."""
        window.open_page("map")
        settle(window)
        page = window.page
        assert isinstance(page, MapPage)
        waited = QElapsedTimer()
        waited.start()
        while page.map is None and waited.elapsed() < _DRAWN:
            page.draw()  # nothing more while it looks for one that is kept, or draws
            settle(window)
        self._shoot(window, "map")

    def take_tasks(self) -> None:
        """The Label page of every task, on its sample project."""
        for task in sample_tasks():
            self._take_task(task.id, f"label-{task.id}")

    def take_task_otherwise(self, app: QApplication) -> None:
        """The Label page of one task in the dark, and in Chinese."""
        task = max(sample_tasks(), key=lambda one: len(one.label_kinds)).id
        if self._wanted(f"label-{task}"):
            apply_theme(app, scheme="dark")
            self._take_task(task, f"label-{task}", suffix="-dark")
            apply_theme(app, scheme="light")
            use_language("zh_CN")
            self._take_task(task, f"label-{task}", suffix="-zh_CN")
            use_language("en")

    def _take_task(self, task: str, name: str, *, suffix: str = "") -> None:
        if not self._wanted(name):
            return
        window = self._window()
        window.open_sample(task)
        page, session = window.page, window.session
        if page is not None and session is not None:
            page.show_samples(Filter(state="labelled"))
            first = session.project.samples(Filter(state="labelled"), limit=_LOOKED_AT)
            page.go_to_sample(max(first, key=lambda sample: len(json.dumps(sample.value))).id)  # there is most to see
        self._shoot(window, name + suffix)
        window.close()

    def take_others(self) -> None:
        """The start page, many labels, Chinese texts, an empty project, an import."""
        if self._wanted("start"):
            window = self._window(Settings(recent=(str(self._home / "Complaints.lepton"),)))
            window.show_start_page()
            self._shoot(window, "start")
            window.close()
        for name, make, page in (
            ("label-77", self._many_labels, "label"),
            ("label-chinese", self._chinese, "label"),
            ("data-empty", self._nothing, "data"),
            ("label-empty", self._nothing, "label"),
            ("tune-empty", self._nothing, "tune"),
            ("inspect-empty", self._nothing, "inspect"),
            ("import", self._nothing, "data"),
        ):
            if self._wanted(name):
                self._take_made(name, make, page)

    def _take_made(self, name: str, make: Callable[[Path], Project], page: str) -> None:
        folder = self._home / f"{name}.lepton"
        make(folder).close()
        window = self._window()
        window.open_project(folder, page=page)
        if name == "import":
            file = self._home / "complaints.csv"
            lines = [f'"My card number {i} was swallowed, and the bank is closed",card stuck' for i in range(40)]
            file.write_text("text,label\n" + "\n".join(lines) + "\nonly one cell\n", "utf-8")
            window.import_files([file])
        self._shoot(window, name)
        window.close()

    def _many_labels(self, folder: Path) -> Project:
        project = Project.create(folder, task="text_classification", labels=[f"{a} {b}" for a in _A for b in _B][:77])
        with project.change("Import") as change:
            change.add_samples(NewSample(f"I still have not received my new card, number {i}.") for i in range(200))
        return project

    def _chinese(self, folder: Path) -> Project:
        project = Project.create(folder, task="text_classification", labels=["好评", "差评", "中性"])
        with project.change("Import") as change:
            change.add_samples([NewSample("很快，好吃，味道足，量大，服务态度也很好，下次还会再点这家店的外卖。" * 2)])
        return project

    def _nothing(self, folder: Path) -> Project:
        return Project.create(folder, task="text_classification", labels=["card stuck", "refund"])

    def _window(self, settings: Settings = Settings()) -> MainWindow:
        window = MainWindow(settings, save=lambda _settings: None)
        window.resize(1280, 800)
        window.show()
        return window

    def _wanted(self, name: str) -> bool:
        return not self._only or name in self._only.split(",")

    def _shoot(self, window: MainWindow, name: str) -> None:
        settle(window)
        path = self._out / f"{name}{self._suffix}.png"
        window.grab().save(str(path))
        print(path)


def settle(window: MainWindow) -> None:
    """Run the event loop until no work goes on beside the window (10 s at most) and a short rest has passed."""
    waited, rested = QElapsedTimer(), QElapsedTimer()
    waited.start()
    rested.start()
    while rested.elapsed() < _REST and waited.elapsed() < 10_000:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if window.session is not None and not window.session.background.is_idle:
            rested.restart()


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("--project", type=Path, default=None, help="a project; the sample project without it")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--language", default="")
    parser.add_argument("--only", default="", help="names of pictures, separated by commas")
    return parser.parse_args(arguments)


_A = (
    "card", "top-up", "transfer", "exchange rate", "cash withdrawal", "refund", "identity check", "direct debit",
    "virtual card", "beneficiary", "passcode",
)  # fmt: skip
_B = ("not working", "pending", "failed", "charged twice", "not recognised", "limit reached", "how to start")

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
