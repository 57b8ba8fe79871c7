"""Several labels a text: scores are scikit-learn's, thresholds help, keys switch labels on and off."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from lepton_studio.contract.task import Input
from lepton_studio.project.records import Label, Labels, Verdict
from lepton_studio.tasks.multi_label.annotation import Choices
from lepton_studio.tasks.multi_label.editor import ChoicesEditor
from lepton_studio.tasks.multi_label.scores import compare, score
from lepton_studio.tasks.multi_label.thresholds import best_threshold, choose_thresholds


def labels(count: int) -> Labels:
    return tuple(Label(n, f"label {n}", "#0072b2", str(n) if n < 10 else "", "", n) for n in range(1, count + 1))


def test_every_score_is_that_of_scikit_learn() -> None:
    chance = random.Random(3)
    gold, guess = (
        [Choices(tuple(n for n in range(1, 6) if chance.random() < 0.3)) for _ in range(200)] for _ in range(2)
    )
    report = score(gold, guess, labels(6))  # the sixth occurs nowhere
    truth, said = ([[int(n in one.labels) for n in range(1, 6)] for one in some] for some in (gold, guess))
    for row in report.averages:
        assert (row.precision, row.recall, row.f1) == pytest.approx(
            precision_recall_fscore_support(truth, said, average=row.label, zero_division=0)[:3]
        )
    every = precision_recall_fscore_support(truth, said, zero_division=0)
    assert [row.f1 for row in report.per_class] == pytest.approx([*every[2], 0.0])
    assert [row.support for row in report.per_class] == [*every[3], 0]
    assert report.headline["exact_match"] == pytest.approx(accuracy_score(truth, said))


def test_what_is_wrong_with_a_text_is_said_label_by_label() -> None:
    assert compare(Choices((1, 2)), Choices((2, 3))) == (
        Verdict("missed", 1, None),
        Verdict("right", 2, 2),
        Verdict("invented", None, 3),
    )
    assert compare(Choices(), Choices()) == ()


def test_thresholds_find_labels_that_the_model_is_shy_of() -> None:
    chance = random.Random(5)
    there = [[chance.random() < 0.5, chance.random() < 0.2, place == 7] for place in range(300)]
    said = [[0.25 * yes + 0.25 * chance.random() for yes in row] for row in there]
    assert best_threshold([(row[0], yes[0]) for row, yes in zip(said, there, strict=True)]) == pytest.approx(
        0.25, abs=0.01
    )
    common, shy, rare = choose_thresholds(said, there=there)
    assert common == pytest.approx(0.25, abs=0.01) and shy == pytest.approx(0.25, abs=0.01)
    assert abs(rare - 0.25) < abs(said[7][2] - 0.25) / 2  # one sample decides little
    assert choose_thresholds([[0.9], [0.1]], there=[[False], [False]]) == [0.5]


@pytest.fixture
def editor() -> Iterator[ChoicesEditor]:
    app = QApplication.instance() or QApplication([])
    made = ChoicesEditor()
    made.set_labels(labels(3))
    made.show()
    app.processEvents()
    yield made
    made.close()
    made.deleteLater()


def test_keys_switch_labels_on_and_off_until_enter_goes_on(editor: ChoicesEditor) -> None:
    seen: list[Choices] = []
    editor.edited.connect(seen.append)
    editor.show_sample(Input("text"), None)
    editor.suggest(Choices((2, 3)))
    for key in (Qt.Key.Key_1, Qt.Key.Key_3, Qt.Key.Key_1, Qt.Key.Key_Equal, Qt.Key.Key_1, Qt.Key.Key_0):
        QTest.keyClick(editor, key)
    assert seen == [Choices((1,)), Choices((1, 3)), Choices((3,)), Choices((2, 3)), Choices((1, 2, 3)), Choices()]
    chosen = [button.choice.name for button in editor.picker.bar.buttons if button.isChecked()]
    assert chosen == ["None of them"]


def test_among_many_labels_any_part_of_a_path_finds_one(editor: ChoicesEditor) -> None:
    names = [f"{a}/{b}/{c}" for a in ("Bank", "Home") for b in ("Card", "Loan") for c in ("Lost", "Late", *"tuvwxyz")]
    editor.set_labels(tuple(Label(n, name, "#0072b2", "", "", n) for n, name in enumerate(names, 1)))
    seen: list[Choices] = []
    editor.edited.connect(seen.append)
    editor.show_sample(Input("text"), None)
    QTest.keyClicks(editor.picker.line, "home los")
    assert [one.short for one in editor.picker.bar.shown] == ["Lost", "Lost", ""]  # the last is "None of them"
    assert [one.group for one in editor.picker.bar.shown] == ["Home / Card", "Home / Loan", ""]
    QTest.keyClick(editor.picker.line, Qt.Key.Key_Return)
    QTest.keyClick(editor.picker.line, Qt.Key.Key_2)
    assert seen == [Choices((19,)), Choices((2, 19))]  # taken, the narrowing is taken back
