"""The wire: one JSON line a message, whatever the numbers and whatever stands around it."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lepton_studio.runs import events, requests
from lepton_studio.runs.events import Event
from lepton_studio.runs.requests import Command
from lepton_studio.runs.wire import BadLine, decode, encode

MESSAGES: list[Event | Command] = [
    events.Ready(1, 2.5, "cpu", {"torch": "2.13"}),
    events.Staged("embedding", 3, 10),
    events.Stepped(1, 10, 0.1, 2.0, 1e-5, 80.0, 400.0, 12.0),
    events.Evaluated(0, 0.0, "validation", 0.7, {"accuracy": 0.5}, True),
    events.Checkpointed(4),
    events.Alive(4),
    events.Tried(
        "full+words", "taken", ("full", "words"), {"epochs": "4"}, done=5, folds=5, n=60, score=0.7, why="它最好。"
    ),
    events.Previewed(("eins",), ("ein",)),
    events.RateFound((1e-5, 1e-4), (0.7, 0.5), 1e-4),
    events.Noted("面白い 😀\u2028"),
    events.Estimated(10.0, 400.0, 80.0, 100, 3, 256),
    events.Finished(10, 1.0, 80.0, {"test": {"accuracy": 0.9}}),
    events.Stopped(10, True, 1.0, 80.0, {}),
    events.Failed("bug", "message", "detail", 3),
    events.Alive(4, of=7),
    events.Embedded("/vectors/0f", 40, 3, of=2),
    events.Predicted(12, {"labels": [3]}, 0.75, {3: 0.75, 4: 0.25}, of=2),
    events.Explained(3, "gradients", ((0, 0, 4), (1, 2, 3)), (0.5, -0.25), 1.5, change=(1,), becomes={"labels": [4]}),
    events.TextsRead(10, 4, 3, of=5),
    events.Refitted("said.npy", "held.npy", 20, 0.5, (3, 4), ("unsure", "drawn"), (9,), of=6),
    events.Beside(3, (1, 2), (0.5, 0.25), ("word",), of=7),
    events.Suspected("suspects.npy", 40, of=8),
    events.CurveLearnt("curve.npz", of=8),
    requests.Run(1, "/some/folder", True),
    requests.Embed(2, "built-in", "/vectors", ("one", "zwei\u2029")),
    requests.Predict(3, "/runs/4", ({"id": 1, "text": "one", "fields": {"second": "two"}},), "de"),
    requests.Explain(3, "/runs/4", {"id": 1, "text": "one"}, (3, 4), "zh_CN"),
    requests.Reword(4, "/runs/4", ("one", "zwei"), 0.1, "de"),
    requests.Draft(4, "dialogue", "built-in-writer", "Answer.", ({"id": 1, "text": "one"},)),
    requests.ReadOn(5, "/texts", "1.texts", "built-in", "/vectors", 0.25, (3, 4), "zh_CN"),
    requests.Refit(6, "/texts", "1.texts", "built-in", "/vectors", "choice", ("good", "bad"), True),
    requests.Refit(6, "/t", "1.t", "built-in", "/v", "number", (), False, "de", "badge", 40, (2.5, 0.05)),
    requests.LearnSpans(6, "/texts", "1.texts", "built-in", "/vectors", ("place",), (3, 4), 0.25, True, True, "zh_CN"),
    requests.LookBeside(7, "/texts", "1.texts", "built-in", "/vectors", "number", (), (3,), (-1,), "zh_CN"),
    requests.Suspect(8, "/texts", "1.texts", "built-in", "/vectors", "choices", ("good", "bad")),
    requests.LayOut(9, "/vectors/mean-0f-384", True),
    requests.LearnCurve(8, "/texts", "1.texts", "built-in", "/vectors", "choice", ("good", "bad"), "de"),
    requests.Load(9, "built-in"),
    requests.Cancel(2, "keep"),
    requests.Stop(True),
    requests.Pause(),
    requests.Detach(),
]


def test_every_message_is_tried() -> None:
    assert {type(one) for one in MESSAGES} == {*Event.__args__, *Command.__args__}


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: type(one).__name__)
def test_what_one_side_says_the_other_understands(message: Event | Command) -> None:
    line = encode(message)
    assert "\n" not in line and line.isascii()
    assert decode(line) == message


def test_a_loss_that_is_not_a_number_travels_as_null() -> None:
    for loss in (math.nan, math.inf, -math.inf):
        line = encode(events.Stepped(1, 2, 0.5, loss, 1e-5, 1.0, 1.0, 1.0))
        assert json.loads(line)["loss"] is None
        decoded = decode(line)
        assert isinstance(decoded, events.Stepped) and decoded.loss is None


def test_a_newer_child_with_more_to_say_is_still_understood() -> None:
    assert decode('{"type":"alive","step":3,"mood":"good"}') == events.Alive(3)


@given(some.text())
def test_no_stray_print_is_taken_for_an_event(line: str) -> None:
    with pytest.raises(BadLine):
        decode(line)


def test_a_score_that_is_not_a_number_costs_only_itself() -> None:
    said = events.Finished(3, math.inf, 4.0, {"test": {"accuracy": 0.5, "macro_f1": math.nan}})
    heard = decode(encode(said))
    assert (
        isinstance(heard, events.Finished) and math.isnan(heard.seconds) and heard.scores == {"test": {"accuracy": 0.5}}
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"type":"alive","step":3}', events.Alive(3)),
        ('{"type":"staged","stage":"saving","done":0,"total":0}', events.Staged("saving")),
        (
            '{"type":"stopped","step":3,"kept":true,"seconds":1.5,"samples_per_second":0.0,"scores":{}}',
            events.Stopped(3, True, 1.5),
        ),
        ('{"type":"ready","pid":4,"started":1.0,"device":"cpu","versions":{}}', events.Ready(4, 1.0, "cpu")),
        ('{"type":"stop","keep":true}', requests.Stop(True)),
        ('{"type":"pause"}', requests.Pause()),
    ],
)
def test_what_version_1_wrote_is_still_read(line: str, message: Event | Command) -> None:
    assert decode(line) == message


@pytest.mark.parametrize(
    ("line", "says", "of"),
    [
        ('{"type":"alive"}', "alive: .*missing.*`step`", 0),
        ('{"type":"alive","step":"3"}', "alive: .*`int`.*`str`.*step", 0),
        ('{"type":"alive","step":null}', "alive: .*step", 0),
        ('{"type":"alive","step":true}', "alive: .*step", 0),
        ('{"type":"staged","stage":"dreaming"}', "staged: .*dreaming.*stage", 0),
        ('{"type":"finished","step":1,"seconds":2,"scores":{"test":{"accuracy":"high"}}}', "finished: .*scores", 0),
        ('{"type":"finished","step":1,"seconds":2,"scores":[1]}', "finished: .*scores", 0),
        ('{"type":"run","id":3}', "run: .*folder", 3),
        ('{"type":"embed","id":4,"encoder":"x","vectors":"v","texts":"one"}', "embed: .*texts", 4),
        ('{"type":"predict","id":5,"run":"x","rows":[1]}', "predict: .*rows", 5),
        ('{"type":"cancel","id":6,"how":"softly"}', "cancel: .*softly", 6),
        ('{"type":"sing","id":7}', "'sing' is not known", 7),
        ('{"type":[]}', "no type", 0),
        ("[1]", "no type", 0),
        ("null", "no type", 0),
        ("{}", "no type", 0),
        ('{"type":"alive","step":3', "no JSON", 0),
        ('{"type":"alive","step":NaN}', "no JSON", 0),
        ("[" * 5000, "no JSON", 0),
        ("", "no JSON", 0),
    ],
)
def test_a_malformed_line_says_what_is_wrong_with_it(line: str, says: str, of: int) -> None:
    with pytest.raises(BadLine, match=says) as caught:
        decode(line)
    assert caught.value.of == of
    assert caught.value.is_message == (("no JSON" not in says) and ("no type" not in says))
    with pytest.raises(BadLine, match=says):
        decode(line.encode())
