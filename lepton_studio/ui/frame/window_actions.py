"""The actions of the window itself, whatever page is in view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from lepton_studio.language import LANGUAGES, tr
from lepton_studio.project.history import user_name
from lepton_studio.settings import user_folder
from lepton_studio.studio.earlier_version import earlier_version
from lepton_studio.ui.frame.app_cards import AppCards
from lepton_studio.ui.frame.pages import PAGES
from lepton_studio.ui.frame.project_files import ProjectFiles
from lepton_studio.ui.frame.window import Window
from lepton_studio.ui.shared.actions import Action
from lepton_studio.widgets.theme import Scheme


def window_actions(window: Window, *, files: ProjectFiles, cards: AppCards) -> list[Action]:
    """In the order of the menus."""

    def has_project() -> bool:
        return window.session is not None

    def can_write() -> bool:
        return window.session is not None and window.session.keeping.state == "saved"

    def can_undo() -> bool:
        return window.session is not None and window.session.project.undo_name() is not None

    def can_redo() -> bool:
        return window.session is not None and window.session.project.redo_name() is not None

    def speaks(code: str) -> bool:
        return window.settings.language == code

    def looks(scheme: Scheme) -> bool:
        return window.settings.theme == scheme

    def choose(**chosen: object) -> None:
        cards.choose(chosen)

    def is_there(folder: str) -> bool:
        return Path(folder).is_dir()

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
        _choice(f"language_{code}", name, partial(choose, language=code), partial(speaks, code), tr("Language"))
        for code, name in LANGUAGES.items()
    ]
    schemes: tuple[tuple[Scheme, str], ...] = (
        ("system", tr("System appearance")),
        ("light", tr("Light")),
        ("dark", tr("Dark")),
    )
    themes = [
        _choice(f"theme_{scheme}", title, partial(choose, theme=scheme), partial(looks, scheme), tr("Appearance"))
        for scheme, title in schemes
    ]
    own, language = tr("System language"), tr("Language")
    system = _choice("language_system", own, partial(choose, language=""), partial(speaks, ""), language)
    recent = [
        Action(f"recent_{place}", Path(folder).stem, partial(window.open_project, Path(folder)), "", "project",
               partial(is_there, folder), within=tr("Open recent"))
        for place, folder in enumerate(window.settings.recent)
    ]  # fmt: skip
    earlier = earlier_version()
    back = [] if earlier is None else [
        Action("step_back", tr("Switch to version {version}…", version=earlier.version),
               partial(cards.offer_step_back, earlier), "", "help"),
    ]  # fmt: skip
    larger = Action("larger", tr("Larger text"), partial(cards.zoom, 1), "Ctrl++", "view", also=("Ctrl+=",))
    return [
        Action("new", tr("New project…"), window.show_start_page, "Ctrl+N", "project"),
        Action("open", tr("Open project…"), files.choose, "Ctrl+O", "project"),
        *recent,
        Action("sample", tr("Open the sample project"), window.open_sample, "", "project"),
        Action("close", tr("Close project"), window.show_start_page, "Ctrl+W", "project", has_project),
        Action("save_copy", tr("Save a copy…"), files.save_copy, "Ctrl+Shift+S", "project", has_project, apart=True),
        Action(
            "merge_copy",
            tr("Merge another copy…"),
            lambda: cards.when_named(files.merge_copy),
            "",
            "project",
            can_write,
        ),
        Action("rename", tr("Rename project…"), files.rename, "", "project", can_write),
        Action("backups", tr("Backups…"), files.show_backups, "", "project", has_project),
        Action("check", tr("Check project"), files.check, "", "project", has_project),
        Action("import", tr("Import files…"), window.choose_files, "Ctrl+I", "project", has_project),
        Action("models", tr("Models…"), cards.show_models, "", "project", apart=True),
        Action("hub", tr("Models from the Hub…"), cards.show_hub, "", "project"),
        Action("preferences", tr("Preferences…"), cards.show_preferences, "Ctrl+,", "project"),
        Action("quit", tr("Quit"), window.close, "Ctrl+Q", "project"),
        Action("undo", tr("Undo"), window.undo, "Ctrl+Z", "edit", can_undo),
        Action("redo", tr("Redo"), window.redo, "Ctrl+Shift+Z", "edit", can_redo),
        Action("history", tr("History…"), window.show_history, "Ctrl+H", "edit", has_project),
        Action("person", tr("Labelling as {name}…", name=user_name()), cards.choose_person, "", "edit", has_project),
        Action("search", tr("Search samples"), window.focus_search, "/", "edit", has_project, also=("Ctrl+F",)),
        replace(pages[0], apart=True),
        *pages[1:],
        Action("palette", tr("Find command…"), window.show_palette, "Ctrl+K", "view"),
        replace(larger, apart=True),
        Action("smaller", tr("Smaller text"), partial(cards.zoom, -1), "Ctrl+-", "view"),
        Action("usual_size", tr("Default text size"), partial(cards.zoom, 0), "Ctrl+0", "view"),
        replace(themes[0], apart=True),
        *themes[1:],
        system,
        *languages,
        Action("manual", tr("Manual"), cards.show_manual, "F1", "help"),
        Action("tour", tr("Quick tour"), cards.start_tour, "", "help", has_project),
        Action("keys", tr("Keyboard shortcuts"), window.show_keys, "?", "help", also=("Ctrl+/",)),
        Action("change_keys", tr("Change shortcuts…"), cards.change_keys, "", "help"),
        Action("log", tr("Show the log folder"), _show_log_folder, "", "help"),
        Action("self_test", tr("Self-test…"), cards.start_self_test, "", "help"),
        *back,
        Action("about", tr("About Lepton Studio"), cards.show_about, "", "help", apart=True),
    ]


def _choice(name: str, title: str, run: Callable[[], object], chosen: Callable[[], bool], within: str) -> Action:
    return Action(name, title, run, "", "view", chosen=chosen, within=within)


def _show_log_folder() -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(user_folder())))
