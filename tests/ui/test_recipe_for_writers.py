"""The form of a task that writes: each kind of model comes with its own recipe, and models to bring along are named."""

from __future__ import annotations

from lepton_studio.models.built_in import ENGLISH
from lepton_studio.tasks import task_named
from lepton_studio.ui.tune.recipe import RecipePanel
from tests.ui.driving import application


def epochs(panel: RecipePanel) -> int:
    recipe = panel.recipe()
    assert recipe is not None
    return recipe.epochs


def test_a_writer_is_tuned_by_another_recipe_than_an_encoder_that_learns_to_write(built_in_writer: str) -> None:
    application()
    panel = RecipePanel(task_named("text_to_text"))
    try:
        panel.show_model(ENGLISH.id)
        assert epochs(panel) == 12 and panel.presets.choice() == "balanced"
        panel.choose_model(built_in_writer)
        assert epochs(panel) == 3 and panel.presets.choice() == "balanced"
        assert panel.model_words.text().startswith("Writes English")
        panel._take_preset("best")
        panel.choose_model(ENGLISH.id)
        assert epochs(panel) == 24 and panel.presets.choice() == "best"
        recipe = panel.recipe()
        assert recipe is not None
        panel.choose_stored(model=built_in_writer, recipe={**recipe.to_json(), "epochs": 7})
        assert epochs(panel) == 7 and panel.presets.choice() == ""
        panel.choose_model(ENGLISH.id)
        assert epochs(panel) == 7, "what the person set stays"
    finally:
        panel.deleteLater()


def test_where_a_model_is_brought_along_some_that_write_are_named_with_their_size() -> None:
    application()
    for task, named in (("dialogue", True), ("spans", False)):
        panel = RecipePanel(task_named(task))
        panel.choose_model("someone/a-model")
        assert (
            "Qwen/Qwen2.5-0.5B-Instruct: Chinese, English and 27 other languages, 988 MB" in panel.model_words.text()
        ) is named
        panel.deleteLater()
