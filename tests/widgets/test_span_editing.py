"""What can be done to marked spans, and where marks and arcs are drawn: values only, no window."""

from __future__ import annotations

import itertools
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_studio.regular_expressions import TooSlow
from lepton_studio.widgets.marked_text import span_editing as editing
from lepton_studio.widgets.marked_text.clusters import clusters
from lepton_studio.widgets.marked_text.finding import Wanted, searched
from lepton_studio.widgets.marked_text.lanes import lanes
from lepton_studio.widgets.marked_text.pieces import cut
from lepton_studio.widgets.marked_text.span_editing import Marked, Stretches, stretches
from lepton_studio.widgets.marked_text.span_state import SpanState
from lepton_studio.widgets.marked_text.tokens import tokens
from lepton_studio.widgets.marked_text.units import Units

TEXT = "Ada Lopez of Northwind Ltd, Lisbon"
WORDS = Units(cut(TEXT))


def words(spans: Stretches) -> list[str]:
    """What is marked, with the label's id."""
    return [f"{TEXT[one.start : one.end]}/{one.label}" for one in spans]


def places(*wanted: tuple[str, int]) -> list[Marked]:
    return [(TEXT.index(word), TEXT.index(word) + len(word), label) for word, label in wanted]


def marked(*wanted: tuple[str, int]) -> Stretches:
    return stretches(places(*wanted))


@pytest.mark.parametrize(
    ("word", "edge", "step", "after"),
    [
        ("Lopez", "start", "out", "Ada Lopez"),
        ("Lopez", "end", "out", "Lopez of"),
        ("Ada Lopez of", "start", "in", "Lopez of"),
        ("Ada Lopez of", "end", "in", "Ada Lopez"),
        ("Ada", "start", "out", "Ada"),  # nothing before it
        ("Lisbon", "end", "out", "Lisbon"),  # nothing after it
        ("Lopez", "end", "in", "Lopez"),  # it never becomes empty
        ("Lopez", "start", "in", "Lopez"),
        ("thwind", "start", "out", "Northwind"),  # an edge inside a word goes to the word's border
        ("Nor", "end", "out", "Northwind"),
        ("Northwind Ltd", "end", "out", "Northwind Ltd,"),
    ],
)
def test_either_edge_grows_and_shrinks_by_a_word(word: str, edge: editing.Edge, step: editing.Step, after: str) -> None:
    spans = editing.move_edge(marked((word, 1)), 0, edge=edge, step=step, units=WORDS)
    assert words(spans) == [f"{after}/1"]


def test_a_span_is_split_at_the_cursor_and_merged_again() -> None:
    spans, second = editing.split(marked(("Northwind Ltd", 2)), 0, at=TEXT.index("Ltd"), units=WORDS)
    assert words(spans) == ["Northwind/2", "Ltd/2"] and second is not None and second.handle == 1
    assert editing.split(spans, 0, at=TEXT.index("Northwind"), units=WORDS) == (spans, None)
    again, gone = editing.merge(spans, 0)
    assert words(again) == ["Northwind Ltd/2"] and gone == 1
    assert editing.merge(marked(("Ada", 1), ("Ltd", 2)), 0)[1] is None, "only a span of the same label is merged"


def test_nested_spans_are_stepped_through_from_the_inside() -> None:
    spans = marked(("Northwind", 1), ("Northwind Ltd", 2), ("Ada Lopez of Northwind Ltd", 3), ("Lisbon", 1))
    here, order, current = TEXT.index("Northwind"), [], None
    for _ in range(4):
        found = editing.around(spans, current, position=here)
        assert found is not None
        order.append(found.label)
        current = found.handle
    assert order == [1, 2, 3, 1]
    assert editing.around(spans, None, position=TEXT.index(",")) is None
    lisbon = editing.next_of(spans, None, position=TEXT.index("Ltd"))
    assert lisbon is not None and words((lisbon,)) == ["Lisbon/1"]
    assert editing.next_of(spans, lisbon, position=0) == spans[0], "after the last comes the first"


def test_the_same_span_is_never_there_twice() -> None:
    spans = marked(("Ada", 1), ("Ada", 2), ("Ada Lopez", 1))
    assert editing.add(spans, 0, 3, label=1)[0] == spans
    ada = next(one for one in spans if (one.end, one.label) == (3, 2))
    assert words(editing.relabel(spans, ada.handle, label=1)) == ["Ada Lopez/1", "Ada/1"]
    assert words(editing.move_edge(spans, 0, edge="end", step="in", units=WORDS)) == ["Ada/1", "Ada/2"]


def test_suggestions_are_taken_refused_and_changed_one_after_the_other() -> None:
    state = SpanState()
    state.show(places(("Ada", 1)), keep=False)
    state.suggest(places(("Ada", 1), ("Lopez", 1), ("Northwind", 2), ("Lisbon", 3)))
    assert words(state.open_suggestions) == ["Lopez/1", "Northwind/2", "Lisbon/3"], "what is marked is not suggested"
    assert state.step(here=0, back=False, suggestions=True) and state.accept()
    assert state.move_edge("end", "out", here=0, units=WORDS), "a suggestion that is changed is taken"
    assert state.step(here=0, back=False, suggestions=True) and state.remove()
    assert words(state.spans) == ["Ada/1", "Lopez/1", "Northwind Ltd/2"]
    assert not state.open_suggestions and not state.accept()


