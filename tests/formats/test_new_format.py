"""A developer adds a format as one file: it is found, read, offered and written without another edit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import lepton_studio.formats
from lepton_studio.formats import Problem, Row, all_formats, read, sniff, writers_for
from tests.formats.round_trip_rows import SETS, trip

TOYS = str(Path(__file__).parent / "toy_formats")


@pytest.fixture(autouse=True)
def toy_format(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A format whose file is put where discovery looks."""
    monkeypatch.setattr(lepton_studio.formats, "__path__", [*lepton_studio.formats.__path__, TOYS])
    all_formats.cache_clear()
    yield
    all_formats.cache_clear()


def test_its_files_are_recognised_and_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "post.notes"
    file.write_text("late | Where is my card?\nno bar here\n | Hello | again\n", "utf-8")
    rows = list(read(sniff([file])))
    assert [(one.text, one.labels) for one in rows if isinstance(one, Row)] == [
        ("Where is my card?", ("late",)),
        ("Hello | again", ()),
    ]
    assert [one.row for one in rows if isinstance(one, Problem)] == [2]


def test_what_goes_out_comes_back_or_is_named(tmp_path: Path) -> None:
    assert "notes" in [one.id for one in writers_for(())]
    for place, (name, (wants, rows)) in enumerate(SETS.items()):
        folder = tmp_path / str(place)
        folder.mkdir()
        found = trip(all_formats()["notes"], rows, wants=wants, folder=folder)
        assert not found.silent, f"{name}: {found}"
