"""However a program counts, its marks stand where they were meant; what cannot be right is left out and named."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_studio.formats import Row, refresh, sniff
from lepton_studio.formats.offsets import SCHEMES, find_scheme, notice, repair
from lepton_studio.project.marks import AnswerMark, Marks, QuestionMark, RelationMark, SpanMark

TEXTS = [
    "Maria Lopez 🚀 joined\r\nAcme Labs in Lyon.",
    "e\u0301tude 👩‍👩‍👧 of naïve\nthings in Zürich",
    "한국어 문장 and ᄒᆞᆫ글 🇩🇪 here",
    "القاهرة 🕌 مدينة كبيرة",
]


def words(text: str) -> list[tuple[int, int]]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append((at, at + len(word)))
        at += len(word)
    return found


# How much a program that counts so makes of the text before a place, by its own arithmetic.
LENGTHS: dict[str, Callable[[str], int]] = {
    "utf-16": lambda before: len(before.encode("utf-16-le")) // 2,
    "utf-8": lambda before: len(before.encode()),
    "one-line-end": lambda before: len(before.replace("\r\n", "\n")),
    "nfc": lambda before: len(unicodedata.normalize("NFC", before)),
    "nfd": lambda before: len(unicodedata.normalize("NFD", before)),
    "words": lambda before: len(before.split()),
}


def counted(scheme: str, text: str, place: tuple[int, int]) -> tuple[int, int]:
    """Start and end as such a program would write them."""
    if scheme in LENGTHS:
        return LENGTHS[scheme](text[: place[0]]), LENGTHS[scheme](text[: place[1]])
    return (place[0], place[1] - 1) if scheme == "inclusive" else (place[0] + 1, place[1])


@pytest.mark.parametrize("scheme", [*LENGTHS, "inclusive", "from-one"])
def test_a_way_of_counting_is_found_out_by_the_quotes_and_put_right(scheme: str) -> None:
    samples = []
    for text in TEXTS:
        spans = [SpanMark(*counted(scheme, text, place), "X", text[place[0] : place[1]]) for place in words(text)]
        samples.append((text, Marks(spans=tuple(spans))))
    found = find_scheme(samples)
    assert found.scheme == scheme and found.right == found.total and found.quoted
    assert f": {found.total} of {found.total} (" in notice(found)
    for text, marks in samples:
        repaired = repair(text, marks, scheme=found.scheme)
        assert not repaired.left_out
        assert [(span.start, span.end) for span in repaired.marks.spans or ()] == words(text)


def test_without_quotes_marks_that_cut_words_tell_the_way_of_counting() -> None:
    samples = []
    for text in ("🚀 Maria Lopez joined", "no rocket here", "🚀🚀 Acme Labs"):
        spans = tuple(SpanMark(*counted("utf-16", text, place), "X") for place in words(text))
        samples.append((text, Marks(spans=spans)))
    assert find_scheme(samples).scheme == "utf-16"
    fine = [("Maria Lopez joined", Marks(spans=(SpanMark(0, 3, "X"), SpanMark(6, 11, "X"))))]
    assert find_scheme(fine).scheme == "", "one odd mark is no reason to move all others"


def test_marks_that_fit_under_no_counting_are_left_out_with_their_relations_and_named() -> None:
    text = "Maria joined Acme"
    spans = (SpanMark(0, 5, "PER", "Maria"), SpanMark(6, 12, "ORG", "Acme"), SpanMark(13, 99, "ORG"))
    marks = Marks(
        spans=spans, relations=(RelationMark(0, 1, "r"),), questions=(QuestionMark("?", (AnswerMark(40, 44),)),)
    )
    repaired = repair(text, marks)
    assert repaired.marks.spans == spans[:1] and repaired.marks.relations is None
    assert repaired.marks.questions == (QuestionMark("?"),)
    assert repaired.remark == (
        "3 marks do not fit the text and were left out: 6-12 ORG “Acme”, 13-99 ORG, 40-44. 1 relation "
        "points to a mark that does not exist and was left out: r 0 → 1."
    )


def test_a_file_counted_otherwise_says_so_before_it_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    text = "🚀 Maria joined Acme"
    spans = [
        {"start": 3, "end": 8, "label": "PER", "text": "Maria"},
        {"start": 16, "end": 20, "label": "ORG", "text": "Acme"},
    ]
    wrong = {"start": 9, "end": 15, "label": "PER", "text": "Nobody"}
    path.write_text(
        json.dumps({"text": text, "spans": [*spans, wrong]}) + "\n" + '{"text": "b", "spans": []}\n', "utf-8"
    )
    guess = sniff([path], wants=("spans",))
    assert guess.offsets == "utf-16"
    (said,) = guess.notices
    assert said.startswith(
        "Marks in the right place when offsets are counted in UTF-16 units: 2 of 3 (0 in code points)."
    )
    assert said.endswith("The other one is left out.")
    row = guess.preview[0]
    assert isinstance(row, Row) and [(span.start, span.end) for span in row.marks.spans or ()] == [(2, 7), (15, 19)]
    assert "Nobody" in row.remark
    assert "Marks in the right place: 0 of 3." in refresh(replace(guess, offsets="")).notices[0]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab é\u0301🚀👩\u200d\r\n中한\u2028 ", max_size=30), st.integers(0, 40), st.integers(0, 40))
def test_no_counting_ever_leaves_the_text(text: str, start: int, length: int) -> None:
    for scheme in SCHEMES:
        for span in repair(text, Marks(spans=(SpanMark(start, start + length, "X"),)), scheme=scheme).marks.spans or ():
            assert 0 <= span.start <= span.end <= len(text)
