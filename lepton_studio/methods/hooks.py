"""What a method does in the child: it fits out the base model, and steps in where the loop lets it. Imports torch."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from torch import Tensor, nn

from lepton_studio.contract.task import Family, Input, Task
from lepton_studio.errors import StudioError
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.runs.job import Recipe


class Unfit(StudioError):
    """The recipe's methods cannot tune this model; the text is a sentence for the person, who gets it as it is."""


@dataclass(frozen=True, slots=True)
class Net:
    """A base model just loaded, a PreTrainedModel, before a head stands on it.

    `name` is what others find it by; `fresh`: the names of those of its parameters that begin at random. `tokenizer`
    reads its texts; None where the method must leave that as it is.
    """

    model: Any
    family: Family
    name: str = ""
    fresh: frozenset[str] = frozenset()
    tokenizer: Any = None

    @property
    def reader(self) -> Any:
        """The part that reads the text."""
        return self.model.get_encoder() if self.family == "encoder_decoder" else self.model


@dataclass(frozen=True, slots=True)
class Train:
    """The training samples, for a method that makes other examples of them. `encode(inputs, values)` gives examples.

    `old`: examples of the run that this one goes on from, and `unlabelled`: texts without a label, where a method wants
    them. `others`: examples of each other project, where a method learns from those. `outputs(examples)`: what the
    model says of them as it is, a row each, on the CPU; None where nothing is trained.
    """

    inputs: Sequence[Input]
    values: Sequence[Any]
    examples: Sequence[Any]
    encode: Callable[[Sequence[Input], Sequence[Any] | None], list[Any]]
    old: Sequence[Any] = ()
    unlabelled: Sequence[Input] = ()
    outputs: Callable[[Sequence[Any]], Tensor] | None = None
    others: Sequence[Sequence[Guest]] = ()

    def with_examples(self, examples: Sequence[Any]) -> Train:
        """The same samples with other examples made of them."""
        return replace(self, examples=examples)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two examples of one target: what a method `on_pairs` gives for an epoch. All of a batch are compared."""

    one: Any
    other: Any

    @property
    def cost(self) -> int:
        """What it takes to read both, in tokens."""
        return int(self.one.cost + self.other.cost)


@dataclass(frozen=True, slots=True)
class Guest:
    """An example of another project, which has a place among the others: `lepton_studio.training.guests` learns it."""

    example: Any
    project: int

    @property
    def cost(self) -> int:
        """What it takes to read it, in tokens."""
        return int(self.example.cost)


@dataclass(frozen=True, slots=True)
class Step:
    """Examples on their way to a gradient: a batch, or a part of one where memory is short.

    `outputs()` runs the model over them, each time with other dropout; `loss(outputs)` is their share of the mean loss
    of the batch. `batch` is a `lepton_studio.training.learner.Batch` on the device; `weight` is what sums over the
    samples of the whole step are divided by. `examples` are those of the batch, in its order.
    """

    batch: Any
    outputs: Callable[[], Any]
    loss: Callable[[Any], Tensor]
    weight: float
    examples: Sequence[Any] = ()


Backward = Callable[[Step], Tensor]
"""Adds a step's gradients to those of the parameters; returns its loss, a scalar without gradient."""


def plain_backward(step: Step) -> Tensor:
    """What is done where no method steps in."""
    loss = step.loss(step.outputs())
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach()


