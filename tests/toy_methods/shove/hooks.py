"""The hooks of the toy method: they change nothing, but note when they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from lepton_studio.methods.hooks import Backward, Hooks, Net, Step, Train, Unfit

CALLED: list[object] = []


class ShoveHooks(Hooks):
    def wrap(self, net: Net) -> None:
        if self.settings.shove_far > 4 * net.model.config.num_hidden_layers:
            raise Unfit("Shoving so far needs a model of more layers.")
        CALLED.append(("wrap", net.family, self.settings.shove_far))

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        CALLED.append(("examples", epoch))
        return train.encode(train.inputs, train.values)

    def backward(self, step: Step, then: Backward) -> Tensor:
        CALLED.append("backward")
        return then(step)

    def stepped(self, step: int, *, steps: int, weights: Mapping[str, nn.Parameter]) -> None:
        CALLED.append(("stepped", step, steps))

    def finish(self, model: nn.Module) -> None:
        CALLED.append("finish")

    def save(self, folder: Path) -> None:
        (folder / "shoved.txt").write_text("far", "utf-8")
