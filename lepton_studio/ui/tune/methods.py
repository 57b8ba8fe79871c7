"""The choice of tuning methods: what learns, what else is done, and the settings of what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods import all_methods
from lepton_studio.methods.method import Method
from lepton_studio.methods.recipes import METHODS, USUAL, fitting, methods_of, used_settings
from lepton_studio.runs.job import Recipe, Setting
from lepton_studio.ui.tune.fields import SettingField, add_field, read_field, show_value
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import column, quiet, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import BODY, CAPTION


class MethodsPanel(QWidget):
    """One method for the weights, and a tick for each other one that fits the task. Emits `changed()`.

    Settings are seen while their method is chosen, methods while they fit the kind of model. The fields of a method are
    made when it is chosen first: those of all together take long to make.
    """

    changed = Signal()

    def __init__(self, task: Task[Any], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._family: Family | None = None
        self._methods = {one.id: one for one in fitting(task)}
        self.default = USUAL if task.usual_methods else "full"
        """What learns where nothing else was chosen."""
        self.weights = ChoiceBox()
        self.weights.setAccessibleName(tr("Method"))
        self.weights.activated.connect(lambda _row: self._take())
        self._summary = words(size=CAPTION, muted=True, wrap=True)
        self.told = words(size=CAPTION, wrap=True)
        self.told.setProperty("tone", "bad")
        self.told.hide()
        self.form = Form(self)
        self.ticks: dict[str, QCheckBox] = {}
        self.fields: dict[str, SettingField] = {}
        self.projects: Callable[[], Sequence[str]] = tuple
        """The folders of projects that are offered where a method learns from others."""
        self._recipe = Recipe()
        for method in self._methods.values():
            self._add(method)
        heading = words(tr("Method"), size=BODY)
        self.setLayout(column(heading, self.weights, self._summary, self.told, 8, self.form, gap=4))
        self._offer(self.default)
        self._dress()

    def set_family(self, family: Family | None) -> None:
        """The kind of model changed; None: it is not known before it is fetched."""
        self._family = family
        self._dress()

    def choose(self, method: str) -> None:
        """Choose what learns, as the person does."""
        self._offer(method)
        self._take()

    @property
    def chosen(self) -> str:
        """The id of what is chosen for the weights; "usual" for what the task wants."""
        return str(self.weights.currentData())

    def show_recipe(self, recipe: Recipe) -> None:
        """Choose what the recipe has. Raises BadSetting where it has a method that this version does not know."""
        weights = next(one for one in methods_of(recipe, task=self._task, family=self._family) if one.is_for_weights)
        is_said = weights.id in recipe.methods or (recipe.of_methods and not recipe.methods)
        self._offer(weights.id if is_said else self.default)
        for name, tick in self.ticks.items():
            with quiet(tick):
                tick.setChecked(name in recipe.methods)
        self._recipe = recipe
        for method in self._methods.values():
            for setting in method.fields:
                self._show_value(setting)
        self._dress()

    def changes(self) -> dict[str, object] | None:
        """The methods and their settings, for `methods.recipes.adjusted`; None where a field cannot be read."""
        values: dict[str, object] = {}
        methods = self._chosen()
        for method in methods:
            for setting in method.fields:
                field = self.fields.get(setting.name)
                value = self._value(setting) if field is None else read_field(self.form, setting, field=field)
                if value is None:
                    return None
                values[setting.name] = value
        if self.default == "full" and all(one.default == values.get(one.name) for one in self._methods["full"].fields):
            # As usual, which is what the presets say.
            methods = [one for one in methods if one.id != "full"]
        named = {field.name for one in methods for field in one.fields}
        return {METHODS: [one.id for one in methods], **{name: one for name, one in values.items() if name in named}}

    def used_settings(self) -> tuple[str, ...]:
        """The settings of every recipe that mean something with what is chosen."""
        return used_settings([one.id for one in self._chosen()])

    def say(self, sentence: str) -> None:
        """What stands against the methods chosen; "" for nothing."""
        self.told.setText(sentence)
        self.told.setVisible(bool(sentence))

    def _chosen(self) -> list[Method]:
        weights = self._methods.get(self.chosen)
        if weights is not None and weights.at_once:
            return [weights]
        ids = [self.chosen, *(one for one, tick in self.ticks.items() if tick.isChecked())]
        return [self._methods[one] for one in ids if one in self._methods]

    def _add(self, method: Method) -> None:
        if not method.is_for_weights:
            tick = QCheckBox(tr("On"))
            tick.toggled.connect(lambda on, method=method: self._take_tick(method, is_on=on))
            self.ticks[method.id] = tick
            self.form.add(method.id, tr(method.title), field=tick, sentence=tr(method.summary))

    def _make_fields(self, method: Method) -> None:
        """Behind the tick of a method; of one for the weights, which has none, at the top."""
        behind = "" if method.is_for_weights else method.id
        for setting in method.fields:
            if setting.name not in self.fields:
                self.fields[setting.name] = add_field(
                    self.form, setting, changed=self._take, behind=behind, folders=lambda: self.projects()
                )
                self._show_value(setting)
            behind = setting.name

    def _show_value(self, setting: Setting) -> None:
        if setting.name in self.fields:
            show_value(self.fields[setting.name], self._value(setting))

    def _value(self, setting: Setting) -> object:
        """As the recipe has it that was shown last."""
        return self._recipe.of_methods.get(setting.name, setting.default)

    def _fits(self, method: Method) -> bool:
        return self._family is None or method.fits(self._family, self._task)

    def _offer(self, chosen: str) -> None:
        """What may learn, with one of it chosen: the default where that does not fit the kind of model."""
        offered = [(USUAL, tr("Default"))] if self._task.usual_methods else []
        offered += [(one.id, tr(one.title)) for one in self._methods.values() if one.is_for_weights and self._fits(one)]
        with quiet(self.weights):
            if [self.weights.itemData(row) for row in range(self.weights.count())] != [id for id, _ in offered]:
                self.weights.clear()
                for id, title in offered:
                    self.weights.addItem(title, id)
            row = self.weights.findData(chosen)
            self.weights.setCurrentIndex(row if row >= 0 else self.weights.findData(self.default))

    def _take_tick(self, method: Method, *, is_on: bool) -> None:
        """One of a kind at most."""
        for name, tick in self.ticks.items():
            if is_on and name != method.id and self._methods[name].slot == method.slot:
                with quiet(tick):
                    tick.setChecked(False)
        self._take()

    def _take(self) -> None:
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        self._offer(self.chosen)
        chosen = self._chosen()
        for name, method in self._methods.items():
            if not method.is_for_weights:
                self.form.show_row(name, self._fits(method) and not any(one.at_once for one in chosen))
            is_shown = self._fits(method) and method in chosen
            if is_shown:
                self._make_fields(method)
            for setting in method.fields:
                if setting.name in self.fields:
                    self.form.show_row(setting.name, is_shown)
        weights = self._methods.get(self.chosen)
        self._summary.setText(tr(weights.summary) if weights else _usual_words(self._task))


def _usual_words(task: Task[Any]) -> str:
    (ids,) = task.usual_methods.values()
    return tr("{method} for decoder models, full fine-tuning for all others.", method=tr(all_methods()[ids[0]].title))
