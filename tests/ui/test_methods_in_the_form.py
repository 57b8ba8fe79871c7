"""The choice of tuning methods: what applies is seen, what is chosen is the recipe; a new method is there at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

import lepton_studio.methods
from lepton_studio.cli import main
from lepton_studio.methods import all_methods
from lepton_studio.methods.recipes import adjusted
from lepton_studio.project.project import Project
from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe, presets
from lepton_studio.tasks import task_named
from lepton_studio.ui.tune.recipe import RecipePanel
from lepton_studio.widgets.folders_field import FoldersField
from tests.chart_window import application, shown

TOYS = str(Path(__file__).parents[1] / "toy_methods")


@contextmanager
def form_of(task: str) -> Iterator[RecipePanel]:
    """The choices of a run, unfolded."""
    application()
    with shown(RecipePanel(task_named(task)), width=420, height=900) as panel:
        panel.more.open()
        yield panel


def seen(panel: RecipePanel) -> set[str]:
    """The settings of methods that can be set."""
    return {name for name, field in panel.settings.methods.fields.items() if field.isVisible()}


def common(panel: RecipePanel) -> set[str]:
    """The settings that are no method's own that can be set."""
    return {name for name, field in panel.settings.fields.items() if field.isVisible()}


def click(panel: RecipePanel, method: str) -> None:
    """Choose what learns."""
    box = panel.settings.methods.weights
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    while box.currentData() != method:
        before = box.currentIndex()
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() > before, f"{method} is not offered"


