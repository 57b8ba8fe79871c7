"""A field for each kind of setting, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QCheckBox, QLineEdit

from lepton_studio.language import tr
from lepton_studio.runs.job import BadSetting, Setting
from lepton_studio.widgets.folders_field import FoldersField
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import quiet
from lepton_studio.widgets.steady import ChoiceBox

SettingField = QLineEdit | QCheckBox | ChoiceBox | FoldersField


def add_field(
    form: Form,
    setting: Setting,
    *,
    changed: Callable[[], None],
    behind: str | None = None,
    folders: Callable[[], Sequence[str]] = tuple,
) -> SettingField:
    """A row of the form for a setting, `behind` as in `Form.add`; `changed` is called after each change by the
    person. `folders`: those that are offered where a setting is a list of some.
    """
    field: SettingField
    if isinstance(setting.default, bool):
        field = QCheckBox(tr("On"))
        field.toggled.connect(lambda _on: changed())
    elif setting.choices:
        field = ChoiceBox()
        for word, title in setting.choices.items():
            field.addItem(tr(title), word)
        field.activated.connect(lambda _row: changed())
    elif isinstance(setting.default, tuple):
        field = FoldersField(folders)
        field.changed.connect(changed)
    else:
        field = QLineEdit()
        if not isinstance(setting.default, str):  # a number; names and instructions take the width that there is
            field.setMaximumWidth(120)
        field.textChanged.connect(lambda _text: changed())
    sentence = tr(setting.help)
    if setting.low is not None:
        sentence = f"{sentence} {tr('{low} to {high}.', low=_plain(setting.low), high=_plain(setting.high))}"
    form.add(setting.name, tr(setting.title), field=field, sentence=sentence, behind=behind)
    return field


def show_value(field: SettingField, value: object) -> None:
    """Fill a field, telling nobody."""
    with quiet(field):
        if isinstance(field, QCheckBox):
            field.setChecked(bool(value))
        elif isinstance(field, ChoiceBox):
            field.setCurrentIndex(field.findData(value))
        elif isinstance(field, FoldersField):
            field.choose(value if isinstance(value, tuple) else ())
        else:
            field.setText(_plain(value))
            field.setCursorPosition(0)  # of a long one the beginning is seen


def read_field(form: Form, setting: Setting, *, field: SettingField) -> object | None:
    """What a field says; None where that is no such setting: its sentence stands beside it then."""
    value = _value(field)
    try:
        found: object = setting.read(value)
    except BadSetting as wrong:
        form.show_error(setting.name, str(wrong).replace(setting.name, tr(setting.title), 1))
        return None
    form.show_error(setting.name, "")
    return found


def _value(field: SettingField) -> object:
    if isinstance(field, QCheckBox):
        return field.isChecked()
    if isinstance(field, FoldersField):
        return field.folders
    return field.currentData() if isinstance(field, ChoiceBox) else field.text()


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
