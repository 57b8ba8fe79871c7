"""The actions of the window itself, whatever page is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_studio.language import LANGUAGES, tr
from lepton_studio.ui.actions import Action
from lepton_studio.ui.pages import PAGES

if TYPE_CHECKING:
    from lepton_studio.ui.main_window import MainWindow


def window_actions(window: MainWindow) -> list[Action]:
    """In the order of the menus."""

    def has_project() -> bool:
        return window.session is not None

    def can_undo() -> bool:
        return window.session is not None and window.session.project.undo_name() is not None

    def can_redo() -> bool:
        return window.session is not None and window.session.project.redo_name() is not None

    pages = [
        Action(
            f"page_{entry.id}",
            tr("Go to {page}", page=tr(entry.title)),
            lambda page=entry.id: window.open_page(page),  # type: ignore[misc]
            f"Ctrl+{place + 1}",
            "view",
            has_project,
        )
        for place, entry in enumerate(PAGES)
    ]
    # A language is called by its own name, whatever language the window speaks.
    languages = [
        Action(f"language_{code}", name, lambda code=code: window.choose_language(code), "", "view")  # type: ignore[misc]
        for code, name in LANGUAGES.items()
    ]
    return [
        Action("new", tr("New project …"), window.show_start_page, "Ctrl+N", "project"),
        Action("open", tr("Open a project …"), window.choose_project, "Ctrl+O", "project"),
        Action("sample", tr("Open the sample project"), window.open_sample, "", "project"),
        Action("import", tr("Import files …"), window.choose_files, "Ctrl+I", "project", has_project),
        Action("quit", tr("Quit"), window.close, "Ctrl+Q", "project"),
        Action("undo", tr("Undo"), window.undo, "Ctrl+Z", "edit", can_undo),
        Action("redo", tr("Redo"), window.redo, "Ctrl+Shift+Z", "edit", can_redo),
        Action("search", tr("Search all samples"), window.focus_search, "/", "edit", has_project),
        *pages,
        Action("palette", tr("Find a command …"), window.show_palette, "Ctrl+K", "view"),
        Action("theme_system", tr("Light or dark as the system"), lambda: window.choose_theme("system"), "", "view"),
        Action("theme_light", tr("Light"), lambda: window.choose_theme("light"), "", "view"),
        Action("theme_dark", tr("Dark"), lambda: window.choose_theme("dark"), "", "view"),
        Action("language_system", tr("Language of the system"), lambda: window.choose_language(""), "", "view"),
        *languages,
        Action("keys", tr("All keys"), window.show_keys, "?", "help"),
        Action("log", tr("Show the log folder"), window.show_log_folder, "", "help"),
    ]
