"""Workbooks as people keep them: several sheets, hidden ones, titles above the table, merged cells, no header."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest

from lepton_studio.formats import Guess, Row, UnreadableFile, choose_header, choose_table, read, sniff

Cells = Sequence[Sequence[object]]
REST = [["Parcel was late", "delivery"], ["Paid twice", "billing"], ["Never came", "delivery"], ["Too dear", "billing"]]
TABLE: Cells = [["text", "label"], *REST]
LABELS = ["delivery", "billing", "delivery", "billing"]


@dataclass(frozen=True)
class Kept:
    """A workbook: sheet -> rows; what is hidden, merged ("Sheet!B2:B4"); what is right to read out of it."""

    sheets: Mapping[str, Cells]
    labels: Sequence[str]
    hidden: Sequence[str] = ()
    merged: Mapping[str, Sequence[str]] = field(default_factory=dict)
    first: str = "Parcel was late"
    says: Sequence[str] = ()
    sheet: str = ""
    header: int | None = None


KEPT = {
    "a hidden list in front": Kept(
        {"lists": [["delivery"], ["billing"]], "data": TABLE}, LABELS, hidden=["lists"], says=["Hidden", "lists"]
    ),
    "all but one hidden": Kept(
        {"old": TABLE, "older": TABLE, "now": TABLE}, LABELS, hidden=["old", "older"], says=["old, older"]
    ),
    "nothing but hidden sheets": Kept({"a": TABLE, "b": [["note"]]}, LABELS, hidden=["a"], sheet="a"),
    "a cover in front": Kept(
        {"Read me": [["Feedback of May"]], "data": [*TABLE, *REST, *REST]}, LABELS * 3, says=["not read: Read me"]
    ),
    "a month a sheet": Kept(
        {"Jan": TABLE, "Feb": [["text", "label"], ["Wet box", "damage"]]},
        [*LABELS, "damage"],
        says=["Jan, Feb have the same columns and are read together"],
    ),
    "sheets of other kinds": Kept(
        {"answers": TABLE, "people": [["name", "age"], ["Ines", 3], ["Ana", 4], ["Jo", 5]]},
        LABELS,
        says=["The sheet answers is read", "not read: people"],
    ),
    "one of two months": Kept(
        {"Jan": TABLE, "Feb": [["text", "label"], ["Wet box", "damage"]]}, ["damage"], first="Wet box", sheet="Feb"
    ),
    "merged labels": Kept(
        {"s": [["text", "label"], ["Parcel was late", "delivery"], ["Never came", None], ["Paid twice", "billing"]]},
        ["delivery", "delivery", "billing"],
        merged={"s": ["B2:B3"]},
        says=["1 empty cell"],
    ),
    "a heading over all columns is no label": Kept(
        {"s": [["Feedback of May", None], [None, None], *TABLE]}, LABELS, merged={"s": ["A1:B1"]}, says=["row 3"]
    ),
    "a title and a date above": Kept(
        {
            "s": [
                ["Feedback", None, None],
                ["as of", "2024-05-01", None],
                ["text", "label", "shop"],
                *([*row, "north"] for row in REST),
            ]
        },
        LABELS,
        says=["row 3"],
    ),
    "a table in the middle of its sheet": Kept(
        {"s": [[], [], *([None, None, *row] for row in TABLE)]}, LABELS, says=["row 3"]
    ),
    "no header, and told so": Kept({"s": REST}, LABELS, header=0),
    "a header that cannot be guessed, and told": Kept(
        {"s": [["x1", "y1"], ["x2", "y2"], ["x3", "y3"], ["text", "label"], *REST]}, LABELS, header=4
    ),
    "labels not yet given": Kept(
        {"s": [["Feedback", None], ["text", "label"], ["Parcel was late", None], ["Paid twice", "billing"]]},
        ["", "billing"],
        says=["row 2"],
    ),
}


def book(path: Path, kept: Kept) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in kept.sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for merged in kept.merged.get(name, ()):
            sheet.merge_cells(merged)
        sheet.sheet_state = "hidden" if name in kept.hidden else "visible"
    made.save(path)
    return path


def guessed(path: Path, kept: Kept) -> Guess:
    guess = sniff([path], wants=("label",))
    if kept.sheet:
        guess = choose_table(guess, kept.sheet)
    return guess if kept.header is None else choose_header(guess, kept.header)


@pytest.mark.parametrize("name", KEPT)
def test_the_table_in_a_workbook_is_found(tmp_path: Path, name: str) -> None:
    kept = KEPT[name]
    guess = guessed(book(tmp_path / "book.xlsx", kept), kept)
    rows = [row for row in read(guess) if isinstance(row, Row)]
    assert (rows[0].text, ["".join(row.labels) for row in rows]) == (kept.first, list(kept.labels))
    said = " ".join(guess.notices)
    assert all(part in said for part in kept.says), said


def test_sheets_can_be_chosen_by_name_and_tell_where_a_row_comes_from(tmp_path: Path) -> None:
    kept = Kept({"train": TABLE, "test": TABLE, "codes": [["billing"]], "old": TABLE}, LABELS, hidden=["old"])
    guess = sniff([book(tmp_path / "book.xlsx", kept)], wants=("label",))
    assert guess.tables == ("*", "train", "test", "codes")
    rows = [row for row in read(guess) if isinstance(row, Row)]
    assert [(row.row, row.split, row.raw["sheet"]) for row in rows[3:5]] == [(5, "train", "train"), (2, "test", "test")]  # type: ignore[index]
    assert choose_table(guess, "old").table == "old" and choose_table(choose_table(guess, "codes"), "*").table == "*"
    with pytest.raises(UnreadableFile, match=r"has no sheet tst with content\. Its sheets: train, test, codes, old"):
        choose_table(guess, "tst")


_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
    'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def test_a_sheet_of_openoffice_is_read_like_one_of_excel(tmp_path: Path) -> None:
    def cell(words: str, more: str = "") -> str:
        return f'<table:table-cell office:value-type="string"{more}><text:p>{words}</text:p></table:table-cell>'

    rows = [
        cell("text") + cell("label"),
        cell("Parcel was late") + cell("delivery", ' table:number-rows-spanned="2" table:number-columns-spanned="1"'),
        cell("Never came") + "<table:covered-table-cell/>",
        cell("Paid twice") + cell("billing"),
    ]
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="May">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    path = tmp_path / "book.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", _MANIFEST)
    guess = sniff([path])
    found = [(row.text, row.labels) for row in read(guess) if isinstance(row, Row)]
    assert found == [("Parcel was late", ("delivery",)), ("Never came", ()), ("Paid twice", ("billing",))]
    assert "Only the first row of a merged cell has its content" in " ".join(guess.notices)
