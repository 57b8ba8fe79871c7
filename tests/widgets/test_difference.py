"""What differs between two texts, word by word."""

from __future__ import annotations

import random

import pytest
from PySide6.QtWidgets import QApplication

from lepton_studio.widgets.difference import DifferenceView, difference
from lepton_studio.widgets.direction import is_right_to_left


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("a b c", "a x c", "a |-b |+x |c"),
        ("Sent on Monday.", "Sent on Tuesday.", "Sent on |-Monday|+Tuesday|."),
        ("it's well-made", "it's badly-made", "it's |-well-made|+badly-made"),
        ("今天天气很好。", "今天的天气好！", "今天|+的|天气|-很|好|-。|+！"),
        ("one  two\nthree", "one two three", "one two three"),
        ("", "new", "+new"),
        ("old", "", "-old"),
        ("हिन्दी भाषा", "हिन्दी की भाषा", "हिन्दी |+की |भाषा"),
    ],
)
def test_words_that_came_and_went_are_named(old: str, new: str, pieces: str) -> None:
    signs = {"same": "", "added": "+", "removed": "-"}
    assert "|".join(signs[piece.kind] + piece.text for piece in difference(old, new)) == pieces


def test_the_new_text_is_told_to_the_last_character() -> None:
    chance = random.Random(3)
    letters = list("ab 的。\n\u2028\u00a0\u00e9👩\u200d🔬,'-\tאب")
    for _ in range(500):
        old, new = ("".join(chance.choices(letters, k=chance.randint(0, 9))) for _ in range(2))
        assert "".join(piece.text for piece in difference(old, new) if piece.kind != "removed") == new


def test_the_view_shows_tags_as_they_are_and_a_lone_suggestion_without_marks() -> None:
    QApplication.instance() or QApplication([])
    view = DifferenceView()
    view.show_difference("", "<b>new</b> text")
    assert "&lt;b&gt;" in view.text() and "underline" not in view.text()
    view.show_difference("old text", "<b>new</b> text")
    assert "line-through" in view.text() and "underline" in view.text()
    view.deleteLater()


def test_a_text_runs_the_way_of_its_first_letter() -> None:
    assert is_right_to_left("12 (مرحبا) hello") and is_right_to_left("שלום")
    assert not is_right_to_left("hello مرحبا") and not is_right_to_left("123")
