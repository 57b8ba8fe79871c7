"""Which label stands for none of the others."""

from __future__ import annotations

import pytest

from lepton_studio.project.records import Label
from lepton_studio.studio.instant.other import other_label


@pytest.mark.parametrize("name", ["Other", "none of these", "out-of-scope", "topic/Other", "其他", "something_else"])
def test_it_is_told_by_its_name(name: str) -> None:
    labels = tuple(Label(n, one, "#000000", "", "", n) for n, one in enumerate(("refund", name, "late")))
    assert other_label(labels) == 1
    assert other_label(labels[::2]) is None


def test_a_name_with_more_to_say_is_a_label_of_its_own() -> None:
    labels = tuple(Label(n, one, "#000000", "", "", n) for n, one in enumerate(("other card", "unknown charge")))
    assert other_label(labels) is None
