"""What a write touched: the value every write of a project returns, and that pages repaint from."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.project.records import SampleId


@dataclass(frozen=True, slots=True)
class Changes:
    """The answer of one write (one transaction, one undo step).

    `name` is the undo name in plain words ("Label as refund"). `samples` are the ids touched, None for "many, reread".
    `position` is the id of the history entry.
    """

    name: str
    position: int
    samples: frozenset[SampleId] | None = frozenset()
    labels: bool = False
    structure: bool = False
    """Samples were added or removed."""
    runs: bool = False

    def touches(self, sample: SampleId) -> bool:
        """Whether a page that shows `sample` must repaint it."""
        return self.samples is None or sample in self.samples
