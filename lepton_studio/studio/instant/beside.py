"""What stands beside a sample that is to be labelled."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.project.records import LabelId, SampleId


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A decided sample, and how like the other it is: the cosine of their vectors, the mean of all taken off."""

    sample: SampleId
    cosine: float


@dataclass(frozen=True, slots=True)
class StandsBeside:
    """The decided samples most `near` to one, the nearest first, and the `words` of its text that speak for `label`,
    the strongest first; of a number for what is said of it, and `label` is None.
    """

    near: tuple[Neighbour, ...]
    words: tuple[str, ...]
    label: LabelId | None = None
