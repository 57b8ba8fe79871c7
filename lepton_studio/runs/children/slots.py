"""What work asks of the owner of the children, and a child as the owner sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum


class Slot(IntEnum):
    """A place for one child at work; the lower goes first."""

    LIVE = 0
    """Beside a person who labels: suggestions, vectors of texts. A person waits for each answer."""
    PREDICTING = 1
    """A whole file, with a progress bar."""
    TUNING = 2
    """A run, or the trial steps before one."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a piece of work asks for: a child in this slot, for as long as it lasts.

    `title` names the work for a person ("run 3", "Predicting new.csv"). `memory`: what its child may come to take in
    all, in bytes (`forecast` guesses it). `holds`: what the child loads for it, such as a model's folder: a warm child
    that holds the same is taken before another. `is_awaited`: a person asked for it and would miss it, so that closing
    the window is to ask first. `gives_way`: nobody waits for it now; it stands back behind tuning, tuning never does.
    """

    slot: Slot
    title: str
    memory: int = 0
    holds: str = ""
    is_awaited: bool = True
    gives_way: bool = False


@dataclass(frozen=True, slots=True)
class ChildState:
    """A child at a moment. `slot` None: a spare, for whoever comes first. `work`: the title of what it does, "" while
    it is idle. `memory`: resident bytes, measured, with those of the processes that it started; `forecast`: what its
    work may come to, in bytes. `idle_since`: on the owner's clock."""

    pid: int
    slot: Slot | None = None
    work: str = ""
    memory: int = 0
    forecast: int = 0
    holds: str = ""
    idle_since: float = 0.0
    is_ready: bool = False
    """Its imports are done."""

    @property
    def is_idle(self) -> bool:
        """It waits, warm, for the next piece of work."""
        return not self.work

    @property
    def takes(self) -> int:
        """The bytes to reckon with: what it has, or will want."""
        return self.memory if self.is_idle else max(self.memory, self.forecast)

    def at_work(self, need: Need) -> ChildState:
        """This child once it does what is needed."""
        return replace(self, slot=need.slot, work=need.title, forecast=need.memory, holds=need.holds)

    def at_rest(self, now: float) -> ChildState:
        """This child once its work is done; it holds what it has loaded."""
        return replace(self, work="", forecast=0, idle_since=now)
