"""Whatever is in a file: rows, problems or one sentence come of it, never an exception of Python or of a library."""

from __future__ import annotations

import gzip
import json
import random
from itertools import islice
from pathlib import Path

import pytest

from lepton_studio.formats import Problem, Row, UnreadableFile, read, sniff
from lepton_studio.formats.bounds import MOST_COLUMNS
from lepton_studio.formats.tables.header import column_names
from tests.formats.damage import NATIVE, damages, fault, seeds

_EACH, _EACH_NATIVE = 2, 1


def test_small_damages_to_files_of_every_format_are_answered_in_rows_and_sentences(tmp_path: Path) -> None:
    """A fixed sample; `python3 packaging/dev.py bench fuzz` looks for new ones."""
    (tmp_path / "seeds").mkdir()
    faults = []
    for place, seed in enumerate(seeds(tmp_path / "seeds")):
        chance = random.Random(place)
        is_native = bool(NATIVE & set(seed.parts))
        if is_native and place % 8:
            continue  # each is read in a process of its own
        target = tmp_path / str(place) / "damaged"
        target.parent.mkdir()
        for damaged in islice(damages(chance, seed, target=target), _EACH_NATIVE if is_native else _EACH):
            if said := fault(damaged, chance):
                faults.append(f"{seed.relative_to(tmp_path)}: {said[-1500:]}")
    assert not faults, "\n".join(faults[:3])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.jsonl", '{"text": "x", "label": ' + "[" * 900 + "]" * 900 + "}"),
        ("deeper.jsonl", '{"text": "x", "label": ' + "[" * 100_000),
        ("cell.csv", "text,turns\nhello there," + "[" * 50_000),
        ("digits.json", '[{"text": "x", "label": ' + "9" * 5000 + "}]"),
        ("choices.json", '[{"data": {"text": "x"}, "annotations": [{"result": [{"type": "choices", "value": '
         '{"choices": ' + "[" * 950 + "]" * 950 + "}}]}]}]"),
        ("kinds.jsonl", '{"text": ["a"], "label": {"b": [1e400]}, "answer": {}, "spans": 7}\n' * 3),
    ],
)  # fmt: skip
def test_what_is_nested_or_counted_beyond_reason_is_a_problem_of_its_row(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(f"{content}\n", "utf-8")
    assert not fault(tmp_path / name, random.Random(0))
    try:
        rows = list(read(sniff([tmp_path / name])))
    except UnreadableFile:
        return
    for row in rows:
        assert isinstance(row, Problem) or json.dumps(row.raw)  # every file out and the project can hold it


def test_one_odd_record_costs_itself_and_not_its_file(tmp_path: Path) -> None:
    deep = json.dumps({"text": "x", "label": "a"}).replace('"a"', "[" * 300 + "]" * 300)
    good = json.dumps({"text": "The card is lost", "label": "card"})
    (tmp_path / "t.jsonl").write_text("\n".join([good, good, deep, good]), "utf-8")
    kinds = [type(one) for one in read(sniff([tmp_path / "t.jsonl"]))]
    assert kinds == [Row, Row, Problem, Row]


def test_a_line_that_no_person_wrote_is_refused_also_where_it_comes_packed(tmp_path: Path) -> None:
    line = b"word " * (7 << 20)
    for name, content in {
        "long.txt": line, "long.csv": b"text,label\n" + line, "long.jsonl": b'{"text": "x"}\n' * 9 + b'{"text":' + line,
    }.items():  # fmt: skip
        with gzip.open(tmp_path / f"{name}.gz", "wb", compresslevel=1) as packed:
            packed.write(content)
        with pytest.raises(UnreadableFile) as refused:
            list(read(sniff([tmp_path / f"{name}.gz"])))
        assert "million characters" in str(refused.value)


def test_a_long_text_in_the_first_line_does_not_hide_what_the_file_is(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"{number} " + "word " * 60_000, "label": "a"}) for number in range(3)]
    (tmp_path / "t.jsonl").write_text("\n".join(lines), "utf-8")
    guess = sniff([tmp_path / "t.jsonl"])
    assert (guess.format, guess.text) == ("jsonl", "text")
    assert sum(isinstance(one, Row) for one in read(guess)) == 3


def test_a_table_of_nothing_but_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "commas.csv").write_text("," * 100_000, "utf-8")
    with pytest.raises(UnreadableFile, match="100,001 columns"):
        sniff([tmp_path / "commas.csv"])
    assert len(set(column_names(["x"] * MOST_COLUMNS))) == MOST_COLUMNS
    assert column_names(["a", "a", "a (2)", "a"]) == ("a", "a (2)", "a (2) (2)", "a (3)")
