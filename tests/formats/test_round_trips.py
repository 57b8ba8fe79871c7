"""Whatever a format cannot hold is in its list of losses; all else comes back as it went."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.formats import Part, Row, all_formats, write, writers_for
from lepton_studio.project.marks import Marks, SpanMark
from tests.formats.round_trip_rows import SETS, trip

WRITTEN = sorted(one.id for one in writers_for(()))
HOLD_ALL = {"csv", "excel", "jsonl", "datasets"}


@pytest.mark.parametrize("format_id", WRITTEN)
def test_what_goes_out_comes_back_or_is_named(tmp_path: Path, format_id: str) -> None:
    for place, (name, (wants, rows)) in enumerate(SETS.items()):
        folder = tmp_path / str(place)
        folder.mkdir()
        found = trip(all_formats()[format_id], rows, wants=wants, folder=folder)
        assert not found.silent, f"{name}: {found}"
        if format_id in HOLD_ALL:
            assert not found.lost and not found.losses, f"{name}: {found}"


def test_losses_count_what_is_left_out_and_name_a_sample(tmp_path: Path) -> None:
    spans = (SpanMark(0, 5, "a"), SpanMark(0, 2, "b"), SpanMark(6, 9, "c"))
    rows = [Row("plain text", Marks(), row=3), Row("whole nested", Marks(labels=("x", "y"), spans=spans), row=4)]
    losses = write("conll", tmp_path / "out.conll", rows=iter(rows), labels=[])
    assert [(loss.what, loss.count, loss.example) for loss in losses] == [
        ("labels of the whole text", 2, 4),
        ("nested and overlapping spans", 1, 4),
    ]


def test_formats_that_hold_what_there_is_stand_first() -> None:
    parts: set[Part] = {"spans", "nested_spans", "relations", "spacing"}
    ids = [one.id for one in writers_for(parts)]
    assert ids[:2] == ["excel", "csv"] and ids[2] in {*HOLD_ALL, "brat", "label_studio", "prodigy", "doccano"}
    assert not all_formats()[ids[-1]].holds & {"spans", "relations"}


def test_a_file_out_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def breaking() -> object:
        yield Row("one", Marks(labels=("x",)))
        raise KeyboardInterrupt

    for one in WRITTEN:
        target = tmp_path / f"{one}{all_formats()[one].suffix}"
        with pytest.raises(KeyboardInterrupt):
            write(one, target, rows=breaking(), labels=[])  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
