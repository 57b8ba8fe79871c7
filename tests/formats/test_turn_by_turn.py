"""A conversation file in a project for labels or spans: each turn can be a sample, with what was said before it."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.formats import ALL_TURNS, Guess, Row, UnreadableFile, each_turn, read, refresh, sniff
from lepton_studio.project.marks import SpanMark

LABELS = ("label", "second_text")
TALK: list[dict[str, object]] = [
    {"from": "human", "value": "Where is my parcel?", "intent": "track",
     "slots": [{"start": 12, "end": 18, "label": "ITEM"}]},
    {"from": "gpt", "value": "Which number?"},
    {"from": "human", "value": "Number 7.", "intent": "inform", "slots": [{"start": 0, "end": 8, "label": "NUMBER"}]},
]  # fmt: skip


def file_of(folder: Path, *objects: object) -> Path:
    path = folder / "talks.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in objects), "utf-8")
    return path


def rows_of(guess: Guess) -> list[Row]:
    return [row for row in read(guess) if isinstance(row, Row)]


def chat(folder: Path, wants: Sequence[str] = LABELS) -> Guess:
    return sniff(
        [file_of(folder, {"id": "c1", "conversations": TALK}, {"id": "c2", "conversations": TALK})], wants=wants
    )


def test_a_conversation_is_one_sample_until_a_person_asks_for_its_turns(tmp_path: Path) -> None:
    whole = chat(tmp_path)
    assert [row.id for row in rows_of(whole)] == ["c1", "c2"] and rows_of(whole)[0].text.count("\n") == 2
    assert whole.talk is not None and whole.talk.parties == ("user", "assistant")
    assert any("each turn" in sentence for sentence in whole.notices)


def test_each_turn_of_the_customer_keeps_what_was_said_before_and_the_id_of_its_conversation(tmp_path: Path) -> None:
    rows = rows_of(each_turn(chat(tmp_path), of=["human"]))
    assert [(row.id, row.text) for row in rows[:2]] == [("c1", "Where is my parcel?"), ("c1", "Number 7.")]
    assert "context" not in rows[0].fields and len(rows) == 4
    assert rows[1].fields["context"] == "user: Where is my parcel?\nassistant: Which number?"
    assert (rows[1].fields["role"], rows[1].fields["turn"]) == ("user", "3")
    assert [row.fields["role"] for row in rows_of(each_turn(chat(tmp_path), of=[ALL_TURNS]))][:2] == [
        "user",
        "assistant",
    ]


def test_what_a_file_says_of_a_turn_labels_that_turn(tmp_path: Path) -> None:
    guess = each_turn(chat(tmp_path), of=["user"])
    assert (guess.label, [row.labels for row in rows_of(guess)][:2]) == ("intent", [("track",), ("inform",)])
    slots = rows_of(each_turn(chat(tmp_path, ("spans",)), of=["user"]))
    assert slots[0].marks.spans == (SpanMark(12, 18, "ITEM"),) and slots[1].fields["intent"] == "inform"


def test_lists_beside_a_list_of_turns_go_along_with_them(tmp_path: Path) -> None:
    talks = [{"dialog": ["Hi.", "Hello.", "Bye."][:n], "emotion": [4, 0, 1][:n], "tags": ["a"]} for n in (2, 3, 2, 3)]
    guess = each_turn(sniff([file_of(tmp_path, *talks)], wants=LABELS), of=[ALL_TURNS])
    assert guess.label == "emotion" and [row.labels[0] for row in rows_of(guess)][:2] == ["4", "0"]
    assert rows_of(guess)[1].fields["tags"] == '["a"]'


def test_the_form_can_choose_columns_of_turns_and_go_back_to_whole_conversations(tmp_path: Path) -> None:
    turns = each_turn(chat(tmp_path), of=["user"])
    paired = refresh(replace(turns, roles={"second_text": "context"}))
    assert rows_of(paired)[1].fields["second_text"] == "user: Where is my parcel?\nassistant: Which number?"
    assert rows_of(each_turn(turns, of=())) == rows_of(chat(tmp_path))


def test_a_name_beside_the_turns_is_not_taken_for_the_text(tmp_path: Path) -> None:
    turns = [{"speaker": one["from"], "utterance": one["value"]} for one in TALK]
    path = file_of(tmp_path, {"name": "a call of today", "turns": turns}, {"name": "another call", "turns": turns})
    guess = sniff([path], wants=LABELS)
    assert guess.by_turn and rows_of(guess)[1].fields["name"] == "a call of today"
    assert (
        rows_of(each_turn(guess, of=()))[0].text
        == "user: Where is my parcel?\nassistant: Which number?\nuser: Number 7."
    )


def test_marks_on_a_whole_conversation_are_never_torn_apart(tmp_path: Path) -> None:
    text = "user: Where is my parcel?\nagent: Which number?"
    marked = sniff(
        [file_of(tmp_path, {"text": text, "spans": [{"start": 18, "end": 24, "label": "ITEM"}]})], wants=("spans",)
    )
    assert marked.talk is None and rows_of(marked)[0].marks.spans
    with pytest.raises(UnreadableFile, match="no conversations"):
        each_turn(marked, of=["user"])
    with pytest.raises(UnreadableFile, match=r"talks\.jsonl has no role clerk\. Its roles: user, assistant"):
        each_turn(chat(tmp_path), of=["clerk"])


def test_acts_and_emotions_of_real_conversations_belong_to_their_turns(shared_data: Path) -> None:
    guess = sniff([shared_data / "xdailydialog" / "en_dev_human.txt"], wants=LABELS)
    rows = rows_of(each_turn(guess, of=[ALL_TURNS]))
    assert [row.labels[0] for row in rows[:4]] == ["2", "1", "2", "1"] and len({row.row for row in rows}) == 995
    assert rows[2].fields["context"].startswith("A: Can you manage chopsticks ?\nB: Why not")


def test_a_letter_with_its_head_is_no_conversation(tmp_path: Path) -> None:
    letters = [{"text": f"From: Ann\nSubject: Parcel {n}\nBody: Where is it?"} for n in range(4)]
    assert sniff([file_of(tmp_path, *letters)], wants=LABELS).talk is None
    talks = [{"text": f"Ann: Where is parcel {n}?\nBen: Which?\nAnn: That one."} for n in range(4)]
    assert sniff([file_of(tmp_path, *talks)], wants=LABELS).talk is not None


def test_a_table_that_one_exported_gives_its_turns_with_their_split_and_no_cell_out_of_place(tmp_path: Path) -> None:
    turns = json.dumps([{"role": one["from"], "content": one["value"]} for one in TALK])
    path = tmp_path / "talks.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = [
            ["turns", "text", "label", "split", "note", "target"],
            [turns, "as lines", "", "test", "", "It is here."],
        ]
        csv.writer(stream).writerows(table)
    guess = refresh(each_turn(sniff([path], wants=LABELS), of=["user"]))
    assert [(row.text, row.split) for row in rows_of(guess)] == [("Where is my parcel?", "test"), ("Number 7.", "test")]
    assert rows_of(guess)[0].fields == {"role": "user", "turn": "1", "target": "It is here."}
