"""Conversations: read from samples, told to chat models, and found again."""

from __future__ import annotations

import pytest

from lepton_studio.contract.retrieval import Answered
from lepton_studio.contract.task import Input
from lepton_studio.contract.turns import Turn, chat_messages, parse_turns, render, reply_role
from lepton_studio.project.marks import TURNS

TALK = (Turn("customer", "My card is lost."), Turn("agent", "When?"), Turn("customer", "Today."))


def test_turns_come_from_the_field_else_from_the_lines_of_the_text() -> None:
    stored = '[{"role": "customer", "content": "a: b\\nc"}]'
    assert parse_turns(Input("whatever", {TURNS: stored})) == (Turn("customer", "a: b\nc"),)
    assert parse_turns(Input(render(TALK))) == TALK
    assert parse_turns(Input("agent: one\ntwo lines\ncustomer: three")) == (
        Turn("agent", "one\ntwo lines"),
        Turn("customer", "three"),
    )
    chinese = parse_turns(Input("客户：水壶坏了: 真的。\n客服：您好"))
    assert chinese == (Turn("客户", "水壶坏了: 真的。"), Turn("客服", "您好")) and reply_role(chinese) == "客服"
    assert parse_turns(Input("no roles here\nat: all")) == (Turn("", "no roles here\nat: all"),)


@pytest.mark.parametrize("stored", ["{", "[1]", '{"a": 1}', '[{"role": "x"}]', "null", "[]"])
def test_a_field_that_is_no_conversation_is_passed_over(stored: str) -> None:
    assert parse_turns(Input("user: hello", {TURNS: stored})) == (Turn("user", "hello"),)
    assert parse_turns(Input("", {TURNS: stored})) == (Turn("", ""),)


@pytest.mark.parametrize(
    ("roles", "answering"),
    [(("user", "assistant", "user"), "assistant"), (("#1", "#2", "#1"), "#2"), (("anna",), "assistant"),
     (("Agent", "customer"), "Agent"), (("system", "user"), "assistant"), ((), "assistant")],
)  # fmt: skip
def test_the_next_to_speak_is_the_one_who_answers(roles: tuple[str, ...], answering: str) -> None:
    assert reply_role([Turn(role, "x") for role in roles]) == answering


def test_chat_models_hear_of_system_user_and_assistant_by_turns() -> None:
    told = (Turn("system", "Be kind."), Turn("agent", "Welcome."), *TALK[:1], Turn("customer", "Please."), TALK[1])
    assert chat_messages(told) == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Welcome.\nMy card is lost.\nPlease."},
        {"role": "assistant", "content": "When?"},
    ]


def test_the_reply_to_the_most_similar_conversation_is_found() -> None:
    answered = Answered(
        [("my card is lost", "blocked"), ("where is my money", "on its way"), ("hello", "hi"), ("我的卡丢了", "已挂失")]
    )
    assert answered.nearest("I think my bank card got lost") == ("my card is lost", "blocked")
    assert answered.nearest("卡丢失") == ("我的卡丢了", "已挂失")
    assert answered.nearest("zebra") is None and Answered().nearest("card") is None
    # The same question before counts most, but a sample's own reply is no news.
    assert answered.nearest("where is my money") == ("where is my money", "on its way")
    assert answered.nearest("where is my money", but="on its way") == ("my card is lost", "blocked")
    answered.add("hello", "good day")
    assert answered.nearest("hello there") == ("hello", "good day")
    answered.add("hello", None)
    assert answered.nearest("hello there") is None


def test_a_call_of_a_tool_is_the_assistants_and_its_result_is_not() -> None:
    talk = (Turn("user", "Where?"), Turn("function_call", '[{"name": "track"}]'), Turn("tool", "Turku"))
    assert reply_role(talk) == "assistant"
    assert [one["role"] for one in chat_messages(talk)] == ["user", "assistant", "user"]
