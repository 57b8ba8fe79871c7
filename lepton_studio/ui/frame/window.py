"""What the parts of the window ask of the whole: its interface for all that stands beside it in this folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from lepton_studio.settings import Settings
from lepton_studio.ui.frame.banner import FaultBanner, PlaceBanner
from lepton_studio.ui.frame.header import Header
from lepton_studio.ui.frame.rail import Rail
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.page import Page
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.toast import Toast


class Window(Protocol):
    """`MainWindow` is the one there is. Its parts call it when the person asks for something; GUI thread only."""

    header: Header
    banner: FaultBanner
    place_banner: PlaceBanner
    rail: Rail
    toast: Toast
    session: Session | None
    left_page: str
    """The id of the page that was in view when a project was left last."""

    @property
    def settings(self) -> Settings:
        """The settings in force."""

    @property
    def page(self) -> Page | None:
        """The page in view."""

    @property
    def page_id(self) -> str:
        """The id of the page in view; "" on the start page."""

    def open_project(self, folder: Path, *, page: str = "label") -> bool:
        """Open a project in place of the one that is open; say why where that cannot be."""

    def leave_project(self, go_on: Callable[[], object], *, keep_running: bool | None = None) -> bool:
        """Close the project. False while the person is asked about it; `go_on` is called after the answer."""

    def forget_project(self, folder: Path) -> None:
        """Take a project out of the list of recent ones."""

    def create_project(self, folder: Path, task: str, labels: tuple[str, ...], files: tuple[Path, ...] = ()) -> bool:
        """Make a project and open it on its Data page, with the import of these files."""

    def open_sample(self, task: str = "text_classification", *, texts: str = "") -> bool:
        """Open the sample project of a task, made on first use; of the first task, that with these texts."""

    def show_start_page(self) -> None:
        """Leave the project that is open and show the start page."""

    def open_page(self, page_id: str) -> None:
        """Bring a page into view."""

    def usual_actions(self) -> list[Action]:
        """All that can be done now, with the keys that they come with."""

    def show_actions(self) -> None:
        """Make the menus and the keys anew."""

    def remember(self, settings: Settings) -> None:
        """Use these settings from now on."""

    def undo(self) -> None:
        """Take the last change back."""

    def redo(self) -> None:
        """Do again what was taken back last."""

    def show_history(self) -> None:
        """All changes, to go back and forth to any of them."""

    def focus_search(self) -> None:
        """Give the search the keys."""

    def show_palette(self) -> None:
        """All that can be done, in a list that narrows as one types."""

    def show_keys(self) -> None:
        """All keys that mean something now."""

    def choose_files(self) -> None:
        """Ask for files, and show them in the import view."""

    def import_files(self, files: list[Path]) -> None:
        """Show these files in the import view."""

    def take_files(self, files: list[Path]) -> None:
        """Have the start page make a project of these files."""

    def close(self) -> bool:
        """End the program, after a question where something goes on."""
