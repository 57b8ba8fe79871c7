"""Several labels a text, in every shape that programs and people write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lepton_studio.formats import Guess, Row, read, refresh, sniff
from lepton_studio.formats.tables.label_cells import flags_in, list_in
from lepton_studio.project.project import Project
from lepton_studio.studio.importing import import_files
from lepton_studio.tasks import task_named

WANTS = task_named("multi_label").wants
TEXTS = ("late and broken box", "broken box", "late again", "hello there", "bill too high", "bill and late")
SETS: tuple[tuple[str, ...], ...] = (("late", "wet"), ("wet",), ("late",), (), ("bill",), ("bill", "late"))
NAMES = ("late", "wet", "bill")


def labels(guess: Guess) -> list[tuple[str, ...] | None]:
    rows = [row for row in read(guess) if isinstance(row, Row)]
    assert [row.text for row in rows] == list(TEXTS)
    return [None if row.marks.labels is None else tuple(sorted(row.marks.labels)) for row in rows]


def table(folder: Path, header: str, cells: list[str]) -> Path:
    path = folder / "table.csv"
    lines = (f"{text},{cell}" for text, cell in zip(TEXTS, cells, strict=True))
    path.write_text(f"text,{header}\n" + "\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("on", "off"),
    [
        ("1", "0"),
        ("True", "False"),
        ("yes", "no"),
        ("1.0", "0.0"),
        ("TRUE", "FALSE"),
        ("Y", "N"),
        ("ja", "nein"),
        ("1.00", "0.00"),
    ],
)
@pytest.mark.parametrize("names", [NAMES, NAMES[:2]])
def test_columns_that_are_on_or_off_are_a_label_each(tmp_path: Path, on: str, off: str, names: tuple[str, ...]) -> None:
    cells = [",".join(on if name in said else off for name in names) for said in SETS]
    guess = sniff([table(tmp_path, ",".join(names), cells)], wants=WANTS)
    assert guess.label_columns == names and guess.label is None
    assert labels(guess) == [tuple(name for name in said if name in names) for said in SETS]


def test_crosses_are_labels_and_a_row_without_any_is_not_labelled(tmp_path: Path) -> None:
    cells = [",".join("x" if name in said else "" for name in NAMES) for said in SETS]
    guess = sniff([table(tmp_path, ",".join(NAMES), cells)], wants=WANTS)
    assert labels(guess) == [said or None for said in SETS]
    assert any("are imported unlabelled" in one for one in guess.notices)


def test_numbered_columns_give_a_label_each(tmp_path: Path) -> None:
    cells = [",".join((*said, "", "", "")[:3]) for said in SETS]
    for names in ("label_1,label_2,label_3", "Label 1,Label 2,Label 3", "label,label2,label3"):
        assert labels(sniff([table(tmp_path, names, cells)], wants=WANTS)) == [said or None for said in SETS]
    guess = sniff([table(tmp_path, "label_1,label_2,label_3", cells)], wants=("label",))
    assert guess.more_labels == (), "a task with one label takes one column"
    assert any("label_2, label_3" in one for one in guess.notices)


@pytest.mark.parametrize(
    "shown",
    [
        lambda said: str(list(said)),
        lambda said: "[" + " ".join(repr(one) for one in said) + "]",
        lambda said: json.dumps(said),
        lambda said: "{" + ", ".join(repr(one) for one in said) + "}" if said else "set()",
        lambda said: "[" + ", ".join(said) + "]",
        lambda said: json.dumps({"choices": list(said)}),
        lambda said: json.dumps({name: int(name in said) for name in NAMES}),
        lambda said: f"array({list(said)}, dtype=object)",
    ],
)  # fmt: skip
def test_a_list_as_a_program_prints_it_is_its_labels(tmp_path: Path, shown) -> None:  # type: ignore[no-untyped-def]
    cells = ['"' + shown(said).replace('"', '""') + '"' for said in SETS]
    assert labels(sniff([table(tmp_path, "labels", cells)], wants=WANTS)) == list(SETS)


@pytest.mark.parametrize("on", [1, 1.0, True])
def test_objects_and_vectors_of_flags_are_labels(tmp_path: Path, on: object) -> None:
    off = type(on)(0)  # type: ignore[call-arg]
    path = tmp_path / "a.jsonl"

    def written(name: str, value: object) -> Path:
        values = [value(said) for said in SETS]  # type: ignore[operator]
        rows = (json.dumps({"text": text, name: one}) for text, one in zip(TEXTS, values, strict=True))
        path.write_text("\n".join(rows), "utf-8")
        return path

    named = written("cats", lambda said: {name: on if name in said else off for name in NAMES})
    assert labels(sniff([named], wants=WANTS)) == list(SETS)
    vectors = written("labels", lambda said: [on if name in said else off for name in NAMES])
    guess = sniff([vectors], wants=WANTS)
    places = {name: f"label_{place}" for place, name in enumerate(NAMES)}
    assert labels(guess) == [tuple(sorted(places[name] for name in said)) for said in SETS]
    assert any("label_0" in one for one in guess.notices)
    (tmp_path / "classes.txt").write_text("\n".join(NAMES), "utf-8")
    assert labels(sniff([vectors], wants=WANTS)) == list(SETS)


def test_vectors_as_text_and_lists_of_ids_are_told_apart(tmp_path: Path) -> None:
    vectors = [" ".join(str(int(name in said)) for name in NAMES) for said in SETS]
    guess = sniff([table(tmp_path, "labels", vectors)], wants=WANTS)
    assert guess.label_form == "flags" and labels(guess)[0] == ("label_0", "label_1")
    assert flags_in("[1. 0. 1.]") == [True, False, True] and flags_in("[0, 2]") is None and flags_in("1") is None
    ids = ['"[0, 1]"', "[1]", "[0]", "[]", "[2]", '"[0, 2]"']
    assert labels(sniff([table(tmp_path, "labels", ids)], wants=WANTS)) == [
        ("0", "1"), ("1",), ("0",), (), ("2",), ("0", "2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("['it''s']", None), ('["it\'s", \'b\']', ["it's", "b"]), ("['a, b', 'c']", ["a, b", "c"]), ("[", None),
        ("[UNK]", None), ("(other)", None), ("('a',)", ["a"]), ("a", None), ("[['a']]", None), ("{}", None),
        ("['a'\n 'b']", ["a", "b"]), ("[" * 5000, None), ("['" + "a" * 100_000, None),
    ],
)  # fmt: skip
def test_only_what_is_a_list_is_read_as_one(cell: str, found: list[str] | None) -> None:
    if cell == "['it''s']":
        assert list_in(cell) in (None, ["it", "s"])
    elif cell == "[['a']]":
        assert list_in(cell) is None
    else:
        assert list_in(cell) == found


def test_another_column_chosen_as_the_label_is_looked_at_anew(tmp_path: Path) -> None:
    cells = [f'{"ab"[len(said) % 2]},"{list(said)}"' for said in SETS]
    guess = sniff([table(tmp_path, "label,kinds", cells)], wants=WANTS)
    assert guess.label == "label"
    from dataclasses import replace

    changed = refresh(replace(guess, label="kinds"), before=guess)
    assert changed.label_form == "list" and labels(changed) == list(SETS)


def test_labels_that_are_never_on_are_labels_too(tmp_path: Path) -> None:
    cells = [",".join(str(int(name in said)) for name in (*NAMES, "rude")) for said in SETS]
    path = table(tmp_path, ",".join((*NAMES, "rude")), cells)
    with Project.create(tmp_path / "p.lepton", task="multi_label") as project:
        import_files(project, sniff([path], wants=WANTS))
        assert [label.name for label in project.labels()] == [*NAMES, "rude"]


def test_two_columns_of_which_one_is_on_are_the_label_where_a_text_has_one(tmp_path: Path) -> None:
    cells = [("1,0", "0,1")[place % 2] for place in range(len(TEXTS))]
    guess = sniff([table(tmp_path, "spam,ham", cells)], wants=("label",))
    assert labels(guess) == [("spam",), ("ham",)] * 3
    other = sniff([table(tmp_path, "urgent,seen", ["1,1", "0,1", "0,0"] * 2)], wants=("label",))
    assert (other.label_columns, other.label) == ((), None), "two remarks on a text are no label"


def test_columns_of_yes_and_no_beside_a_label_are_no_labels(tmp_path: Path) -> None:
    cells = [f"{('bill', 'parcel')[place % 2]},{place % 2},1,{place % 3 % 2}" for place in range(len(TEXTS))]
    for name in ("topic", "Thema", "label"):
        guess = sniff([table(tmp_path, f"{name},is_reply,seen,has_url", cells)], wants=WANTS)
        assert guess.label == name and guess.label_columns == ()


def test_flags_with_a_decimal_comma_are_flags(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = (
        f"{text};" + ";".join(f"{int(name in said)},0" for name in NAMES[:2])
        for text, said in zip(TEXTS, SETS, strict=True)
    )
    path.write_text("\n".join(("text;late;wet", *lines)), "utf-8")
    assert sniff([path], wants=WANTS).label_columns == ("late", "wet")


@pytest.mark.parametrize("joiner", [", ", ";", "|", "\n", "+", "#"])
def test_names_with_something_between_them_are_several_labels(tmp_path: Path, joiner: str) -> None:
    cells = [f'"{joiner.join(said)}"' for said in SETS]
    assert labels(sniff([table(tmp_path, "labels", cells)], wants=WANTS)) == [said or None for said in SETS]
