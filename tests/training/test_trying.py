"""What is tried before a run: how the methods change texts, and which learning rate to use."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch

from lepton_studio.child.find_rate import find_rate
from lepton_studio.child.preview import preview
from lepton_studio.child.work import Work
from lepton_studio.methods.recipes import adjusted
from lepton_studio.methods.synonyms.hooks import Neighbours
from lepton_studio.runs.events import Previewed, RateFound
from lepton_studio.runs.job import JobKind, Recipe
from lepton_studio.runs.wire import decode, encode
from lepton_studio.tasks import task_named
from lepton_studio.training.failures import BadData
from lepton_studio.training.models import load_encoder
from lepton_studio.training.rates import STEPS, Smooth, has_broken_down, rate_of, rate_to_use
from tests.training.tiny import CPU, RECIPE, write_run

TASK = task_named("text_classification")
NEAR = ["▁Terrible", "▁terrible", "▁awful", "▁never", "▁ever", "▁happy", "▁unhappy", "味道", "口味", "▁film", "的"]


class Cut:
    """A tokenizer of these pieces, which knows nothing else."""

    def get_vocab(self) -> dict[str, int]:
        return {piece: place for place, piece in enumerate(NEAR)}

    def convert_ids_to_tokens(self, piece: int) -> str:
        return NEAR[piece]

    def __call__(self, text: str, **_: Any) -> dict[str, Any]:
        found: list[tuple[int, tuple[int, int]]] = []
        for piece, token in enumerate(NEAR):
            word, at = token.lstrip("▁"), -1
            while (at := text.find(word, at + 1)) >= 0:
                if not any(start <= at < end for _, (start, end) in found):
                    found.append((piece, (at, at + len(word))))
        found.sort(key=lambda one: one[1])
        return {"input_ids": [one for one, _ in found], "offset_mapping": [one for _, one in found]}


@pytest.fixture
def neighbours() -> Neighbours:
    """One row for each pair of words that are close to each other."""
    torch.manual_seed(0)
    pairs = torch.eye(8)[[0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 3]]
    return Neighbours(pairs + 0.01 * torch.randn(11, 8), Cut(), closeness=0.5)


def test_words_give_way_to_words_like_them_and_never_to_their_denial(neighbours: Neighbours) -> None:
    texts = ["A Terrible film, never happy.", "味道的", "filmic TERRIBLE"]
    neighbours.look_up(texts)
    assert neighbours.of("Terrible") == ("awful",) and neighbours.of("味道") == ("口味",)
    assert not neighbours.of("never") and not neighbours.of("happy") and not neighbours.of("film")
    found = [neighbours.replaced(one, share=0.5, chance=random.Random(1)) for one in texts]
    assert found == ["A Awful film, never happy.", "口味的", texts[2]]


def tried(tmp_path: Path, model: Path, kind: JobKind, recipe: Recipe) -> list[object]:
    """What a trial says."""
    run = write_run(tmp_path / "run", model=model, kind=kind, recipe=recipe)
    told: list[object] = []
    work = Work(run, run.job(), CPU, load_encoder=load_encoder, send=told.append, should_stop=lambda: None)
    (preview if kind == "preview" else find_rate)(work)
    return told


def test_a_preview_shows_texts_from_all_over_and_what_becomes_of_them(tmp_path: Path, tiny_model: Path) -> None:
    recipe = adjusted(RECIPE, {"methods": "word_noise", "changed_words": 0.3}, task=TASK)
    told = tried(tmp_path, tiny_model, "preview", recipe)
    (found,) = [one for one in told if isinstance(one, Previewed)]
    assert len(found.before) == len(found.after) == 10 and found.before != found.after
    assert decode(encode(found)) == found
    with pytest.raises(BadData, match="None of the chosen methods changes texts"):
        tried(tmp_path / "none", tiny_model, "preview", RECIPE)


def test_a_rate_is_found_before_training_breaks_down(tmp_path: Path, tiny_model: Path) -> None:
    (found,) = [one for one in tried(tmp_path, tiny_model, "find_rate", RECIPE) if isinstance(one, RateFound)]
    assert len(found.rates) == len(found.losses) <= STEPS
    assert found.rates[0] == rate_of(0) and 1e-4 <= found.chosen <= 1e-2
    with pytest.raises(BadData, match="has no learning rate"):
        tried(tmp_path / "quick", tiny_model, "find_rate", adjusted(RECIPE, {"methods": "words"}, task=TASK))


def test_the_rate_to_use_is_half_of_where_the_smoothed_loss_is_smallest() -> None:
    rates, smooth = [rate_of(step) for step in range(STEPS)], Smooth()
    assert rates[0] == pytest.approx(1e-6) and rates[-1] == pytest.approx(1e-1)
    losses = [smooth.add(1.0 if rate < 1e-3 else 0.2 if rate < 3e-2 else 9.0) for rate in rates]
    assert losses[0] == pytest.approx(1.0) and 5e-3 <= rate_to_use(rates, losses) <= 2e-2
    assert has_broken_down(losses) and not has_broken_down(losses[:40])
    assert rate_to_use(rates, list(range(STEPS))) == 0 == rate_to_use([], [])
