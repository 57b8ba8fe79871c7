"""One child, asked one thing after another: vectors, predictions, a run; taken back at work and while they wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lepton_studio.heads.pooled import Pooled
from lepton_studio.runs.events import Embedded, Event, Failed, Finished, Predicted, Stepped, Stopped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.process import ChildProcess
from lepton_studio.runs.reply import Reply
from lepton_studio.runs.requests import Embed, Load, Predict, Run
from lepton_studio.training.models import load_folder
from lepton_studio.vectors import has_vectors, read_vectors
from tests.training.tiny import RECIPE, predictions, rows, tune_here, write_run, write_tiny_model

SECONDS = 120.0
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
MANY = tuple(f"word{n % 40} word{n // 40 % 40} word{n // 1600} refund" for n in range(40_000))


@pytest.fixture(scope="module")
def child() -> Iterator[ChildProcess]:
    """The same for all tests here: each finds it as the one before left it."""
    started = ChildProcess.start(environment=ENVIRONMENT)
    yield started
    started.close(wait=30)


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> RunFolder:
    run = write_run(tmp_path_factory.mktemp("tuned") / "run", model=tiny_model, recipe=RECIPE)
    assert isinstance(tune_here(run).last, Finished)
    return run


def _all_of(reply: Reply) -> list[Event]:
    """What was said of it, to its last event."""
    assert reply.wait(SECONDS) is not None, reply.log_tail()
    return reply.take(0)


def _wait_for(reply: Reply, wanted: Callable[[Event], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not any(wanted(event) for event in reply.take(0.02)):
        assert time.monotonic() < until and reply.last is None, reply.last


def _computed(event: Event) -> bool:
    return isinstance(event, Embedded) and event.computed > 0


def test_texts_get_the_vectors_of_the_encoder_once(child: ChildProcess, tiny_model: Path, tmp_path: Path) -> None:
    texts = ("my card is lost", "refund the money", "", "my card is lost", *MANY[:600])
    first = _all_of(child.ask(Embed(0, str(tiny_model), str(tmp_path), texts)))
    said = [event for event in first if isinstance(event, Embedded)]
    assert [event.computed for event in said] == [512, 603] and said[-1].texts == len(texts)
    assert isinstance(first[-1], Finished)
    found, there = read_vectors(Path(said[-1].folder), texts)
    assert there.all() and np.allclose(np.linalg.norm(found.astype(float), axis=1), 1, atol=2e-3)
    encoder = load_folder(tiny_model)
    told = encoder.tokenizer([*texts[:2]], return_tensors="pt", padding=True)
    with torch.inference_mode():
        expected = Pooled(encoder, outputs=1, max_length=40).model.eval().embed(**told)
    assert np.allclose(found[:2], expected.numpy(), atol=2e-3)

    again = _all_of(child.ask(Embed(0, str(tiny_model), str(tmp_path), texts)))
    assert [event.computed for event in again if isinstance(event, Embedded)] == [0], "all were there"
    one_more = _all_of(child.ask(Embed(0, str(tiny_model), str(tmp_path), ("new", *texts))))
    assert [event.computed for event in one_more if isinstance(event, Embedded)] == [1]


def test_an_encoder_that_was_loaded_ahead_is_at_hand_for_vectors_and_for_a_run(
    child: ChildProcess, multilingual: str, tmp_path: Path
) -> None:
    loaded = _all_of(child.ask(Load(0, multilingual)))
    assert isinstance(loaded[-1], Finished)
    said = _all_of(child.ask(Embed(0, multilingual, str(tmp_path / "v"), ("味道很好",))))
    assert isinstance(said[-1], Finished) and said[-1].seconds < loaded[-1].seconds / 2, "it is not loaded again"
    run = write_run(tmp_path / "run", model=multilingual, recipe=replace(RECIPE, methods=("quick",)), sizes=(9, 0, 3))
    done = _all_of(child.ask(Run(0, str(run.path), stay=True)))
    assert isinstance(done[-1], Finished)
    assert isinstance(_all_of(child.ask(Load(0, str(tmp_path / "none"))))[-1], Failed)


def test_vectors_are_told_apart_by_what_the_encoder_is_and_not_by_where_it_lies(
    child: ChildProcess, tiny_model: Path, tmp_path: Path
) -> None:
    moved = write_tiny_model(tmp_path / "moved")
    other = write_tiny_model(tmp_path / "other")
    config = other / "tokenizer_config.json"
    config.write_text(config.read_text("utf-8").replace('"model_max_length": 40', '"model_max_length": 4'), "utf-8")
    folders = []
    for encoder in (tiny_model, moved, other):
        said = _all_of(child.ask(Embed(0, str(encoder), str(tmp_path / "v"), ("a card and a refund and a pin",))))
        folders.append([event.folder for event in said if isinstance(event, Embedded)][-1])
    assert folders[0] == folders[1] != folders[2]


def test_a_tuned_model_says_of_rows_what_it_said_in_its_run(child: ChildProcess, tuned: RunFolder) -> None:
    asked = [{"id": row["id"], "text": row["text"]} for row in rows(24, seed=2, first_id=2001)]
    said = _all_of(child.ask(Predict(0, str(tuned.path), tuple(asked))))
    answers = [event for event in said if isinstance(event, Predicted)]
    expected = {line["id"]: line for line in predictions(tuned) if line["split"] == "test"}
    assert [event.sample for event in answers] == [row["id"] for row in asked] == list(expected)
    for event in answers:
        assert event.value == expected[event.sample]["value"]
        assert event.score == pytest.approx(expected[event.sample]["score"], abs=1e-4)
    assert isinstance(said[-1], Finished)


@pytest.mark.parametrize("kind", ["vectors", "predictions", "a run"])
def test_what_is_taken_back_at_work_ends_soon_and_the_next_in_the_queue_is_done(
    child: ChildProcess, tuned: RunFolder, tiny_model: Path, tmp_path: Path, kind: str
) -> None:
    texts = [{"id": n, "text": text} for n, text in enumerate(MANY)]
    requests: dict[str, tuple[Any, Callable[[Event], bool]]] = {
        "vectors": (Embed(0, str(tiny_model), str(tmp_path / "v"), MANY), _computed),
        "predictions": (
            Predict(0, str(tuned.path), tuple(texts)),
            lambda event: getattr(event, "stage", "") == "predicting",
        ),
        "a run": (
            Run(
                0,
                str(write_run(tmp_path / "r", model=tiny_model, recipe=RECIPE.with_settings({"epochs": 100})).path),
                stay=True,
            ),
            lambda event: isinstance(event, Stepped),
        ),
    }
    request, is_at_work = requests[kind]
    at_work = child.ask(request)
    never = child.ask(Predict(0, str(tuned.path), tuple(texts[:5])))
    after = child.ask(Embed(0, str(tiny_model), str(tmp_path / "w"), ("one text",)))
    _wait_for(at_work, is_at_work)
    assert never.cancel() and at_work.cancel()
    ends = [_all_of(reply)[-1] for reply in (at_work, never, after)]
    assert [type(end) for end in ends] == [Stopped, Stopped, Finished]
    assert [end.of for end in ends] == [at_work.id, never.id, after.id], "each hears of its own"
    assert not any(isinstance(event, Predicted) for event in never.take(0))
    assert child.waiting == 0 and not child.ended
    assert at_work.cancel(), "too late, and nobody minds"
    assert isinstance(_all_of(child.ask(Embed(0, str(tiny_model), str(tmp_path / "w"), ("one text",))))[-1], Finished)


def test_a_request_that_cannot_be_done_ends_in_a_sentence_and_the_child_goes_on(
    child: ChildProcess, tiny_model: Path, tmp_path: Path
) -> None:
    no_run, no_model = tmp_path / "no-run", tmp_path / "no-model"
    torn = write_run(tmp_path / "torn", model=tiny_model)
    torn.job_file.write_text('{"kind": "tune", "labels": [', "utf-8")
    for request in (
        Predict(0, str(no_run), ({"id": 1, "text": "a"},)),
        Predict(0, str(torn.path), ({"id": 1, "text": "a"},)),
        Run(0, str(torn.path), stay=True),
        Embed(0, str(no_model), str(tmp_path), ("a",)),
    ):
        last = _all_of(child.ask(request))[-1]
        assert isinstance(last, Failed) and last.kind in ("bad_data", "model_not_found")
        said = last.message
        assert said.startswith(("Cannot read the run in", "The model folder")) and "Err" not in said
        assert "Traceback" in last.detail
    assert isinstance(_all_of(child.ask(Embed(0, str(tiny_model), str(tmp_path), ("a",))))[-1], Finished)


def test_vectors_of_a_child_that_was_killed_stay_and_the_next_child_reads_the_rest(
    tiny_model: Path, tmp_path: Path
) -> None:
    victim, heir = (ChildProcess.start(environment=ENVIRONMENT) for _ in range(2))
    try:
        dying = victim.ask(Embed(0, str(tiny_model), str(tmp_path), MANY))
        _wait_for(dying, _computed)
        victim.kill()
        assert dying.wait(SECONDS) is None and dying.ended
        some = MANY[:6000]
        said = _all_of(heir.ask(Embed(0, str(tiny_model), str(tmp_path), some)))
        told = [event for event in said if isinstance(event, Embedded)][-1]
        assert told.computed < len(some) and has_vectors(Path(told.folder), some).all()
        found, _ = read_vectors(Path(told.folder), some)
        fresh = [event for event in _all_of(heir.ask(Embed(0, str(tiny_model), str(tmp_path / "fresh"), some)))]
        folder = [event.folder for event in fresh if isinstance(event, Embedded)][-1]
        assert np.allclose(found, read_vectors(Path(folder), some)[0], atol=2e-3), "no vector is another text's"
    finally:
        for one in (victim, heir):
            one.close(wait=30)
