"""An average of the weights over the last steps is kept: Polyak and Juditsky 1992; as an exponential moving average
Tarvainen and Valpola 2017, https://arxiv.org/abs/1703.01780.
"""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.methods.method import Method
from lepton_studio.runs.job import setting


@dataclass(frozen=True, slots=True)
class AverageSettings:
    """What can be set."""

    averaged_share: float = setting(
        0.1, "Averaged share", "The average looks back over about this share of the steps.", low=0.01, high=1
    )


METHOD = Method(
    id="average",
    title="Averaged weights",
    summary="A moving average of the weights is judged and saved, which is steadier than the weights of one step.",
    slot="average",
    settings=AverageSettings,
    hooks="lepton_studio.methods.average.hooks:AverageHooks",
)
