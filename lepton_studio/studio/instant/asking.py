"""Which samples to ask the person about next, and why: what the model asks for, and a share that chance chose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from lepton_studio.instant_files import AUDIT_SHARE
from lepton_studio.language import tr
from lepton_studio.project.records import SampleId

DRAWN = "drawn"
"""The reason of a sample that chance chose: it is for the test split."""
SUSPECTED = "suspected"
"""The reason of a sample whose label is likely wrong."""
CHECKED = "checked"
"""The reason of a sample that a model labelled and that was drawn for a spot check."""
SPLIT = "split"
"""The reason of a sample whose label is being split into others."""
AGAIN = "again"
"""The reason of a sample that is labelled, and asked about once more as if it were not."""
_APART = 4
"""So many others come between two of these at least: a project that has none yet gets them little by little."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A sample to ask about: `why` is `DRAWN`, `SUSPECTED`, `CHECKED` or what speaks for it
    (`lepton_studio.quick.querying.Why`).
    """

    sample: SampleId
    why: str


@dataclass(frozen=True, slots=True)
class Asking:
    """What to ask for next, as of the last fit: `chosen` by the model, the best first, and `drawn` by chance.

    So many decisions there are that `taught` the model, and that are in the test split.
    """

    chosen: tuple[Asked, ...] = ()
    drawn: tuple[SampleId, ...] = ()
    taught: int = 0
    tested: int = 0

    @property
    def order(self) -> tuple[Asked, ...]:
        """All of them as they are asked for. One of the drawn ones is due wherever their share of all decisions would
        be too small; before anything has taught the model, what it asks for comes first.
        """
        return tuple(self._mixed())

    def _mixed(self) -> Iterator[Asked]:
        chosen, drawn = iter(self.chosen), (Asked(one, DRAWN) for one in self.drawn)
        taught, tested = self.taught, self.tested
        since = _APART if taught else 0
        for _ in count():
            is_due = since >= _APART and tested < AUDIT_SHARE * (taught + tested + 1)
            first, other = (drawn, chosen) if is_due else (chosen, drawn)
            one = next(first, None) or next(other, None)
            if one is None:
                return
            is_drawn = one.why == DRAWN
            since = 0 if is_drawn else since + 1
            taught, tested = taught + (not is_drawn), tested + is_drawn
            yield one


NOTHING_ASKED = Asking()


def why_words(why: str, labels: tuple[str, ...]) -> str:
    """Why a sample is asked for, in a few words; "" where it was not. `labels`: the likeliest ones, by name."""
    match why:
        case "drawn":
            return tr("Drawn at random, for the test")
        case "checked":
            return tr("Spot check")
        case "suspected":
            return tr("This label may be wrong")
        case "split" if labels:
            return tr("Looks like “{label}”", label=labels[0])
        case "typical":
            return tr("Like many others")
        case "random":
            return tr("Picked at random")
        case "different":
            return tr("Unlike anything labelled so far")
        case "disputed":
            return tr("Words and meaning suggest different labels")
        case "rare":
            return tr("May have a label that few have")
        case "unsure" if len(labels) > 1:
            return tr("Unsure: {first} or {second}", first=labels[0], second=labels[1])
        case "unsure" | "doubtful":
            return tr("The model is unsure here")
        case _:
            return ""
