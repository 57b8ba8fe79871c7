"""The window under a real X server: what opens, where the keys and clicks go."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.project.project import Project
from tests.ui.driving import make_project
from tests.x11.studio import OpenStudio


def test_labels_are_merged_through_the_popup(studio: OpenStudio, tmp_path: Path) -> None:
    app = studio(make_project(tmp_path))
    app.press("1", "2", "2")
    app.until(lambda: app.ask("len(window.page.recent.texts())") == 3, "three texts are labelled")
    app.click("card lost", kind="cell", inside="BarRows")
    app.click("Merge into…")
    app.type("ref")
    app.until(lambda: [one.words for one in app.find(kind="cell", inside="ChoicePopup")] == ["refund"], "one is left")
    app.press("Return")
    app.see("2 samples change", part=True)
    app.click("Merge", kind="QPushButton")
    app.until(lambda: app.ask("[one.name for one in window.page.labels]") == ["refund", "login"], "they are one label")
    app.click("All", kind="Chip")
    app.click("Label", kind="MenuChip")
    app.click("refund", kind="cell", inside="ChoicePopup")
    app.see("refund", kind="MenuChip", checked=True)
    app.unseen(kind="ChoicePopup")
    assert app.windows_shown() == ["MainWindow"]
    app.quit()
    with Project.open(tmp_path / "Test.lepton") as project:
        assert [project.sample(n).value for n in (1, 2, 3)] == [{"labels": [1]}] * 3


def test_keys_label_and_a_note_is_typed(studio: OpenStudio, tmp_path: Path) -> None:
    app = studio(make_project(tmp_path))
    app.press("2")
    app.see("Sample 2 · no split")
    app.press("n")
    app.see("Note", focused=True)
    app.type("Ask Ana: 1 or 2?")  # digits and a question mark, which are keys of the page elsewhere
    app.see("Note", value="Ask Ana: 1 or 2?")
    app.press("Return")
    app.press("1")
    app.see("Sample 3 · no split")
    app.press("ctrl+z")
    app.see("Sample 2 · no split")
    app.quit()
    with Project.open(tmp_path / "Test.lepton") as project:
        assert project.sample(1).value == {"labels": [2]} and project.sample(2).value is None
        assert project.sample(2).note == "Ask Ana: 1 or 2?"


def test_every_page_and_menu_opens_by_mouse_and_by_key(studio: OpenStudio, tmp_path: Path) -> None:
    app = studio(make_project(tmp_path))
    for place, page in enumerate(("Data", "Label", "Tune", "Inspect", "Export")):
        app.click(page, kind="RailButton")
        app.see(page, kind="RailButton", checked=True)
        app.press("ctrl+2")
        app.see("Label", kind="RailButton", checked=True)
        app.press(f"ctrl+{place + 1}")
        app.see(page, kind="RailButton", checked=True)
    entries = (("Project", "Quit"), ("Edit", "Redo"), ("View", "Find command…"), ("Help", "Keyboard shortcuts"))
    for menu, entry in entries:
        app.click(menu, kind="entry", inside="QMenuBar")
        app.see(entry, kind="entry", inside="QMenu")
        app.press("Escape")
        app.unseen(entry, kind="entry", inside="QMenu")
    assert app.windows_shown() == ["MainWindow"]


def test_a_table_is_imported_through_the_file_dialog_and_its_preview(studio: OpenStudio, tmp_path: Path) -> None:
    app = studio(make_project(tmp_path))
    table = tmp_path / "letters.csv"
    table.write_text("body;label;other\nMy card is gone;card lost;a\nPay me back;refund;b\n", "utf-8")
    app.menu("Project", "Import files…")
    app.name_file(table)
    app.see("My card is gone", kind="cell")
    app.see("Label", kind="QComboBox", value="label")
    app.choose("Label", "other")
    app.click("Label", kind="QComboBox")
    app.press("Up", "Return")
    app.see("Label", kind="QComboBox", value="label")
    app.click("Import", kind="QPushButton", part=True)
    app.until(lambda: app.ask("window.session.project.count()") == 14, "two samples more")
    assert app.windows_shown() == ["MainWindow"]
