"""Recipes and methods: which methods a run has, what may be set where, and the changes that a person asks for."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods import all_methods, method_named
from lepton_studio.methods.families import family_of
from lepton_studio.methods.method import ORDER, Method, why_not_both
from lepton_studio.runs.job import RECIPE_SETTINGS, BadSetting, Recipe, Setting, presets

METHODS = "methods"
"""The name by which `--set` takes the ids of methods, with commas between; "usual" for those that the task wants."""
USUAL = "usual"
_RANK = "lora_rank"


def methods_of(recipe: Recipe, *, task: Task[Any] | None, family: Family | None) -> tuple[Method, ...]:
    """The methods of a run in the order of their hooks, with the usual one for the weights where the recipe names none.

    `family` None: not known yet. Raises BadSetting where this version does not know one.
    """
    found = [method_named(one) for one in _named(recipe, family=family)]
    if not any(one.is_for_weights for one in found):
        usual = {} if task is None else task.usual_methods
        found += [method_named(one) for one in (usual.get(family, ("full",)) if family else ("full",))]
    return tuple(sorted(found, key=lambda one: ORDER.index(one.slot)))


def _named(recipe: Recipe, *, family: Family | None) -> tuple[str, ...]:
    """The ids that a recipe names. One of a version without methods has a rank: that was for decoders, 0 for none."""
    if recipe.methods or _RANK not in recipe.of_methods:
        return recipe.methods
    return ("lora",) if recipe.of_methods[_RANK] and family in ("decoder", None) else ("full",)


def why_not(recipe: Recipe, *, task: Task[Any] | None, family: Family | None) -> str:
    """A sentence where a recipe makes no sense for such a task and model: a method that does not fit, or two that do
    not go together; "" where it does. Raises BadSetting where this version does not know a method.
    """
    methods = methods_of(recipe, task=task, family=family)
    if recipe.seeds > 1 and recipe.folds:
        return tr("A run is repeated over folds or over seeds, not both. Set one of them.")
    families: tuple[Family, ...] = (family,) if family else task.families if task else ()
    for method in methods:
        if method.compares and (recipe.folds or recipe.seeds > 1):
            return tr(
                "“{method}” has folds of its own. Leave out folds and seeds, or choose another method.",
                method=tr(method.title),
            )
        unfit = [method.why_unfit(one, task) for one in families]
        if unfit and all(unfit):
            return unfit[0]
        if why := method.why_senseless(recipe):
            return why
    for one, other in combinations(methods, 2):
        if why := why_not_both(one, other):
            return why
    return ""


def why_not_here(recipe: Recipe, *, model: str, labels: Sequence[str]) -> str:
    """A sentence where the base model, by its files, or the names of the labels stand against a method of the recipe;
    "" where nothing does. Raises BadSetting where this version does not know a method.
    """
    found = (method_named(one).why_not_here(recipe, model, labels) for one in recipe.methods)
    return next((why for why in found if why), "")


def adjusted(recipe: Recipe, changes: Mapping[str, object], *, task: Task[Any], family: Family | None = None) -> Recipe:
    """The recipe with settings changed as a person asks for it; values may be strings from a command line.

    A setting of a method brings that method along. Raises BadSetting, a sentence, for what there is not, does not apply
    here, is out of its limits, or does not go together.
    """
    changes = dict(changes)
    named = _listed(changes.pop(METHODS)) if METHODS in changes else None
    if str(changes.get(_RANK, "")).strip() == "0":  # "0 trains all", as it was before there were methods
        del changes[_RANK]
        named = ("full",) if named is None else named
    owners = {name: owner for name in changes if (owner := owner_of(name))}
    shown = settings_for(task)
    for name in changes:
        _check_applies(name, task=task, owner=owners.get(name), shown=shown)
    methods = list(recipe.methods if named is None else named)
    for name, owner in owners.items():
        if owner.id not in methods:
            if named is not None:
                raise BadSetting(
                    tr(
                        "{name} is a setting of {method}, which is not used. Add {id} to the methods, or "
                        "leave the setting out.",
                        name=name,
                        method=tr(owner.title),
                        id=owner.id,
                    )
                )
            methods.append(owner.id)
    general = {name: value for name, value in changes.items() if name not in owners}
    asked = {**recipe.of_methods, **{name: changes[name] for name in owners}}
    found = dataclasses.replace(
        recipe.with_settings(general),
        methods=tuple(methods),
        of_methods={
            one.name: one.read(asked.get(one.name, one.default))
            for method in map(method_named, methods)
            for one in method.fields
        },
    )
    if why := why_not(found, task=task, family=family):
        raise BadSetting(why)
    return found


def presets_for(task: Task[Any], family: Family | None) -> dict[str, Recipe]:
    """How thorough: the first choice of the Tune page. Where one linear layer can answer, "quick" is the quick model
    and "best" compares the methods on the person's own labels; elsewhere they are shorter and longer tunings.
    """
    found = presets(task.settings_for(family))
    if not task.linear:
        return found
    balanced = found["balanced"]
    methods = {"quick": "quick", "best": "race"}
    return {
        name: adjusted(balanced, {METHODS: methods[name]}, task=task, family=family) if name in methods else one
        for name, one in found.items()
    }


def compares(recipe: Recipe) -> bool:
    """Whether the run compares methods, and goes on with one of them. Raises BadSetting for a method not known."""
    return any(method_named(one).compares for one in recipe.methods)


def reads_labels(recipe: Recipe) -> bool:
    """Whether the model reads the words of labels too. Raises BadSetting for a method not known."""
    return any(method_named(one).reads_labels for one in recipe.methods)


def check_readable(changes: Mapping[str, object]) -> None:
    """Whether changes make sense before task and model are known. Raises BadSetting: no such setting, out of limits."""
    known = {
        one.name: one for one in (*RECIPE_SETTINGS, *(field for one in all_methods().values() for field in one.fields))
    }
    for name, value in changes.items():
        if name == METHODS:
            for one in _listed(value):
                method_named(one)
        elif name not in known:
            raise _unknown(name, known)
        elif name != _RANK or str(value).strip() != "0":
            known[name].read(value)


def stored_recipe(stored: Mapping[str, object], *, task: Task[Any], family: Family | None) -> Recipe:
    """The recipe of an earlier run, to be used again. Raises BadSetting, also for a method that this version lacks."""
    recipe = Recipe.from_json(stored)
    recipe.with_settings({one.name: getattr(recipe, one.name) for one in RECIPE_SETTINGS})
    for method in methods_of(recipe, task=task, family=family):
        for one in method.fields:
            one.read(recipe.of_methods.get(one.name, one.default))
    return recipe


def owner_of(name: str) -> Method | None:
    """The method that has a setting of this name; None where none has."""
    return next((one for one in all_methods().values() if any(name == field.name for field in one.fields)), None)


def settings_for(task: Task[Any]) -> tuple[Setting, ...]:
    """Every setting that may apply in a task, those of methods behind those of every recipe."""
    general = [one for one in RECIPE_SETTINGS if one.name not in task.hidden_settings]
    return (*general, *(field for method in fitting(task) for field in method.fields))


def fitting(task: Task[Any]) -> tuple[Method, ...]:
    """The methods that fit any model of the task, in the order of their slots: for a form before a model is chosen."""
    found = [one for one in all_methods().values() if any(one.fits(family, task) for family in task.families)]
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.slot), one.id != "full", one.id)))


def method_ids(stored: Mapping[str, object], *, task: Task[Any], model: str) -> tuple[str, ...]:
    """The methods of a stored recipe; without that for the weights where it depends on the kind of model and this
    cannot be seen (see `family_of`). Reads at most the model's config.json.
    """
    recipe, family = Recipe.from_json(stored), family_of(model, task=task)
    named = _named(recipe, family=family)
    try:
        ids = tuple(one.id for one in methods_of(recipe, task=task, family=family))
    except BadSetting:  # of a newer version
        return named
    return ids if family is not None or not task.usual_methods else tuple(one for one in ids if one in named)


def method_words(stored: Mapping[str, object], *, task: Task[Any], model: str) -> str:
    """`method_ids` by their names, for a person; "" where none is known."""
    known = all_methods()
    ids = method_ids(stored, task=task, model=model)
    return " + ".join(tr(known[one].title) if one in known else one for one in ids)


def recipe_words(stored: Mapping[str, object], *, task: Task[Any], model: str) -> str:
    """A stored recipe on one line, as people read it."""
    named = [
        tr("{field}: {value}", field=title, value=value)
        for title, value in titled_settings(stored, task=task, model=model)
    ]
    return tr(", ").join(named)


def titled_settings(stored: Mapping[str, object], *, task: Task[Any], model: str) -> list[tuple[str, str]]:
    """(title, value) of the settings that mean something for the task and the methods of a stored recipe."""
    known = {
        one.name: one for one in (*RECIPE_SETTINGS, *(field for one in all_methods().values() for field in one.fields))
    }
    return [
        (tr(known[name].title), _value_words(known[name], value)) if name in known else (name, str(value))
        for name, value in meaningful_settings(stored, task=task, model=model).items()
    ]


def _value_words(setting: Setting, value: object) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, list | tuple):  # of projects: who reads it need not know where they lie
        return tr(", ").join(Path(one).name.removesuffix(".lepton") for one in value)
    if isinstance(value, str) and os.path.isabs(value):  # whose folders these are is nobody's business
        return os.path.basename(os.path.normpath(value))
    return tr(setting.choices[value]) if isinstance(value, str) and value in setting.choices else str(value)


def meaningful_settings(stored: Mapping[str, object], *, task: Task[Any], model: str) -> dict[str, object]:
    """Setting -> value, of those that mean something for the task and the methods of a stored recipe."""
    recipe = Recipe.from_json(stored)
    methods = method_ids(stored, task=task, model=model)
    shown = {one: getattr(recipe, one) for one in used_settings(methods) if one not in task.hidden_settings}
    for name, value in recipe.of_methods.items():
        owner = owner_of(name)
        if owner is None or owner.id in methods:
            shown[name] = value
    return shown


def used_settings(methods: Sequence[str]) -> tuple[str, ...]:
    """The names of the settings of every recipe that mean something with these methods."""
    known = [one for name in methods if (one := all_methods().get(name)) is not None]
    limits = [one.of_recipe for one in known if one.of_recipe is not None]
    return tuple(one.name for one in RECIPE_SETTINGS if all(one.name in limit for limit in limits))


def _listed(value: object) -> tuple[str, ...]:
    ids: Iterable[str] = value.split(",") if isinstance(value, str) else map(str, value)  # type: ignore[call-overload]
    return tuple(dict.fromkeys(one.strip() for one in ids if one.strip() and one.strip() != USUAL))


def _check_applies(name: str, *, task: Task[Any], owner: Method | None, shown: Sequence[Setting]) -> None:
    if any(name == one.name for one in shown):
        return
    if owner is not None:
        raise BadSetting(owner.why_unfit(task.families[0], task))
    if name in task.hidden_settings:
        raise BadSetting(tr("{name} does not apply to {task}.", name=name, task=tr(task.title)))
    raise _unknown(name, (one.name for one in shown))


def _unknown(name: str, known: Iterable[str]) -> BadSetting:
    listed = ", ".join([*known, METHODS])
    return BadSetting(tr("There is no setting “{name}”. The settings are: {known}.", name=name, known=listed))
