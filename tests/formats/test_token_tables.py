"""One token a row, whatever the columns are called and however the tags are written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from lepton_studio.formats import Problem, Row, read, sniff
from lepton_studio.project.marks import SpanMark

NAMES, TOWNS, VERBS = ("Kai", "Tove", "Ana"), ("Porto", "Brno", "New York"), ("came", "drove")
SENTENCES = [
    [(NAMES[n % 3], "B-PER"), (VERBS[n % 2], "O"), ("to", "O")]
    + [(word, "I-LOC" if place else "B-LOC") for place, word in enumerate(TOWNS[n % 3].split())]
    + [("today", "O"), (".", "O")]
    for n in range(30)
]


def bare(tag: str) -> str:
    return tag[2:] if "-" in tag else tag


def check(path: Path, *, count: int = 30, format: str | None = None) -> None:
    guess = sniff([path], wants=("spans",))
    if format:
        assert guess.format == format
    found = list(read(guess))
    assert not [one for one in found if isinstance(one, Problem)]
    rows = [one for one in found if isinstance(one, Row)]
    assert len(rows) == count
    assert [(row.text, row.marks.spans) for row in rows[:3]] == [
        ("Kai came to Porto today .", (SpanMark(0, 3, "PER"), SpanMark(12, 17, "LOC"))),
        ("Tove drove to Brno today .", (SpanMark(0, 4, "PER"), SpanMark(14, 18, "LOC"))),
        ("Ana came to New York today .", (SpanMark(0, 3, "PER"), SpanMark(12, 20, "LOC"))),
    ]


LINES = {
    "plain": lambda word, tag: f"{word}\t{tag}",
    "spaces": lambda word, tag: f"{word} {tag}",
    "with a tag of speech": lambda word, tag: f"{word}\tX\t{tag}",
    "leading tab": lambda word, tag: f"\t{word}\tX\t{tag}",
    "lower-case o": lambda word, tag: f"{word}\tX\t{'o' if tag == 'O' else tag}",
    "lower case": lambda word, tag: f"{word}\t{tag[0].lower()}{tag[1:]}",
    "no prefix": lambda word, tag: f"{word}\t{bare(tag)}",
    "no prefix, spaces": lambda word, tag: f"{word} NN {bare(tag)}",
    "tag first": lambda word, tag: f"{tag}\t{word}",
    "tag first, no prefix": lambda word, tag: f"{bare(tag)} {word}",
}


@pytest.mark.parametrize("header", [False, True])
@pytest.mark.parametrize("case", LINES)
@pytest.mark.parametrize("suffix", [".txt", ".conll", ".tsv"])
def test_tokens_between_blank_lines(tmp_path: Path, case: str, header: bool, suffix: str) -> None:
    line = LINES[case]
    names = line("token", "tag") if "case" not in case else line("token", "Ner")
    text = "\n\n".join("\n".join(line(word, tag) for word, tag in one) for one in SENTENCES)
    path = tmp_path / f"tokens{suffix}"
    path.write_text(("token\tner\n" if header and case == "plain" else f"{names}\n" if header else "") + text, "utf-8")
    if header and "tag first" in case:
        path.write_text("ner\ttoken\n".replace("\t", "\t" if "prefix" not in case else " ") + text, "utf-8")
    check(path)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("header", ["Sentence #,Word,POS,Tag", "sentence_id,words,pos,labels", "sent,token,x,ner", ""])
@pytest.mark.parametrize("prefix", [True, False])
def test_tables_with_ids_of_sentences(tmp_path: Path, delimiter: str, header: str, prefix: bool) -> None:
    path = tmp_path / ("tokens.csv" if delimiter != "\t" else "tokens.tsv")
    if not header and not prefix:
        return  # nothing says what such a table is
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        if header:
            writer.writerow(header.split(","))
        for number, one in enumerate(SENTENCES):
            for place, (word, tag) in enumerate(one):
                sparse = f"Sentence: {number}" if place == 0 else ""
                identity = sparse if header.startswith("Sentence") else number
                writer.writerow([identity, word, "NN", tag if prefix else bare(tag)])
    check(path, format="token_table")


def test_tables_with_blank_rows_or_nothing_between_sentences(tmp_path: Path) -> None:
    for name, between in (("blank.csv", "\n"), ("commas.csv", ",\n"), ("nothing.csv", "")):
        rows = between.join("".join(f"{word},{tag}\n" for word, tag in one) for one in SENTENCES)
        (tmp_path / name).write_text("word,tag\n" + rows, "utf-8")
        check(tmp_path / name, format="token_table")
    assert any("full stop" in one for one in sniff([tmp_path / "nothing.csv"], wants=("spans",)).notices)


@pytest.mark.parametrize(
    "shown",
    [
        str, json.dumps, " ".join,
        lambda words: "[" + " ".join(map(repr, words)) + "]",
        lambda words: str(tuple(words)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("names", ["tokens,ner_tags", "id,words,labels", "sentence,tags"])
def test_lists_of_words_and_tags_in_cells(tmp_path: Path, shown, names: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "lists.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names.split(","))
        for number, one in enumerate(SENTENCES):
            cells = [shown([word for word, _ in one]), shown([tag for _, tag in one])]
            writer.writerow([str(number), *cells] if "id" in names else cells)
    check(path)


def test_numbers_for_tags_take_their_names_from_the_file_beside_or_are_asked_about(tmp_path: Path) -> None:
    names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    lines = [
        {"tokens": [word for word, _ in one], "ner_tags": [names.index(tag) for _, tag in one]} for one in SENTENCES
    ]
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    assert [one.about for one in sniff([path], wants=("spans",)).doubts] == ["tags"]
    (tmp_path / "labels.txt").write_text("\n".join(names), "utf-8")
    check(path)


def test_comments_hashes_and_mixed_tags(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text(
        "Hi\tO\nJohn\tNAME\nDoe\tNAME\n\n#party\tB-EVENT\nin\tO\nTurku\tB-LOC\n\n# a comment\nBye\tO\n", "utf-8"
    )
    rows = [row for row in read(sniff([path], wants=("spans",))) if isinstance(row, Row)]
    assert [row.text for row in rows] == ["Hi John Doe", "#party in Turku", "Bye"]
    assert [row.marks.spans for row in rows] == [
        (SpanMark(3, 11, "NAME"),), (SpanMark(0, 6, "EVENT"), SpanMark(10, 15, "LOC")), (),
    ]  # fmt: skip


def test_tables_of_texts_are_no_tables_of_tokens(tmp_path: Path) -> None:
    for name, text in (
        ("a.csv", "text,label\n" + "".join(f"word{n},{'OAB'[n % 3]}\n" for n in range(30))),
        ("b.csv", "id,text,label\n" + "".join(f"{n},some text {n},{'OAB'[n % 3]}\n" for n in range(30))),
        ("c.txt", "Only prose here, O dear.\nAnd a second line of it.\n" * 5),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        assert sniff([tmp_path / name], wants=("label",)).format not in ("token_table", "conll"), name


@pytest.mark.parametrize("delimiter", ["\t", " ", ","])
@pytest.mark.parametrize("suffix", [".txt", ".csv"])
def test_tokens_with_nothing_between_sentences_are_no_samples_each(tmp_path: Path, delimiter: str, suffix: str) -> None:
    path = tmp_path / f"tokens{suffix}"
    path.write_text("".join(f"{word}{delimiter}{tag}\n" for one in SENTENCES for word, tag in one), "utf-8")
    check(path)
    assert any("full stop" in one for one in sniff([path], wants=("spans",)).notices)