class Hooks:
    """One method in one run, in the child, on one thread. A method overrides what it needs; the rest does nothing.

    They are called in this order: `wrap` once; in each epoch `examples`; in each step `backward` (once more in smaller
    parts where memory did not suffice) and `stepped`; `kept` where the model is judged; `finish` with the best weights
    in place; `save`. What a method remembers from step to step it hands over in `state`, and gets back in `put_back`:
    a run that goes on ends like one that never stopped.
    """

    reads_otherwise = False
    """Whether the model makes something else of a text once it is wrapped, before anything has learnt."""

    def __init__(self, settings: Any, *, recipe: Recipe, task: Task[Any] | None) -> None:
        self.settings = settings
        self.recipe = recipe
        self.task = task

    def wrap(self, net: Net) -> None:
        """Freeze and extend the model in place. What needs a gradient afterwards is trained, beside the head.

        A method for the weights says of each of `net.model.named_parameters()` whether it learns (`requires_grad_`);
        those in `net.fresh` must. Raises Unfit where only the loaded model tells that the method cannot tune it.
        """

    def rate(self, name: str) -> float:
        """What the learning rate of a parameter of the base model is multiplied with, by its name."""
        return 1.0

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        """What is trained on in this epoch, counted from 0. As many in every epoch; the same again in a resumed run."""
        return train.examples

    def backward(self, step: Step, then: Backward) -> Tensor:
        """The gradients of a step: `then` gives those that there were without this method. Returns the loss to show."""
        return then(step)

    def stepped(self, step: int, *, steps: int, weights: Mapping[str, nn.Parameter]) -> None:
        """After the optimiser changed all that is trained, the head too, for the `step`th time of `steps`; gradients
        are still there.
        """

    def kept(self, weights: Mapping[str, Tensor]) -> Mapping[str, Tensor] | None:
        """What is judged, kept and saved in place of the trained weights, by the same names; None: these themselves."""
        return None

    def state(self) -> dict[str, Any]:
        """For a checkpoint: tensors, numbers, strings, and lists and dicts of them."""
        return {}

    def put_back(self, state: Mapping[str, Any]) -> None:
        """What `state` gave; the model has the weights of then."""

    def finish(self, model: nn.Module) -> None:
        """Give the learner's model back as it is to be saved, traced and run: without what only training needed."""

    def save(self, folder: Path) -> None:
        """Write into the model's folder, beside what the learner wrote."""


class ChangedCopies(Hooks):
    """What methods share that show each training text once more, changed; no other split is seen. Gives the texts as
    they are and, behind them, the copies of this epoch: the same again in a resumed run."""

    @property
    def copies(self) -> int:
        """So many of each text."""
        raise NotImplementedError

    def changed(self, text: str, *, chance: random.Random) -> str:
        """A copy of a text; the text itself where there is nothing to change."""
        raise NotImplementedError

    def get_ready(self, texts: Sequence[str]) -> None:
        """See all texts that will be changed, before the first of them is."""

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        inputs = [one for _ in range(self.copies) for one in train.inputs]
        found = self.changed_inputs(inputs, epoch=epoch)
        return [*train.examples, *train.encode(found, list(train.values) * self.copies)]

    def changed_inputs(self, inputs: Sequence[Input], *, epoch: int) -> list[Input]:
        """Copies as an epoch has them; of pairs of texts both are changed."""
        self.get_ready([text for one in inputs for text in (one.text, one.fields.get(SECOND_TEXT, "")) if text])
        chance = random.Random(f"{self.recipe.seed} {epoch}")
        return [_changed(one, lambda text: self.changed(text, chance=chance)) for one in inputs]


class RewrittenCopies(Hooks):
    """What methods share whose copies of the training texts are written by other models before tuning begins: the same
    in every epoch. `settings` has the models (`rewriters`), how many `copies` each text gets, and the `closeness` that
    is asked for; `rewritten` is what was kept of each text (`child.rewriting`).
    """

    rewritten: Mapping[str, Sequence[str]] = MappingProxyType({})

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        pairs = [
            (replace(one, text=text), value)
            for one, value in zip(train.inputs, train.values, strict=True)
            for text in self.rewritten.get(one.text, ())
        ]
        if not pairs:
            return train.examples
        return [*train.examples, *train.encode([one for one, _ in pairs], [value for _, value in pairs])]


def _changed(given: Input, change: Callable[[str], str]) -> Input:
    second = given.fields.get(SECOND_TEXT)
    fields = given.fields if second is None else {**given.fields, SECOND_TEXT: change(second)}
    return replace(given, text=change(given.text), fields=fields)