def model_of_kind(folder: Path, architecture: str) -> str:
    """As much of a model as is looked at before it is loaded."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"architectures": [architecture]}), "utf-8")
    return str(folder)


def test_the_settings_of_a_method_are_seen_while_it_is_chosen_and_make_the_recipe() -> None:
    with form_of("text_classification") as panel:
        assert panel.recipe() == Recipe() and seen(panel) == {"frozen_layers", "layer_decay", "unfreezing"}
        click(panel, "lora")
        assert seen(panel) == {"lora_rank", "lora_alpha", "lora_kind", "lora_learning_rate"}
        panel.settings.methods.ticks["fgm"].setChecked(True)
        assert "fgm_size" in seen(panel)
        rank = panel.settings.methods.fields["lora_rank"]
        assert isinstance(rank, QLineEdit)
        rank.setText("0")
        assert panel.recipe() is None
        assert panel.settings.methods.form._errors["lora_rank"].text() == "LoRA rank must be between 1 and 512, not 0."
        rank.setText("16")
        wanted = adjusted(Recipe(), {"methods": "lora,fgm", "lora_rank": 16}, task=task_named("text_classification"))
        assert panel.recipe() == wanted
        click(panel, "full")
        panel.settings.methods.ticks["fgm"].setChecked(False)
        assert panel.recipe() == Recipe() and panel.presets.choice() == "balanced"


def test_of_methods_of_one_kind_one_is_ticked_at_most() -> None:
    with form_of("text_classification") as panel:
        for one in ("fgm", "rdrop", "pgd", "focal"):
            panel.settings.methods.ticks[one].setChecked(True)
        assert [name for name, tick in panel.settings.methods.ticks.items() if tick.isChecked()] == ["pgd", "focal"]
        recipe = panel.recipe()
        assert recipe is not None and set(recipe.methods) == {"pgd", "focal"}


def test_the_projects_to_learn_from_are_ticked_in_a_menu() -> None:
    with form_of("text_classification") as panel:
        lately = ["/data/Desk & counter.lepton", "/data/Letters.lepton"]
        panel.settings.methods.projects = lambda: lately
        panel.settings.methods.ticks["multitask"].setChecked(True)
        field = panel.settings.methods.fields["other_projects"]
        assert isinstance(field, FoldersField) and field.text() == "Choose…"
        offered = field.menu_now().actions()
        assert [one.text() for one in offered[:2]] == ["Desk && counter (/data)", "Letters (/data)"]
        for one in offered[:2]:
            one.trigger()
        recipe = panel.recipe()
        assert recipe is not None and recipe.of_methods["other_projects"] == tuple(lately)
        assert field.text() == "Desk && counter, Letters"
        lately.clear()
        field.menu_now().actions()[0].trigger()
        assert field.folders == ("/data/Letters.lepton",), "what is chosen can be taken out, offered or not"
        panel.choose_stored(model=BUILT_IN_MODEL, recipe={**recipe.to_json(), "other_projects": ["/data/B.lepton"]})
        assert field.text() == "B"


def test_a_setting_is_found_by_a_part_of_its_title_or_sentence() -> None:
    with form_of("text_classification") as panel:
        QTest.keyClicks(panel.settings.search, "overfitting")
        QTest.keyClick(panel.settings.search, Qt.Key.Key_Return)
        assert common(panel) == {"weight_decay", "dropout"} and seen(panel) == set()
        panel.settings.search.setText("no such thing")
        QTest.keyClick(panel.settings.search, Qt.Key.Key_Return)
        assert common(panel) == set() and panel.settings.not_found.isVisible()
        click(panel, "quick")
        QTest.keyClick(panel.settings.search, Qt.Key.Key_Escape)
        assert (
            common(panel) == {"max_length", "class_weights", "keep_all_words", "folds"}
            and not panel.settings.not_found.isVisible()
        )


def test_of_what_is_fitted_in_one_go_only_what_counts_is_seen() -> None:
    with form_of("text_classification") as panel:
        panel.settings.methods.ticks["fgm"].setChecked(True)
        click(panel, "quick")
        assert common(panel) == {"max_length", "class_weights", "keep_all_words", "folds"}
        assert seen(panel) == set() and not panel.settings.methods.ticks["fgm"].isVisible()
        recipe = panel.recipe()
        assert recipe is not None and recipe.methods == ("quick",)
        click(panel, "words")
        assert common(panel) == {"class_weights", "folds"}
        click(panel, "full")
        assert panel.settings.fields["epochs"].isVisible() and panel.settings.methods.ticks["fgm"].isVisible()
        panel.choose_stored(model=BUILT_IN_MODEL, recipe=recipe.to_json())
        assert panel.settings.methods.chosen == "quick" and not panel.settings.fields["epochs"].isVisible()
    with form_of("spans") as panel:
        assert "quick" not in panel.settings.methods._methods


def test_the_choices_of_an_earlier_run_come_back_also_from_before_there_were_methods() -> None:
    task = task_named("spans")
    with form_of("spans") as panel:
        recipe = adjusted(presets(task.settings)["balanced"], {"lora_rank": 4, "fgm_size": 0.3}, task=task)
        panel.choose_stored(model=BUILT_IN_MODEL, recipe=recipe.to_json())
        assert panel.recipe() == recipe and panel.settings.methods.chosen == "lora"
        panel.choose_stored(model=BUILT_IN_MODEL, recipe={"epochs": 7, "lora_rank": 8, "frozen_layers": 2})
        again = panel.recipe()
        assert again is not None and panel.settings.methods.chosen == "full"
        assert (again.epochs, again.of_methods) == (7, {"frozen_layers": 2, "layer_decay": 1.0, "unfreezing": 0.0})
        panel.choose_stored(model=BUILT_IN_MODEL, recipe={"methods": ["of_tomorrow"], "prefix_length": 3})
        assert "does not support the tuning method “of_tomorrow”" in panel.settings.methods.told.text()
        assert panel.settings.methods.told.isVisible()


def test_where_a_task_has_a_usual_method_that_is_chosen_and_said(tmp_path: Path) -> None:
    with form_of("dialogue") as panel:
        assert panel.settings.methods.chosen == "usual" and seen(panel) == set()
        panel.show_model(model_of_kind(tmp_path / "decoder", "GPT2LMHeadModel"))
        recipe = panel.recipe()
        assert recipe is not None and recipe.methods == ()


@pytest.fixture
def toy_method(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A method whose folder is put where discovery looks, and nothing else."""
    monkeypatch.setattr(lepton_studio.methods, "__path__", [*lepton_studio.methods.__path__, TOYS])
    all_methods.cache_clear()
    yield
    all_methods.cache_clear()


def test_a_folder_is_all_that_a_new_method_needs(
    toy_method: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with form_of("text_classification") as panel:
        panel.settings.methods.ticks["shove"].setChecked(True)
        far = panel.settings.methods.fields["shove_far"]
        assert isinstance(far, QLineEdit) and far.isVisible()
        assert far.accessibleDescription() == "How far words are shoved. 0 to 10."
        far.setText("3")
        recipe = panel.recipe()
        assert recipe is not None and (recipe.methods, recipe.of_methods["shove_far"]) == (("shove",), 3.0)
        panel.settings.methods.ticks["fgm"].setChecked(True)
        recipe = panel.recipe()
        assert recipe is not None and recipe.methods == ("fgm",), "one of a kind"
    with form_of("spans") as panel:
        assert "shove" not in panel.settings.methods.ticks
    for task, change, sentence in (
        ("text_classification", "shove_far=20", "shove_far must be between 0 and 10, not 20."),
        ("spans", "shove_far=2", "Shoving cannot tune models that find spans."),
    ):
        project = Project.create(tmp_path / f"{task}.lepton", task=task, labels=["a", "b"])
        project.close()
        assert main(["tune", str(project.folder), "--set", change]) == 2
        assert capsys.readouterr().err.strip() == sentence
