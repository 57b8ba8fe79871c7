"""How faithful the weights of words are: leave the strongest words out, one after another, and see how soon the model
no longer says what it said. Beside an order by lot, and gradient times input. And whether captum weighs alike.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import torch

from lepton_studio.child.tune import tune
from lepton_studio.child.why.explain import Explainer, log_odds, rank_agreement
from lepton_studio.child.why.gradients import integrated_gradients, said_of_vectors, vectors_of
from lepton_studio.child.why.units import unit_of, units_of, without
from lepton_studio.child.work import Work, load_saved
from lepton_studio.contract.task import Input
from lepton_studio.heads.pooled import Place
from lepton_studio.runs.events import Finished
from lepton_studio.runs.job import JobLabel
from lepton_studio.tasks import task_named
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import load_encoder
from tests.benchmarks.figure import Figure
from tests.benchmarks.quick.sets import ALL_SETS
from tests.benchmarks.tasks.tuned import Row, write_run

SETS = ("SST-2", "delivery reviews (Chinese)")
_TRAIN, _TEXTS, _LONGEST = 200, 20, 120
"""Texts to tune on; texts to explain, none of more characters."""
_STEPS, _SHARES = 32, 11


def tuned(name: str, folder: Path) -> tuple[Explainer, list[str]]:
    """A model that was tuned on some texts of a set, and some others of it."""
    model, parts = ALL_SETS[name]
    train, test = parts()
    random.Random(1).shuffle(train)
    random.Random(0).shuffle(test)
    names = sorted({label for _, label in train})
    task = task_named("text_classification")
    run = write_run(
        folder / "run",
        task=task.id,
        labels=[JobLabel(place + 1, one) for place, one in enumerate(names)],
        rows={"train": [Row(text, {"labels": [names.index(label) + 1]}) for text, label in train[:_TRAIN]]},
        changes={"seed": 1, "epochs": 2},
        model=model,
    )
    machine = find_machine()
    work = Work(run, run.job(), machine, load_encoder=load_encoder, send=lambda _event: None, should_stop=lambda: None)
    assert isinstance(tune(work, resume=False), Finished)
    learner = load_saved(task, run.model)
    learner.model.to(machine.device).eval()
    return Explainer(learner, task, machine), [text for text, _ in test if 10 <= len(text) <= _LONGEST][:_TEXTS]


class Orders:
    """Weights of the words of one text by each method, and the seconds that each took."""

    def __init__(self, explainer: Explainer, given: Input) -> None:
        learner: Any = explainer.learner
        self.model, self._explainer, self.given = learner.text_model.model, explainer, given
        decision = explainer.decide([given])[0]
        self.label = max(decision.scores, key=lambda one: decision.scores[one])
        self.output = list(decision.scores).index(self.label)
        self.places: list[Place | None] = learner.text_model.places(given)
        self.units = units_of(given, self.places)
        batch = learner.collate(learner.encode([given])).to(explainer.machine.device)
        self.ids = batch.inputs["input_ids"][0]
        self.empty = torch.tensor([one is not None for one in self.places], device=self.ids.device)
        self.nothing_ids = self.ids.masked_fill(self.empty, learner.text_model.padding)
        self.vectors, self.nothing = (vectors_of(self.model, one) for one in (self.ids, self.nothing_ids))
        self.said = said_of_vectors(self.model, batch.inputs, read=lambda said: log_odds(said, [self.output]))

    def integrated(self) -> Any:
        """As the app does."""
        return self._of_words(self.by_token(self.vectors, self.nothing))

    def by_token(self, given: torch.Tensor, nothing: torch.Tensor) -> torch.Tensor:
        """Integrated gradients of each token."""
        found = integrated_gradients(self.said, given=given, baseline=nothing, steps=_STEPS, at_once=_STEPS)
        return found.by_token[0]

    def from_mask(self) -> Any:
        """The same from the token that stands for a hidden word, where there is one."""
        mask = self._explainer.learner.text_model._encoder.tokenizer.mask_token_id  # type: ignore[attr-defined]
        return self._of_words(
            self.by_token(self.vectors, vectors_of(self.model, self.ids.masked_fill(self.empty, mask)))
        )

    def by_slope(self) -> Any:
        """The gradient at the text, times the vectors."""
        vectors = self.vectors.clone().requires_grad_()
        (slope,) = torch.autograd.grad(self.said(vectors[None])[0, 0], vectors)
        return self._of_words((slope * vectors.detach()).sum(-1))

    def omitted(self) -> Any:
        """What is lost without each word."""
        return self._explainer._omitted(self.given, self.units, [self.output])[1][:, 0]

    def by_lot(self) -> Any:
        """Any order."""
        return np.random.default_rng(len(self.given.text)).random(len(self.units))

    def area(self, weights: Any) -> float:
        """Under the probability of the label, against the share of the words that is left out, the strongest first."""
        order = np.argsort(-weights, kind="stable")
        counts = np.unique(np.linspace(0, len(order), _SHARES).round().astype(int))
        left = [without(self.given, [self.units[at] for at in order[:count]]) for count in counts]
        scores = [one.scores[self.label] for one in self._explainer.decide(left)]
        return float(np.trapezoid(scores, counts / len(order)))

    def _of_words(self, by_token: torch.Tensor) -> Any:
        weights = np.zeros(len(self.units))
        for place, one in zip(self.places, by_token.cpu().tolist(), strict=True):
            if place is not None:
                weights[unit_of(place, self.units)] += one
        return weights


_METHODS: dict[str, Callable[[Orders], Any]] = {
    "integrated gradients": Orders.integrated,
    "integrated gradients from the mask": Orders.from_mask,
    "leaving words out": Orders.omitted,
    "gradient x input": Orders.by_slope,
    "by lot": Orders.by_lot,
}


def attributions() -> list[Figure]:
    """The area under the deletion curve: the smaller, the sooner the words that count are gone."""
    figures = []
    for name in SETS:
        with tempfile.TemporaryDirectory() as folder:
            explainer, texts = tuned(name, Path(folder))
            areas: dict[str, list[float]] = {one: [] for one in _METHODS}
            seconds: dict[str, list[float]] = {one: [] for one in _METHODS}
            agreement: list[float] = []
            for text in texts:
                orders = Orders(explainer, Input(text))
                found = {}
                for method, weigh in _METHODS.items():
                    began = time.process_time()
                    found[method] = weigh(orders)
                    seconds[method].append(time.process_time() - began)
                    areas[method].append(orders.area(found[method]))
                agreement.append(rank_agreement(found["integrated gradients"], found["leaving words out"]))
        for method, one in areas.items():
            note = f"n = {len(one)} texts, {np.mean(seconds[method]):.2f} s of a processor a text"
            if method == "integrated gradients":
                note += f", rank agreement with leaving words out {np.mean(agreement):.2f}"
            target = f"<= {np.mean(areas['by lot']):.3f}" if method == "integrated gradients" else ""
            figures.append(Figure(f"{name}: {method}", float(np.mean(one)), "area", target, note=note))
            print(figures[-1], file=sys.stderr, flush=True)
    return figures


def captum_weighs_alike() -> Figure:
    """The largest difference to captum's integrated gradients, as a share of the largest weight."""
    layer_gradients = _captum()
    with tempfile.TemporaryDirectory() as folder:
        explainer, texts = tuned(SETS[0], Path(folder))
        off = [_difference(Orders(explainer, Input(text)), layer_gradients) for text in texts[:5]]
    return Figure("captum weighs alike", max(off), "of the largest weight", "<= 0.001", note=f"n = {len(off)} texts")


