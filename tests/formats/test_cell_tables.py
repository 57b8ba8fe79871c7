"""A table for a person's desk: each kind of file gives the cells back as they were, or says what it changed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from lepton_studio.formats.tables.cell_tables import MOST_EXCEL_CHARACTERS, TABLE_KINDS, Changed, write_cells

COLUMNS = ("nr", "text", "n", "sure", "marks", "big")
ROWS: list[dict[str, Any]] = [
    {"nr": "007", "text": '=HYPERLINK("x")', "n": 3, "sure": 0.25, "marks": [{"start": 0}], "big": 2**70},
    {},
    {"nr": "-5", "text": "Größe 🚀 “中文”\nzwei", "n": None, "sure": 1, "marks": None, "big": 1},
    {"nr": "+49 30", "text": "@home", "sure": 0.5},
]


@pytest.mark.parametrize("suffix", TABLE_KINDS)
def test_cells_come_back_and_none_is_a_formula(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"said{suffix.upper()}"
    changed = write_cells(file, ROWS, columns=COLUMNS)
    assert changed == Changed(quoted=3 if suffix in (".csv", ".tsv") else 0)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    match suffix:
        case ".csv" | ".tsv":
            assert file.read_bytes().startswith(b"\xef\xbb\xbf")
            with file.open(encoding="utf-8-sig", newline="") as stream:
                header, *rows = csv.reader(stream, delimiter="\t" if suffix == ".tsv" else ",")
            assert tuple(header) == COLUMNS
            assert rows[0][:4] == ["007", '\'=HYPERLINK("x")', "3", "0.25"] and rows[1] == [""] * 6
            assert rows[2][0] == "-5" and rows[3][:2] == ["'+49 30", "'@home"]
        case ".xlsx":
            sheet = openpyxl.load_workbook(file).active
            assert sheet is not None
            cells = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2)]
            assert cells[0][:4] == [("007", "s"), ('=HYPERLINK("x")', "s"), (3, "n"), (0.25, "n")]
            assert cells[2][1] == (ROWS[2]["text"], "s") and cells[3][1] == ("@home", "s")
        case ".jsonl":
            assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == ROWS
        case ".parquet":
            table = pq.read_table(file)
            assert [str(one) for one in table.schema.types] == [
                "string",
                "string",
                "int64",
                "double",
                "string",
                "string",
            ]
            assert table["text"].to_pylist() == [row.get("text") for row in ROWS]
            assert table["big"].to_pylist() == [str(2**70), None, "1", None]


def test_what_is_too_long_for_a_workbook_is_cut_and_counted(tmp_path: Path) -> None:
    long = "x" * (MOST_EXCEL_CHARACTERS + 1)
    assert write_cells(tmp_path / "a.xlsx", [{"text": long}, {"text": "y"}], columns=("text",)) == Changed(cut=1)
    assert write_cells(tmp_path / "a.csv", [{"text": long}], columns=("text",)) == Changed()