def test_spans_shown_again_keep_what_refers_to_them() -> None:
    state = SpanState()
    state.show(places(("Ada", 1), ("Lisbon", 3)), keep=False)
    ada, lisbon = state.spans
    state.handle = lisbon.handle
    state.show(places(("Ada", 1), ("Northwind", 2), ("Lisbon", 3)), keep=True)
    assert state.spans[0] is ada and state.spans[2] is lisbon and state.selected is lisbon
    assert len({one.handle for one in state.spans}) == 3
    state.show(places(("Northwind", 2)), keep=True)
    assert state.selected is None


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=14))
def test_no_two_marks_in_a_lane_meet_and_the_inner_one_is_nearer_to_the_text(pairs: list[tuple[int, int]]) -> None:
    intervals = [(float(start), float(start + length)) for start, length in pairs]
    chosen = lanes(intervals, gap=1.0)
    for (one, first), (other, second) in combinations(zip(intervals, chosen, strict=True), 2):
        meet = one[0] < other[1] + 1 and other[0] < one[1] + 1
        assert not (meet and first == second)
        inner, outer = sorted([(one, first), (other, second)], key=lambda mark: mark[0][1] - mark[0][0])
        if outer[0][0] <= inner[0][0] and inner[0][1] <= outer[0][1] and inner[0] != outer[0]:
            assert inner[1] < outer[1]


# Qt breaks at every UTF-16 unit where there is a Thai letter, and takes flags apart that follow an emoji.
@pytest.mark.parametrize(
    "characters",
    [
        ["ก", "👍", "🇩🇪", "🇫🇷", "\U0001f3f4\U000e0067\U000e0062\U000e007f", "👩‍👩‍👧", "👍🏽", "x"],
        ["e\u0301\u0323", "\r\n", "\n", "\r", "a", "\u200b", "\u2067", "م\u064e"],
        ["न", "स्ते", "क्षि", "한", "\u1112\u1161\u11ab", "ไ", "ท", "กำ"],
    ],
)
def test_characters_are_what_people_count(characters: list[str]) -> None:
    edges = clusters("".join(characters))
    ends = [0, *itertools.accumulate(map(len, characters))]
    assert edges == ends


def test_tokens_are_what_people_mark() -> None:
    text = "The U.N. paid Germany's AT&T 1,000.5 in Smith-Jones… 北京很好 नमस्ते مَرْحَبًا 👩‍👩‍👧👍🏽 e\u0301te\u0301\u00a0x"
    assert [text[start:end] for start, end in tokens(text)] == [
        "The", "U.N.", "paid", "Germany", "'s", "AT&T", "1,000.5", "in", "Smith-Jones", "…", "北", "京", "很", "好",
        "नमस्ते", "مَرْحَبًا", "👩‍👩‍👧", "👍🏽", "e\u0301te\u0301", "x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "text", "found"),
    [
        (Wanted("US"), "US, USA, the US", [(0, 2), (13, 15)]),
        (Wanted("北京"), "北京人在北京", [(0, 2), (4, 6)]),
        (Wanted("straße", "folded"), "👍 STRASSE, Straße", [(2, 9), (11, 17)]),
        (Wanted(r"\d+ (?:euro|dollar)s?", "pattern"), "5 euro, 10 dollars", [(0, 6), (8, 18)]),
        (Wanted("(", "pattern"), "a ( b", []),
        (Wanted("x*", "pattern"), "abc", []),  # nothing is marked where nothing stands
    ],
)
def test_everything_equal_is_found_at_its_code_points(wanted: Wanted, text: str, found: list[tuple[int, int]]) -> None:
    assert wanted.places(text) == found
    assert bool(wanted.problem()) == (wanted.words == "(")


@pytest.mark.parametrize("pattern", [r"(a|aa)+$", r"(a{1000}){1000}"])
def test_a_pattern_that_takes_too_long_says_so_and_does_not_block_the_window(pattern: str) -> None:
    wanted = Wanted(pattern, "pattern")
    try:
        said = wanted.problem() or str(wanted.places("a" * 50_000 + " b"))
    except TooSlow as error:
        said = str(error)
    assert "takes too long" in said


def test_words_searched_for_are_found_as_the_search_finds_them() -> None:
    assert searched("Straße, STRASSE: naß und Nässe", ["strasse", "ss", "na"]) == [(0, 6), (8, 15), (17, 20), (25, 29)]
    for text, word, found in (
        ("Ünsere Katze", "unsere", "Ünsere"),
        ("e\u0301te\u0301 x", "ete", "e\u0301te\u0301"),
        ("It’s mine", "it's", "It’s"),
        ("a “co‑op”", '"co-op"', "“co‑op”"),
        ("æon", "aeon", "æon"),
        ("x a\u200bb", "ab", "a\u200bb"),
    ):
        [(start, end)] = searched(text, [word])
        assert text[start:end] == found
    assert searched("aaa", ["a", "aa"]) == [(0, 3)] and searched("abc", ["", "x"]) == []
