"""Whether the models that rewrite texts for a recipe are on this computer and write, as far as their files say."""

from __future__ import annotations

from lepton_studio.hub.places import local_folder
from lepton_studio.language import tr
from lepton_studio.methods.back_translation import METHOD as BACK_TRANSLATION
from lepton_studio.methods.rewriting import METHOD as REWRITING
from lepton_studio.models.built_in import built_in
from lepton_studio.models.model_config import UnusableModel, read_config
from lepton_studio.models.places import is_installed
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.model_folder import by_name, why_unusable


def why_not_rewritten(recipe: Recipe) -> str:
    """A sentence where one of the models cannot do it; "" where nothing stands against any. Up to a second."""
    return next((why for model in models_that_rewrite(recipe) if (why := why_no_writer(model))), "")


def models_that_rewrite(recipe: Recipe) -> tuple[str, ...]:
    """Those that a recipe names, each once."""
    chosen = [one.chosen(recipe) for one in (REWRITING, BACK_TRANSLATION) if one.id in recipe.methods]
    return tuple(dict.fromkeys(one.model for settings in chosen for one in settings.rewriters if one.model))


def why_no_writer(model: str) -> str:
    """A sentence where a model (as in `Job.model`) is not here, is damaged, or does not write; "" where it does."""
    known = built_in(model)
    if known is not None:
        if not known.writes:
            return tr("{model} cannot rewrite texts. Choose a model that writes.", model=known.name)
        if not is_installed(known):
            return tr(
                "{model}, which is to rewrite the texts, is not on this computer yet. Download it with “Models…” in "
                "the Project menu, or with: lepton-studio models fetch {model}",
                model=known.name,
            )
        return ""
    folder = local_folder(model)
    if (why := why_unusable(model)) or folder is None:
        return why
    try:
        config = read_config(folder)
    except UnusableModel as error:
        return by_name(str(error), model)
    if config.writes_what_it_reads or config.is_decoder:
        return ""
    return tr("{model} cannot rewrite texts. Choose a model that writes.", model=model)
