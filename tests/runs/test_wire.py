"""The wire: one JSON line a message, whatever the numbers and whatever stands around it."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lepton_studio.runs import wire
from lepton_studio.runs.wire import BadLine, Command, Event, decode, encode

MESSAGES: list[Event | Command] = [
    wire.Ready(1, 2.5, "cpu", {"torch": "2.13"}),
    wire.Staged("embedding", 3, 10),
    wire.Stepped(1, 10, 0.1, 2.0, 1e-5, 80.0, 400.0, 12.0),
    wire.Evaluated(0, 0.0, "validation", 0.7, {"accuracy": 0.5}, True),
    wire.Checkpointed(4),
    wire.Alive(4),
    wire.Noted("面白い 😀\u2028"),
    wire.Estimated(10.0, 400.0, 80.0, 100, 3, 256),
    wire.Finished(10, 1.0, 80.0, {"test": {"accuracy": 0.9}}),
    wire.Stopped(10, True, 1.0, 80.0, {}),
    wire.Failed("bug", "message", "detail", 3),
    wire.Run("/some/folder", True),
    wire.Stop(True),
    wire.Detach(),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: type(one).__name__)
def test_what_one_side_says_the_other_understands(message: Event | Command) -> None:
    line = encode(message)
    assert "\n" not in line and line.isascii()
    assert decode(line) == message


def test_a_loss_that_is_not_a_number_travels_as_null() -> None:
    for loss in (math.nan, math.inf, -math.inf):
        line = encode(wire.Stepped(1, 2, 0.5, loss, 1e-5, 1.0, 1.0, 1.0))
        assert json.loads(line)["loss"] is None
        decoded = decode(line)
        assert isinstance(decoded, wire.Stepped) and decoded.loss is None


def test_a_newer_child_with_more_to_say_is_still_understood() -> None:
    assert decode('{"type":"alive","step":3,"mood":"good"}') == wire.Alive(3)


@given(some.text())
def test_no_stray_print_is_taken_for_an_event(line: str) -> None:
    with pytest.raises(BadLine):
        decode(line)


@pytest.mark.parametrize("line", ['{"type":"alive"}', "[1]", "null", '{"type":[]}', '{"type":"alive","step":3', "{}"])
def test_a_torn_line_is_no_event(line: str) -> None:
    with pytest.raises(BadLine):
        decode(line)
