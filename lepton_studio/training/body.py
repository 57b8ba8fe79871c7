"""The base model inside a learner's model, and what the recipe's methods do to it from start to saved folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from lepton_studio.contract.task import Input, Task
from lepton_studio.methods.hooks import (
    Backward,
    ChangedCopies,
    Hooks,
    Net,
    RewrittenCopies,
    Step,
    Train,
    Unfit,
    plain_backward,
)
from lepton_studio.methods.method import Method
from lepton_studio.methods.recipes import methods_of, why_not
from lepton_studio.runs.job import BadSetting, Recipe
from lepton_studio.training.dropout import set_dropout
from lepton_studio.training.frozen import Recall, frozen_layers, leave_out_dropout
from lepton_studio.training.machine import Machine
from lepton_studio.training.saving import round_to_half


class Body:
    """What is not head of a learner's model. One run, one thread. What its methods do is said in `Hooks`.

    `methods`: which these are, with their settings. `family`: what the model does. `recall`: of its frozen layers.
    """

    def __init__(self, net: Net, *, hooks: Sequence[Hooks], methods: Mapping[Method, Any]) -> None:
        self.methods = methods
        self.family = net.family
        self._model: nn.Module = net.model
        self._hooks = tuple(hooks)
        self._recomputes = False
        self.recall = Recall(frozen_layers(net.model) if net.family == "encoder" else ())
        self._backward: Backward = plain_backward
        self._clock = _Clock()
        for method, one in reversed(list(zip(methods, self._hooks, strict=True))):
            around = self._clock.around if method.slot == "adversary" else _around
            self._backward = around(one, self._backward)

    @classmethod
    def of(cls, net: Net, *, recipe: Recipe, task: Task[Any] | None) -> Body:
        """The model fitted out as the recipe says, in place. Raises Unfit where its methods cannot do that."""
        try:
            methods = methods_of(recipe, task=task, family=net.family)
            why = why_not(recipe, task=task, family=net.family)
        except BadSetting as unknown:
            raise Unfit(str(unknown)) from unknown
        if why:
            raise Unfit(why)
        chosen = {method: method.chosen(recipe) for method in methods}
        hooks = [_hooks_of(method)(settings, recipe=recipe, task=task) for method, settings in chosen.items()]
        for one in hooks:
            one.wrap(net)
        set_dropout(net.model, recipe.dropout)
        if net.family == "encoder":
            leave_out_dropout(net.model)
        return cls(net, hooks=hooks, methods=chosen)

    @property
    def at_once(self) -> bool:
        """Whether the model is fitted in one go, without a step of training."""
        return any(one.at_once for one in self.methods)

    @property
    def on_pairs(self) -> bool:
        """Whether before that it learns which texts belong together."""
        return any(one.on_pairs for one in self.methods)

    @property
    def reads_labels(self) -> bool:
        """Whether the model reads the words of labels too."""
        return any(one.reads_labels for one in self.methods)

    @property
    def reads_otherwise(self) -> bool:
        """Whether before it learns anything it makes something else of a text than the base model."""
        return any(one.reads_otherwise for one in self._hooks)

    def head(self, model: nn.Module) -> dict[str, nn.Parameter]:
        """What learns of a learner's model beside the body, by name."""
        own = {id(weight) for weight in self._model.parameters()}
        return {name: one for name, one in model.named_parameters() if one.requires_grad and id(one) not in own}

    def groups(self, weights: Mapping[str, nn.Parameter], *, recipe: Recipe) -> list[dict[str, Any]]:
        """Groups for an optimiser of all `weights`: those of the body first, then those of the head, which may have a
        learning rate of its own. No weight decay on biases and norms. "scale" is what the learning rate is multiplied
        with.
        """
        names = {id(weight): name for name, weight in self._model.named_parameters()}
        of_head = recipe.head_learning_rate / recipe.learning_rate if recipe.head_learning_rate else 1.0
        found: dict[tuple[bool, float, bool], list[nn.Parameter]] = {}
        for weight in weights.values():
            name = names.get(id(weight))
            scale = of_head if name is None else self._rate(name)
            found.setdefault((name is None, -scale, weight.ndim <= 1), []).append(weight)
        return [
            {"params": some, "weight_decay": 0.0 if is_plain else recipe.weight_decay, "scale": -scale}
            for (_, scale, is_plain), some in sorted(found.items(), key=lambda one: one[0])
        ]

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        """What is trained on in this epoch."""
        for one in self._hooks:
            train = train.with_examples(one.examples(train, epoch=epoch))
        return train.examples

    @property
    def model(self) -> Any:
        """The base model itself."""
        return self._model

    @property
    def words(self) -> Tensor:
        """The table of words: [pieces, width]."""
        net: Any = self._model
        found: Tensor = net.get_input_embeddings().weight
        return found

    @property
    def adversary_cost(self) -> float:
        """How many times as long a backward pass took as one without the adversary; 0 where there is none."""
        return self._clock.whole / self._clock.first if self._clock.first else 0.0

    def changed_inputs(self, inputs: Sequence[Input]) -> list[Input] | None:
        """Copies of texts as the first epoch has them; None where no method changes texts."""
        changing = (one for one in self._hooks if isinstance(one, ChangedCopies))
        return next((one.changed_inputs(inputs, epoch=0) for one in changing), None)

    @property
    def rewriting(self) -> RewrittenCopies | None:
        """The method whose copies of texts are written before tuning."""
        return next((one for one in self._hooks if isinstance(one, RewrittenCopies)), None)

    def backward(self, step: Step) -> Tensor:
        """Add the gradients of a step; its loss, without gradient."""
        with self.recall.in_view(step.examples):
            return self._backward(step)

    def stepped(self, step: int, *, steps: int, weights: Mapping[str, nn.Parameter]) -> None:
        """The optimiser changed the weights."""
        for one in self._hooks:
            one.stepped(step, steps=steps, weights=weights)

    def kept(self, weights: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """What is judged and kept for the trained `weights`."""
        return next((found for one in self._hooks if (found := one.kept(weights)) is not None), weights)

    def state(self) -> dict[str, dict[str, Any]]:
        """What the methods remember, by their ids; of those that do."""
        found = {method.id: one.state() for method, one in zip(self.methods, self._hooks, strict=True)}
        return {name: state for name, state in found.items() if state}

    def put_back(self, state: Mapping[str, Mapping[str, Any]]) -> None:
        """What `state` gave."""
        for method, one in zip(self.methods, self._hooks, strict=True):
            if method.id in state:
                one.put_back(state[method.id])

    def recompute(self, machine: Machine) -> bool:
        """From now on only what goes into each layer is kept for the backward pass, and the rest computed again there:
        less memory, a third more time, the same gradient. Chen et al. 2016, https://arxiv.org/abs/1604.06174

        False where the kind of model cannot do that.
        """
        if not getattr(self._model, "supports_gradient_checkpointing", False):
            return False
        # The second pass must choose the same kernels as the first, which stood within `mixed_precision`.
        contexts = {"use_reentrant": False, "context_fn": lambda: (nullcontext(), machine.attention())}
        _checkpointing(self._model, "enable")(contexts)
        self._recomputes = True
        return True

    def keep_all(self) -> None:
        """The end of `recompute`."""
        if self._recomputes:
            _checkpointing(self._model, "disable")()
            self._recomputes = False

    def finish(self, model: nn.Module) -> None:
        """Training is over: take out of the learner's model what only that needed, and let its numbers be those that
        will be saved.
        """
        self.recall.end()
        self.keep_all()
        for one in reversed(self._hooks):
            one.finish(model)
        if self.family == "encoder":
            round_to_half(self._model)

    def save(self, folder: Path) -> None:
        """What the methods leave beside the model; after `finish`."""
        for one in self._hooks:
            one.save(folder)

    def _rate(self, name: str) -> float:
        rate = 1.0
        for one in self._hooks:
            rate *= one.rate(name)
        return rate


class _Clock:
    """Seconds in backward passes with an adversary, and in the first pass of each, which there is without one too."""

    def __init__(self) -> None:
        self.whole = self.first = 0.0

    def around(self, hooks: Hooks, then: Backward) -> Backward:
        """As `_around`, with the clock running."""

        def backward(step: Step) -> Tensor:
            began, first = time.perf_counter(), 0.0

            def timed(part: Step) -> Tensor:
                nonlocal first
                started = time.perf_counter()
                loss = then(part)
                first = first or time.perf_counter() - started
                return loss

            loss = hooks.backward(step, timed)
            self.first += first
            self.whole += time.perf_counter() - began
            return loss

        return backward


def _around(hooks: Hooks, then: Backward) -> Backward:
    return lambda step: hooks.backward(step, then)


def _checkpointing(model: nn.Module, verb: str) -> Callable[..., None]:
    """The library's own, by the name that its version knows."""
    names = (f"{kind}_checkpointing_{verb}" for kind in ("activation", "gradient"))
    found: Callable[..., None] = next(getattr(model, name) for name in names if hasattr(model, name))
    return found


def _hooks_of(method: Method) -> type[Hooks]:
    module, name = method.hooks.split(":")
    found: type[Hooks] = getattr(import_module(module), name)
    return found
