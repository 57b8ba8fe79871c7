"""What the owner of the children keeps in mind: the children that it holds, and who waits for one."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from typing import Protocol

from lepton_studio.runs.children.pace import Pace
from lepton_studio.runs.children.slots import ChildState, Need
from lepton_studio.runs.process import ChildProcess


class OwnedChild(Protocol):
    """What the owner needs of a child, at whatever place. It calls these from a thread of its own; none may block."""

    @property
    def pid(self) -> int: ...
    @property
    def ended(self) -> bool: ...
    def kill(self) -> None: ...
    def signal(self, how: Pace) -> None: ...
    def memory(self) -> int: ...


class StartChild(Protocol):
    """Starts a child; raises CouldNotStart."""

    def __call__(self, *, spare: bool = False) -> ChildProcess: ...


@dataclass(eq=False)
class Held:
    """A child, and what it does now. Changed under the owner's lock only."""

    child: OwnedChild
    state: ChildState
    pace: Pace
    is_ours: bool = True
    """We started it, so that it may be ended with us."""
    need: Need | None = None
    measured: float = -math.inf
    """When its memory was measured, on the owner's clock."""


@dataclass(eq=False)
class Ticket:
    """Somebody waits for a child."""

    need: Need
    done: threading.Event = field(default_factory=threading.Event)
    held: Held | None = None
    error: Exception | None = None
    sentence: str = ""
    withdrawn: bool = False
