"""A list of thousands of labels is as quick to choose from as a short one, and every label of it can be chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from lepton_studio.app import make_application
from lepton_studio.widgets.label_bar import LabelChoice
from lepton_studio.widgets.label_picker import SHOWN, LabelPicker


@pytest.fixture
def picker() -> Iterator[LabelPicker]:
    app: QApplication = make_application(language="en")
    made = LabelPicker()
    made.resize(640, 400)
    made.show()
    made.set_choices([LabelChoice(number, f"code {number:04}", "#0072b2") for number in range(5000)])
    app.processEvents()
    yield made
    made.close()
    made.deleteLater()


def _shown(picker: LabelPicker) -> list[int]:
    return [one.id for one in picker.bar.shown]


def test_only_the_first_have_buttons_and_the_others_are_counted(picker: LabelPicker) -> None:
    assert _shown(picker) == list(range(SHOWN))
    assert picker.more.text() == "4880 more labels: type part of a name"


def test_typing_brings_up_any_of_them_and_enter_takes_it(picker: LabelPicker) -> None:
    taken: list[int] = []
    picker.pressed.connect(taken.append)
    picker.line.setText("4711")
    assert _shown(picker) == [4711] and not picker.more.isVisible()
    picker.line.taken.emit(0)
    assert taken == [4711]


def test_the_labels_of_the_sample_and_those_suggested_are_always_among_them(picker: LabelPicker) -> None:
    picker.mark(chosen=[3000], suggested=[4000])
    assert {3000, 4000} <= set(_shown(picker)) and len(_shown(picker)) == SHOWN + 2
    assert [one.choice.id for one in picker.bar.buttons if one.isChecked()] == [3000]
    picker.mark(chosen=[], suggested=[])
    picker.line.setText("code")
    assert _shown(picker) == list(range(SHOWN))
