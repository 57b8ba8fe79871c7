"""What stands under "More settings": the methods of tuning, every other setting, and a search for one of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.job import RECIPE_SETTINGS, BadSetting, Recipe
from lepton_studio.ui.tune.fields import add_field, read_field, show_value
from lepton_studio.ui.tune.methods import MethodsPanel
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import column, words
from lepton_studio.widgets.search_box import SearchBox
from lepton_studio.widgets.theme import CAPTION


class SettingsPanel(QWidget):
    """Emits `changed()` after a change by the person.

    Settings that mean nothing for the task are no fields; a recipe keeps them as its task has them.
    """

    changed = Signal()

    def __init__(self, task: Task[Any], *, family: Family | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self.search = SearchBox(tr("Find a setting"))
        self.search.searched.connect(self._find)
        self.not_found = words(tr("No setting found."), size=CAPTION, muted=True)
        self.not_found.hide()
        self.methods = MethodsPanel(task, parent=self)
        self.methods.set_family(family)
        self.methods.changed.connect(self._take)
        self.form = Form(self)
        self._settings = {one.name: one for one in RECIPE_SETTINGS if one.name not in task.hidden_settings}
        self.fields = {name: add_field(self.form, one, changed=self._take) for name, one in self._settings.items()}
        self._column = column(self.search, self.not_found, self.methods, self.form, gap=16)
        self.setLayout(self._column)

    def show_trials(self, trials: QWidget) -> None:
        """Above the methods: what can be tried before a run."""
        self._column.insertWidget(self._column.indexOf(self.methods), trials)

    def set_family(self, family: Family | None) -> None:
        """The kind of model changed; None: it is not known before it is fetched."""
        self.methods.say("")
        self.methods.set_family(family)
        self._dress()

    def show_recipe(self, recipe: Recipe) -> None:
        """Fill the fields. Raises BadSetting where the recipe has a method that this version does not know."""
        self.methods.say("")
        self.methods.show_recipe(recipe)
        for name, field in self.fields.items():
            show_value(field, getattr(recipe, name))
        self._dress()

    def recipe(self, base: Recipe, *, family: Family | None) -> Recipe | None:
        """`base` with all that the fields say; None where one cannot be read (its sentence stands beside it)."""
        changes = {name: read_field(self.form, one, field=self.fields[name]) for name, one in self._settings.items()}
        of_methods = self.methods.changes()
        if of_methods is None or None in changes.values():
            return None
        try:
            return adjusted(base, {**changes, **of_methods}, task=self._task, family=family)
        except BadSetting as wrong:
            self.methods.say(str(wrong))
            return None

    def _take(self) -> None:
        self.methods.say("")
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        """Settings are seen where they mean something with the methods chosen."""
        used = self.methods.used_settings()
        for name in self.fields:
            self.form.show_row(name, name in used)

    def _find(self, text: str) -> None:
        found = self.methods.form.search(text) + self.form.search(text)
        self.not_found.setVisible(not found)
