"""What may be misread is asked about before anything comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.formats import sniff
from lepton_studio.formats.guessing.sniffing import choose_columns


@pytest.mark.parametrize(
    ("labels", "samples", "asks"),
    [(20, 40, True), (40, 40, True), (8, 10, False), (20, 100, False), (30, 1500, False), (700, 1500, True)],
)
def test_more_labels_than_a_third_of_the_samples_are_asked_about(
    tmp_path: Path, labels: int, samples: int, asks: bool
) -> None:
    path = tmp_path / "table.csv"
    rows = "".join(f"this is the text number {n},name {n % labels}\n" for n in range(samples))
    path.write_text("text,label\n" + rows, "utf-8")
    guess = sniff([path], wants=("label",))
    assert guess.label == "label"
    assert [one.about for one in guess.doubts] == ["label"] * asks
    assert all(f"{labels} different" in one.sentence and f"{samples} samples" in one.sentence for one in guess.doubts)


def test_a_column_that_a_person_takes_for_the_label_is_asked_about_too(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = "".join(f"this is the text number {n},ID-{n},{'ab'[n % 2]}\n" for n in range(40))
    path.write_text("text,number,label\n" + rows, "utf-8")
    guess = sniff([path], wants=("label",))
    assert guess.label == "label" and not guess.doubts
    assert choose_columns(guess, label="number").doubts