def _difference(orders: Orders, layer_gradients: Any) -> float:
    def forward(ids: torch.Tensor) -> torch.Tensor:
        return log_odds(orders.model(input_ids=ids), [orders.output])[:, 0]

    table = orders.model.encoder.get_input_embeddings()
    theirs = layer_gradients(forward, table).attribute(
        orders.ids[None], baselines=orders.nothing_ids[None], n_steps=_STEPS, method="gausslegendre"
    )
    ours = orders.by_token(orders.vectors, orders.nothing)
    return float((theirs.sum(-1)[0] - ours).abs().max() / ours.abs().max())


def _captum() -> Any:
    """captum draws with matplotlib and reads pictures, which is not needed for this."""
    of_matplotlib = ("axes", "collections", "colors", "figure", "image", "pyplot")
    stood_in = (
        "matplotlib",
        *(f"matplotlib.{one}" for one in of_matplotlib),
        "mpl_toolkits",
        "mpl_toolkits.axes_grid1",
    )
    stood_in = (*stood_in, "PIL", "PIL.Image")
    before: dict[str, ModuleType] = dict(sys.modules)
    for one in stood_in:
        sys.modules.setdefault(one, MagicMock())
    try:
        from captum.attr import LayerIntegratedGradients
    finally:
        for one in stood_in:
            if one not in before:
                del sys.modules[one]
    return LayerIntegratedGradients


FIGURES = [attributions, captum_weighs_alike]
