"""What is never preset as the label, what is never read as lines, and words of Python that never reach a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.formats import Row, UnreadableFile, read, sniff

TEXTS = [f"the parcel of shop {place} came late and was wet" for place in range(24)]
COLUMNS = {
    "label": ("label", [f"2024-03-{1 + place % 4:02}" for place in range(24)]),
    "German dates": ("category", [f"{1 + place % 4}.3.2024" for place in range(24)]),
    "dates with times": ("class", [f"2024-03-0{1 + place % 4} 10:0{place % 3}:00" for place in range(24)]),
    "dates in words": ("when", [f"Mar {1 + place % 4}, 2024" for place in range(24)]),
    "Chinese dates": ("日期", [f"2024年3月{1 + place % 4}日" for place in range(24)]),
    "times": ("time", [f"{8 + place % 4}:30" for place in range(24)]),
    "customers": ("customer_id", [f"C{place % 5}" for place in range(24)]),
    "in camel case": ("orderId", [str(place % 5) for place in range(24)]),
    "UUIDs": ("thread", [f"0000000{place % 3}-0000-4000-8000-000000000000" for place in range(24)]),
    "nearly unique": ("group", [f"g{min(place, 22)}" for place in range(24)]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_dates_ids_and_what_is_nearly_unique_are_never_preset_as_the_label(tmp_path: Path, name: str) -> None:
    column, cells = COLUMNS[name]
    path = tmp_path / "in.csv"
    lines = [f'"{cell}",{text}' for cell, text in zip(cells, TEXTS, strict=True)]
    path.write_text("\n".join([f"{column},text", *lines, ""]), "utf-8")
    guess = sniff([path], wants=("label",))
    assert (guess.text, guess.label) == ("text", None)
    assert any("No column is used as the label" in one for one in guess.notices)


@pytest.mark.parametrize("column", ["topic_id", "label_no", "rating_class"])
def test_numbers_of_labels_are_labels_for_all_that(tmp_path: Path, column: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text("\n".join([f"{column},text", *(f"{p % 3},{text}" for p, text in enumerate(TEXTS)), ""]), "utf-8")
    assert sniff([path], wants=("label",)).label == column


@pytest.mark.parametrize("odd", ["2024-05-01", "4/5", "n/a?", "five", "1e999"])
def test_an_odd_cell_among_ratings_costs_itself_and_is_told_of_in_words(tmp_path: Path, odd: str) -> None:
    path = tmp_path / "in.csv"
    cells = ["5", "3.5", odd, '"2,5"']
    lines = [f"{text},{cell}" for text, cell in zip(TEXTS, cells, strict=False)]
    path.write_text("\n".join(["review,rating", *lines, ""]), "utf-8")
    rows = [row for row in read(sniff([path], wants=("rating",))) if isinstance(row, Row)]
    assert [row.marks.rating for row in rows] == [5, 3.5, None, 2.5]
    assert "rating" in rows[2].remark and not any(
        word in rows[2].remark for word in ("convert", "float", "Error", "invalid literal")
    )


OTHERS = {
    "talk.srt": (b"1\n00:00:01,000 --> 00:00:02,000\nHello there\n\n", "subtitles"),
    "talk.vtt": (b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello there\n", "subtitles"),
    "mail.eml": (b"From: ines@example.org\nSubject: late box\n\nMy box is late.\n", "e-mail"),
    "survey.sav": (b"$FL2@(#) SPSS DATA FILE\n" + b"\0" * 200, "SPSS"),
    "survey.dta": (b"<stata_dta><header><release>118</release></header></stata_dta>\n", "Stata"),
    "paper.pdf": (b"%PDF-1.7\n", "document with pages"),
    "paper.docx": (b"PK\x03\x04" + b"\0" * 40, "document with pages"),
    "notes.sqlite": (b"SQLite format 3\0" + b"\0" * 100, "database"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_programs_are_refused_in_a_sentence_that_says_what_to_save(tmp_path: Path, name: str) -> None:
    content, said = OTHERS[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile, match=said):
        sniff([tmp_path / name])
