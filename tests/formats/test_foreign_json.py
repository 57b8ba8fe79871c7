"""JSON as other programs and people leave it: each row stands for a kind that came in wrong somewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from lepton_studio.formats import Guess, Problem, Row, UnreadableFile, choose_table, read, sniff
from lepton_studio.project.marks import TURNS
from lepton_studio.tasks import task_named

TEXT = "Ines lives in Porto"


@dataclass(frozen=True)
class Found:
    """What a file gave."""

    guess: Guess
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    @property
    def texts(self) -> list[str]:
        return [row.text for row in self.rows]

    @property
    def labels(self) -> dict[str, tuple[str, ...] | None]:
        return {row.text: row.marks.labels for row in self.rows}

    @property
    def targets(self) -> list[tuple[str, ...] | None]:
        return [row.marks.targets for row in self.rows]

    @property
    def said(self) -> str:
        return " ".join((*self.guess.notices, *(row.remark for row in self.rows)))

    def spans(self, place: int = 0) -> list[tuple[int, int, str]] | None:
        spans = self.rows[place].marks.spans
        return None if spans is None else [(one.start, one.end, one.label) for one in spans]


def look(folder: Path, content: object, *, task: str, name: str = "a.jsonl") -> Found:
    """What `content` gives: a str as it is, a list as JSON Lines, anything else as one JSON value."""
    path = folder / name
    lines = isinstance(content, list) and name.endswith("l")
    path.write_text(
        content if isinstance(content, str)
        else "\n".join(map(json.dumps, content)) if lines and isinstance(content, list)
        else json.dumps(content), encoding="utf-8",
    )  # fmt: skip
    return found(sniff([path], wants=task_named(task).wants))


def found(guess: Guess) -> Found:
    rows = list(read(guess))
    good = tuple(one for one in rows if isinstance(one, Row))
    return Found(guess, good, tuple(one for one in rows if isinstance(one, Problem)))


# ------------------------------------------------------------------------------ marks that point nowhere, or all gone

P = {"start": 0, "end": 4, "label": "P"}
L = {"start": 14, "end": 19, "label": "L"}


@pytest.mark.parametrize(
    ("row", "spans", "relations", "said"),
    [
        ({"relations": [{"head": 0, "child": 1, "label": "x"}]}, None, None, "1 relation points"),
        ({"spans": [P], "relations": [{"head": 0, "tail": 5, "label": "x"}]}, [(0, 4, "P")], None, "x 0 → 5"),
        ({"spans": [P, L], "relations": [{"head": -1, "tail": 1, "label": "x"}]}, [(0, 4, "P"), (14, 19, "L")], None,
         "x ? → 1"),
        ({"spans": [P, L, {"start": 40, "end": 44, "label": "G"}],
          "relations": [{"head": 0, "tail": 1, "label": "in"}, {"head": 0, "tail": 2, "label": "x"}]},
         [(0, 4, "P"), (14, 19, "L")], ["in"], "40-44 G"),
        ({"spans": [{"start": 40, "end": 44, "label": "P"}]}, None, None, "40-44 P"),
        ({"spans": []}, [], None, ""),
        ({"entities": [{"id": 1, "start_offset": 0, "end_offset": 4, "label": "P"}],
          "relations": [{"id": 1, "from_id": 1, "to_id": 99, "type": "gone"}]}, [(0, 4, "P")], None, "gone 0 → ?"),
    ],
)  # fmt: skip
def test_marks_that_point_nowhere_are_left_out_and_named(
    tmp_path: Path, row: dict[str, object], spans: object, relations: list[str] | None, said: str
) -> None:
    other: dict[str, object] = {"text": "Bo in Gent", **{key: [] for key in row}}
    if "entities" not in row:
        other = {"text": "Bo in Gent", "spans": [{"start": 0, "end": 2, "label": "P"}]}
    seen = look(tmp_path, [{"text": TEXT, **row}, other], task="relations")
    assert seen.texts == [TEXT, "Bo in Gent"] and not seen.problems
    assert seen.spans() == spans and said in seen.rows[0].remark
    links = seen.rows[0].marks.relations
    assert (None if links is None else [one.label for one in links]) == relations


def test_a_relation_of_a_token_that_is_not_there_costs_only_itself(tmp_path: Path) -> None:
    task = {"text": TEXT, "_view_id": "relations", "answer": "accept", "spans": [{**P, "token_end": 0}], "tokens": []}
    seen = look(tmp_path, [{**task, "relations": [{"head": 0, "child": 7, "label": "x"}]}], task="relations")
    assert seen.spans() == [(0, 4, "P")] and "x 0 → ?" in seen.rows[0].remark


def test_offsets_over_a_page_are_found_by_what_it_shows(tmp_path: Path) -> None:
    source = "<p>Order &amp; pay <b>Nord</b>by, <i>Søn</i></p>"
    result = [
        {"id": str(place), "type": "hypertextlabels", "from_name": "l", "to_name": "t",
         "value": {"globalOffsets": {"start": start, "end": end}, "text": words, "hypertextlabels": ["ORG"]}}
        for place, (start, end, words) in enumerate([(12, 18, "Nordby"), (20, 23, "Søn")])
    ]  # fmt: skip
    task = {"id": 1, "data": {"html": source}, "annotations": [{"id": 1, "result": result}]}
    seen = look(tmp_path, [task], task="spans", name="a.json")
    assert [source[start:end] for start, end, _ in seen.spans() or []] == ["Nord</b>by", "Søn"]


# ---------------------------------------------------------------------------------------------------------- questions


@pytest.mark.parametrize(
    ("rows", "answers"),
    [
        ([{"text": "The office is in Turku.", "question": "Where?", "answer": ["Turku"]}], [[(17, 22)]]),
        ([{"context": "The office is in Turku.", "question": "Where?", "answers": [{"text": "Turku"}]}], [[(17, 22)]]),
        ([{"context": "It moved.", "question": "Who?", "answers": [{"text": None, "answer_start": None}]}], [[]]),
        ([{"context": "It moved.", "question": "Who?", "answers": {"text": [], "answer_start": []}}], [[]]),
        ([{"id": "1", "context": "The office in Turku.", "question": "Where?",
           "answers": {"text": ["Turku", "in Turku"], "answer_start": [14, 11]}}], [[(14, 19), (11, 19)]]),
        ([{"id": "1", "context": "The office in Turku.", "question": "Where?", "answers": {"answer_start": [14],
           "text": ["Turku"]}}, {"id": "2", "context": "The office in Turku.", "question": "Who?",
           "answers": {"text": [], "answer_start": []}}], [[(14, 19)], []]),
    ],
)  # fmt: skip
def test_answers_come_in_at_their_places(tmp_path: Path, rows: list[object], answers: object) -> None:
    seen = look(tmp_path, rows, task="question_answering")
    asked = [one for row in seen.rows for one in row.marks.questions or ()]
    assert [[(at.start, at.end) for at in one.answers] for one in asked] == answers
    assert "None" not in seen.said


def test_answers_of_parquet_come_in_too(tmp_path: Path) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    answers = [{"text": ["Turku"], "answer_start": [14]}, {"text": [], "answer_start": []}]
    table = {"context": ["The office in Turku."] * 2, "question": ["Where?", "Who?"], "answers": answers}
    parquet.write_table(arrow.table(table), tmp_path / "a.parquet")
    (row,) = found(sniff([tmp_path / "a.parquet"], wants=task_named("question_answering").wants)).rows
    asked = row.marks.questions or ()
    assert [[(at.start, at.end) for at in one.answers] for one in asked] == [[(14, 19)], []]


# -------------------------------------------------------------------------------------------------- nearly JSON Lines

BAD, GOOD = '{"text":"late box","label":"bad"}', '{"text":"all fine","label":"good"}'
BOTH = {"late box": ("bad",), "all fine": ("good",)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{BAD},\n{GOOD},\n", "2 objects end with a comma"),
        (f"// exported\n{BAD}\n\n# half\n{GOOD}\n", "2 lines are comments"),
        ('{\n  "text": "late box",\n  "label": "bad"\n}\n{\n  "text": "all fine",\n  "label": "good"\n}\n',
         "2 objects span several lines"),
        ('{"text":"late box","label":"bad",}\n' + GOOD, "1 object ends with a comma"),
        ("{'text': 'late box', 'label': 'bad', 'x': None}\n{'text': 'all fine', 'label': 'good', 'x': True}\n",
         "2 lines are in Python's notation"),
        (f"{BAD}{GOOD}", "1 line holds several objects"),
        (f"{BAD}, {GOOD},\n", "1 line holds several objects"),
        (f"[\n{BAD},\n{GOOD},\n]\n", ""),
        (f"// made by hand\n[{BAD}, {GOOD}]", ""),
        ('["late box of mine","bad"]\n["all fine","good"]\n'.replace(" of mine", ""), ""),
        ('{"text":"late box","label":"bad","score":NaN}\n' + GOOD, ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.txt"])
def test_nearly_json_lines_are_repaired_with_a_count(tmp_path: Path, content: str, said: str, name: str) -> None:
    seen = look(tmp_path, content, task="text_classification", name=name)
    assert seen.labels == BOTH and not seen.problems and said in seen.said


def test_a_lost_bracket_costs_its_own_object(tmp_path: Path) -> None:
    lines = [BAD] * 9 + ['{"text": "cut', "[1, 2]"] + [GOOD] * 9
    seen = look(tmp_path, "\n".join(lines), task="text_classification")
    assert len(seen.rows) == 18 and [one.row for one in seen.problems] == [10, 11]
    assert "quotation mark" in seen.problems[0].reason


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.txt"])
@pytest.mark.parametrize(
    "content", ['{"text" "late box"}\n{"text" "fine"}\n', '[{"text": late}, {"text": fine}]', '{"a"\n}']
)
def test_source_lines_are_never_texts(tmp_path: Path, content: str, name: str) -> None:
    with pytest.raises(UnreadableFile, match=rf"a\.{name.partition('.')[2]}"):
        look(tmp_path, content, task="text_classification", name=name)


def test_null_and_nan_are_no_label_and_no_text(tmp_path: Path) -> None:
    content = '{"text":"late box","label":NaN}\n{"text":"meh","label":null}\n{"text":"all fine","label":"null"}\n'
    seen = look(
        tmp_path, content + '{"text":NaN,"label":"bad"}\n{"text":null,"label":"bad"}', task="text_classification"
    )
    assert seen.labels == {"late box": None, "meh": None, "all fine": ("null",)}
    assert [one.row for one in seen.problems] == [4, 5]


# ------------------------------------------------------------------------------------------ several lists, and tables

ROWS = [{"text": "late box", "label": "bad"}, {"text": "all fine", "label": "good"}]


@pytest.mark.parametrize(
    ("content", "splits"),
    [
        ({"train": ROWS, "dev": [{"text": "meh", "label": "bad"}], "test": []}, ["train", "train", "validation"]),
        ({"version": 1, "data": {"train": ROWS, "test": ROWS[:1]}}, ["train", "train", "test"]),
        ({"train": ROWS, "labels": ["bad", "good"], "test": ROWS[:1]}, ["train", "train", "test"]),
        ({"categories": [{"id": 1, "name": "x"}], "train": ROWS, "test": ROWS[:1]}, ["train", "train", "test"]),
        ({"train": [["book a table", "food"], ["pay now", "bill"]], "oos_test": [["how tall are you", "oos"]]},
         ["train", "train", "test"]),
        ({"train": [["food", "book a table"]], "val": [["bill", "pay my bill"]]}, ["train", "validation"]),
        ({"train": {"text": ["one text", "and two"], "label": [0, 1]}, "test": {"text": ["a third"], "label": [0]}},
         ["train", "train", "test"]),
        ({"train": ["one text", "and two"], "test": ["a third"]}, ["train", "train", "test"]),
    ],
)  # fmt: skip
def test_lists_called_by_splits_are_read_as_them(tmp_path: Path, content: object, splits: list[str]) -> None:
    seen = look(tmp_path, content, task="text_classification", name="a.json")
    assert [row.split for row in seen.rows] == splits and not seen.guess.doubts
    assert all(" " in text or text == "meh" for text in seen.texts)


def test_texts_about_trains_and_tests_are_no_splits(tmp_path: Path) -> None:
    rows = [{"text": f"my {word} was late on day {n}", "label": "x"} for word in ("train", "test") for n in range(9)]
    seen = look(tmp_path, {"train": rows, "test": rows}, task="text_classification", name="a.json")
    assert seen.guess.text == "text" and seen.guess.split_column is None and len(seen.rows) == 36


def test_a_list_behind_the_head_of_the_file_is_read_too(tmp_path: Path) -> None:
    rows = [{"text": f"late box {place} " + "x" * 80, "label": "bad"} for place in range(4000)]
    seen = look(tmp_path, {"train": rows, "test": ROWS}, task="text_classification", name="a.json")
    assert [row.split for row in seen.rows[-2:]] == ["test", "test"] and len(seen.rows) == 4002


def test_which_of_several_lists_is_asked_and_can_be_chosen(tmp_path: Path) -> None:
    content = {"categories": [{"id": 1, "name": "late"}], "documents": ROWS}
    seen = look(tmp_path, content, task="text_classification", name="a.json")
    assert seen.labels == BOTH and [one.about for one in seen.guess.doubts] == ["table"]
    assert seen.guess.tables == ("categories", "documents") and "not read: categories" in seen.said
    chosen = found(choose_table(seen.guess, "documents"))
    assert chosen.labels == BOTH and not chosen.guess.doubts
    with pytest.raises(UnreadableFile, match="categories, documents"):
        choose_table(seen.guess, "pages")


@pytest.mark.parametrize(
    "content",
    [
        {"text": ["late box", "all fine"], "label": ["bad", "good"]},
        {"text": {"0": "late box", "1": "all fine"}, "label": {"0": "bad", "1": "good"}},
        {"columns": ["text", "label"], "index": [0, 1], "data": [["late box", "bad"], ["all fine", "good"]]},
        {"a1": {"text": "late box", "label": "bad"}, "a2": {"text": "all fine", "label": "good"}},
        [["late box", "bad"], ["all fine", "good"]],
        {"title": "my data", "data": ROWS},
    ],
)
def test_tables_in_other_shapes_come_in_by_rows(tmp_path: Path, content: object) -> None:
    assert look(tmp_path, content, task="text_classification", name="a.json").labels == BOTH


# ------------------------------------------------------------------------------------------------------ conversations


def test_a_cell_with_several_texts_makes_a_sample_of_each(tmp_path: Path) -> None:
    intents = [{"tag": "greet", "patterns": ["Hi there", "Hello"]}, {"tag": "bye", "patterns": ["See you", "Bye now"]}]
    seen = look(tmp_path, {"intents": intents}, task="text_classification", name="a.json")
    assert seen.labels == {"Hi there": ("greet",), "Hello": ("greet",), "See you": ("bye",), "Bye now": ("bye",)}
    assert "several texts" in seen.said and not seen.guess.doubts


def test_lists_are_no_texts_without_being_asked_about(tmp_path: Path) -> None:
    words = [{"words": ["late", "box"], "label": "bad"}, {"words": ["fine"], "label": "good"}]
    seen = look(tmp_path, words, task="text_classification")
    assert "text" in [one.about for one in seen.guess.doubts]


ASKED = {"role": "user", "content": "Where is parcel 4?"}
CALL = [{"id": "c1", "type": "function", "function": {"name": "track", "arguments": '{"n":4}'}}]
ANSWER = {"role": "assistant", "content": "It is in Turku."}
DUNNO = {"role": "assistant", "content": "dunno"}


def _called(**said: object) -> list[object]:
    tool = {"role": "tool", "tool_call_id": "c1", "content": "Turku"}
    return [ASKED, {"role": "assistant", **said, "tool_calls": CALL}, tool, ANSWER]


@pytest.mark.parametrize(
    ("row", "roles", "rejected"),
    [
        ({"messages": _called(content=None)}, ["user", "function_call", "tool"], ""),
        ({"messages": _called()}, ["user", "function_call", "tool"], ""),
        ({"messages": _called(content="")}, ["user", "function_call", "tool"], ""),
        ({"messages": _called(content="One moment.")}, ["user", "assistant", "tool"], ""),
        ({"chosen": [ASKED, ANSWER], "rejected": [ASKED, DUNNO]}, ["user"], "dunno"),
        ({"prompt": "Where?", "messages": [ASKED, DUNNO], "chosen": [ASKED, ANSWER], "rejected": [ASKED, DUNNO]},
         ["user"], "dunno"),
        ({"prompt": [ASKED], "chosen": [ANSWER], "rejected": [DUNNO]}, ["user"], "dunno"),
        ({"prompt": [ASKED], "completion": [ANSWER]}, ["user"], ""),
        ({"prompt": ASKED["content"], "completion": [ANSWER]}, ["user"], ""),
        ({"conversations": [{"from": "human", "value": "Where is parcel 4?"}],
          "chosen": {"from": "gpt", "value": "It is in Turku."}, "rejected": {"from": "gpt", "value": "dunno"}},
         ["user"], "dunno"),
        ({"systemInstruction": {"parts": [{"text": "Be short."}]},
          "contents": [{"role": "user", "parts": [{"text": "Where is parcel 4?"}]},
                       {"role": "model", "parts": [{"text": "It is in Turku."}]}]}, ["system", "user"], ""),
        ({"title": "x", "current_node": "c", "mapping": {
            "a": {"parent": None, "message": None},
            "b": {"parent": "a", "message": {"author": {"role": "user"}, "content": {"parts": ["Where is parcel 4?"]}}},
            "d": {"parent": "b", "message": {"author": {"role": "assistant"}, "content": {"parts": ["dunno"]}}},
            "c": {"parent": "b", "message": {"author": {"role": "assistant"},
                                            "content": {"parts": ["It is in Turku."]}}},
         }}, ["user"], ""),
        ({"system": "Be short.", "messages": [{"role": "user", "content": [{"type": "text", "text": "Where is "},
          {"type": "text", "text": "parcel 4?"}]}, ANSWER]}, ["system", "user"], ""),
    ],
)  # fmt: skip
def test_the_reply_of_a_conversation_is_what_to_learn(
    tmp_path: Path, row: object, roles: list[str], rejected: str
) -> None:
    seen = look(tmp_path, [row, row], task="dialogue")
    assert seen.targets == [("It is in Turku.",)] * 2 and not seen.problems
    assert seen.rows[0].fields.get("rejected", "") == rejected
    turns = json.loads(seen.rows[0].fields[TURNS])
    assert [turn["role"] for turn in turns] == roles
    assert turns[roles.index("user")]["content"] == "Where is parcel 4?"
    for turn in turns:
        if "track" in turn["content"]:
            assert json.loads(turn["content"].removeprefix("One moment.\n")) == CALL


@pytest.mark.parametrize(
    "row",
    [
        lambda words, wanted: {"prompt": "Can I pay by card?", "completion": words, "label": wanted},
        lambda words, wanted: {
            "prompt": [ASKED], "completion": [{"role": "assistant", "content": words}], "label": wanted
        },
    ],
)  # fmt: skip
def test_a_reply_that_nobody_wants_is_not_learnt(tmp_path: Path, row: Callable[[str, bool], object]) -> None:
    seen = look(tmp_path, [row("Yes.", False), row("In Turku.", True)], task="dialogue")
    assert seen.targets == [None, ("In Turku.",)]
    assert seen.rows[0].fields["rejected"] == "Yes." and "unwanted" in seen.rows[0].remark


def test_a_reply_left_empty_is_none(tmp_path: Path) -> None:
    empty: Sequence[object] = [
        {"messages": [ASKED, {"role": "assistant", "content": None}]},
        {"messages": [ASKED, ANSWER]},
    ]
    assert look(tmp_path, list(empty), task="dialogue").targets == [None, ("It is in Turku.",)]
