"""Frozen layers are computed once: the same run in less time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Finished, Stepped
from lepton_studio.tasks import task_named
from lepton_studio.training import loop
from lepton_studio.training.frozen import Recall
from tests.training.tiny import RECIPE, Told, detail, tune_here, write_run

TASK = task_named("text_classification")


@pytest.fixture
def recalled(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each batch that came to the layers was known."""
    found: list[bool] = []
    ask = Recall._recalled

    def note(recall: Recall, hidden: Any) -> Any:
        answer = ask(recall, hidden)
        found.append(answer is not None)
        return answer

    monkeypatch.setattr(Recall, "_recalled", note)
    return found


@pytest.mark.parametrize(
    ("changes", "is_recalled"),
    [
        ({"methods": "full,rdrop", "frozen_layers": 1}, True),
        ({"methods": "head"}, True),
        ({"methods": "full,fgm", "frozen_layers": 1}, False),
        ({"methods": "full,word_noise", "frozen_layers": 1}, False),
        ({"methods": "lora"}, False),
    ],
    ids=["upper layers", "head", "moved words", "other words", "adapters everywhere"],
)
def test_a_run_that_recalls_its_frozen_layers_is_the_run_that_computes_them(
    tmp_path: Path,
    tiny_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    recalled: list[bool],
    changes: dict[str, object],
    is_recalled: bool,
) -> None:
    recipe = adjusted(RECIPE, {**changes, "epochs": 2}, task=TASK)

    def told(name: str) -> Told:
        said = tune_here(write_run(tmp_path / name, model=tiny_model, recipe=recipe))
        assert isinstance(said.last, Finished), detail(said.last)
        return said

    once = told("once")
    assert any(recalled) == is_recalled
    monkeypatch.setattr(loop, "known_of", lambda *_given, **_named: None)
    each = told("each")
    losses = [event.loss for event in each.of(Stepped)]
    assert [event.loss for event in once.of(Stepped)] == pytest.approx(losses, rel=1e-5)
    assert once.last.scores == each.last.scores  # type: ignore[union-attr]
