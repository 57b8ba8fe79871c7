"""Plain text: a line each, a file each, a folder for each label, labels before or beside the texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.formats import Problem, Row, UnreadableFile, read, sniff


def put(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())
    return path


def rows(*paths: Path) -> list[Row]:
    return [one for one in read(sniff(paths)) if isinstance(one, Row)]


def test_lines_end_only_where_a_person_sees_them_end(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "one\u2028still one\r\ntwo \x0c and \x85\r\n  three  \n")
    assert [row.text for row in rows(path)] == ["one\u2028still one", "two \x0c and \x85", "  three  "]


def test_lines_of_an_old_mac_file_are_lines(tmp_path: Path) -> None:
    assert [row.text for row in rows(put(tmp_path / "a.txt", "one\rtwo\rthree"))] == ["one", "two", "three"]


def test_a_blank_line_is_counted_as_a_problem(tmp_path: Path) -> None:
    found = list(read(sniff([put(tmp_path / "a.txt", "one here\n\ntwo there\n")])))
    assert [one.row for one in found if isinstance(one, Problem)] == [2]


def test_many_small_files_are_a_text_each(tmp_path: Path) -> None:
    for place in range(25):
        put(tmp_path / f"letter {place}.txt", f"Dear Sir,\n\nletter {place}\n")
    found = rows(tmp_path)
    assert len(found) == 25 and found[2].text == "Dear Sir,\n\nletter 2" and found[10].text.endswith("letter 10")


def test_folders_are_labels_and_their_parents_splits(tmp_path: Path) -> None:
    for split in ("train", "test"):
        for label in ("pos", "neg"):
            for place in range(3):
                put(tmp_path / split / label / f"{place}.txt", f"{split} {label}\n{place}")
        put(tmp_path / "train" / "unsup" / "0.txt", "no label here")
    guess = sniff([tmp_path])
    found = rows(tmp_path)
    assert guess.format == "class_folders" and len(found) == 13
    assert {(row.split, row.labels) for row in found} == {
        ("train", ("pos",)),
        ("train", ("neg",)),
        ("train", ()),
        ("test", ("pos",)),
        ("test", ("neg",)),
    }
    assert found[0].source.endswith("0.txt") and "\n" in found[0].text


def test_a_word_test_in_the_path_above_is_no_split(tmp_path: Path) -> None:
    for label in ("red", "blue"):
        put(tmp_path / "test" / "mine" / label / "1.txt", f"about {label}")
    assert {row.split for row in rows(tmp_path / "test" / "mine")} == {None}


def test_fasttext_lines_give_their_labels(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "__label__good-one fine day\n__label__a __label__b two of them\nnone here\n")
    assert [(row.text, row.labels) for row in rows(path)] == [
        ("fine day", ("good-one",)),
        ("two of them", ("a", "b")),
        ("none here", ()),
    ]


def test_prose_is_not_mistaken_for_labels_before_texts(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "How do I pay?\nHow do I leave?\nWhy is it so?\nHow come?\n" * 20)
    assert sniff([path]).format == "lines"


def test_texts_and_labels_of_different_length_are_refused_not_shifted(tmp_path: Path) -> None:
    texts = put(tmp_path / "train_text.txt", "one\ntwo\nthree\n")
    put(tmp_path / "train_labels.txt", "0\n1\n")
    with pytest.raises(UnreadableFile, match=r"train_text\.txt and train_labels\.txt line by line: .* \(3 and 2\)"):
        sniff([texts])


def test_an_empty_line_of_text_does_not_shift_the_labels(tmp_path: Path) -> None:
    texts = put(tmp_path / "train_text.txt", "one\n\nthree\n")
    put(tmp_path / "train_labels.txt", "a\nb\nc\n")
    assert [(row.text, row.labels) for row in rows(texts)] == [("one", ("a",)), ("three", ("c",))]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("paper.pdf", b"%PDF-1.7 ...", "document with pages"),
        ("all.zip", b"PK\x03\x04....", "compressed"),
        ("cat.png", b"\x89PNG\r\n\x1a\n", "not text"),
        ("book.xlsx", b"PK\x03\x04 no workbook at all", "workbook"),
        ("table.parquet", b"PAR1 and nothing else", "Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=said) as refusal:
        sniff([path])
    assert name in str(refusal.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"The file .*gone\.csv does not exist"):
        sniff([tmp_path / "gone.csv"])


def test_other_files_in_a_folder_are_named_not_swallowed(tmp_path: Path) -> None:
    put(tmp_path / "data.csv", "text,label\n" + "some words here,x\n" * 50)
    put(tmp_path / "more.jsonl", '{"text": "a", "label": "x"}\n' * 3)
    put(tmp_path / "README.md", "About it.\n")
    guess = sniff([tmp_path])
    assert [path.name for path in guess.paths] == ["data.csv"]
    assert any("README.md" in notice for notice in guess.notices) and any("more.jsonl" in one for one in guess.notices)


def test_a_picture_or_a_program_is_refused_by_name_instead_of_coming_in_as_strange_letters(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(UnreadableFile, match=r"notes\.txt is not text \(binary\)"):
        sniff([file])


def test_tables_called_data_and_label_are_no_pair_of_line_files(tmp_path: Path) -> None:
    for name in ("data", "label"):
        (tmp_path / f"{name}.csv").write_text("text,label\nhello,a\nbye,b\n", "utf-8")
    assert sniff([tmp_path / "data.csv"]).format == "csv"
