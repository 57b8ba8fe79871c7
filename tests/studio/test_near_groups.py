"""Texts that are nearly equal stand together, whoever labelled them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.errors import Cancelled
from lepton_studio.project.project import Project
from lepton_studio.studio.near_groups import near_groups
from tests.project.steps import add, new

_LETTER = "Dear sirs, my card was swallowed by the machine at the station on Monday, please send me a new one"


def test_nearly_equal_texts_are_one_group_as_long_as_one_of_them_is_not_labelled(tmp_path: Path) -> None:
    with Project.create(tmp_path / "A.lepton", task="text_classification", labels=["card"]) as project:
        add(
            project,
            ["Something else altogether, about a refund.", f"{_LETTER}.", "Order 17 is late", "order 18, is late!"],
        )
        add(project, [new(f"{_LETTER} soon!", 1), new(f"{_LETTER}, thank you."), "Where is my money?"])
        add(
            project,
            [
                new("Nobody needs this one any more, it is done", 1),
                new("Nobody needs this one any more: it is done.", 1),
            ],
        )
        found = near_groups(project)
        assert (found.compared, found.groups) == (9, ((2, 5, 6), (3, 4)))
        project.skip(3)
        assert near_groups(project).groups == ((2, 5, 6), (3, 4))
        project.skip(4)
        assert near_groups(project).groups == ((2, 5, 6),)
        with pytest.raises(Cancelled):
            near_groups(project, should_stop=lambda: True)
