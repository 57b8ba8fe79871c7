"""Who is let in, with which child, and who waits for what. Values in, values out; nothing is started here.

The rules. A slot has one child at work. A warm child that holds what the work needs is taken first, then an idle one of
its slot, then the spare. A fresh child must fit: not more of them than `Limits.children`, and together, each reckoned
with what its work may come to, not more memory than `Limits.memory`, nor more than the machine has left. Where it does
not, idle children are ended first, those that matter least before others; else the work waits, and so does all of less
priority that wants a child more, lest it be overtaken for ever. Work that would be alone is always let in: nothing that
could be ended or waited for would make more room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lepton_studio.language import tr
from lepton_studio.runs.children.memory import GB, Limits
from lepton_studio.runs.children.slots import ChildState, Need, Slot


@dataclass(frozen=True, slots=True)
class Start:
    """Start a fresh child, once the idle ones with these process ids are ended."""

    end: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """Take this idle child, once those in `end` are ended."""

    pid: int
    end: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now. `behind`: titles of the work that must be done first; `used` and `most`: bytes, of "memory"."""

    reason: Literal["slot", "memory", "children"]
    behind: tuple[str, ...]
    used: int = 0
    most: int = 0


Admission = Start | Use | Wait


def why(wait: Wait) -> str:
    """What a person is told while they wait."""
    behind = ", ".join(wait.behind)
    if wait.reason == "memory" and wait.used:
        return tr(
            "Waiting for memory: {work} may need {used:.1f} of the {most:.1f} GB that models may use on this computer.",
            work=behind,
            used=wait.used / GB,
            most=wait.most / GB,
        )
    return tr("Waiting for this to finish: {work}", work=behind)


def admit_all(
    needs: Sequence[Need], *, children: Sequence[ChildState], limits: Limits, free: int
) -> tuple[Admission, ...]:
    """What becomes of each need; they come in the order of their arrival, and are let in by slot, then by arrival.

    `free`: bytes that the machine has left now.
    """
    states = list(children)
    decided: dict[int, Admission] = {}
    held_up: Wait | None = None
    for place in sorted(range(len(needs)), key=lambda place: (needs[place].slot, place)):
        need = needs[place]
        found = admit(need, children=states, limits=limits, free=free)
        if held_up is not None and not isinstance(found, Wait) and _wants_more(found, need, states):
            found = held_up
        decided[place] = found
        if isinstance(found, Wait):
            if found.reason != "slot":
                held_up = found
            continue
        before = sum(one.takes for one in states)
        states = _after(found, need, states, number=-1 - place)
        free -= max(0, sum(one.takes for one in states) - before)
    return tuple(decided[place] for place in range(len(needs)))


def admit(need: Need, *, children: Sequence[ChildState], limits: Limits, free: int) -> Admission:
    """What becomes of one need that comes first."""
    in_slot = next((one for one in children if one.slot is need.slot and not one.is_idle), None)
    if in_slot is not None:
        return Wait("slot", (in_slot.work,))
    taken = min(
        (one for one in children if _fits(one, need)),
        key=lambda one: (not (need.holds and one.holds == need.holds), one.slot is None, one.idle_since),
        default=None,
    )
    rest = [one for one in children if one is not taken]
    busy = [one for one in rest if not one.is_idle]
    idle = sorted((one for one in rest if one.is_idle), key=_matters_least)
    wanted = max(need.memory, taken.memory if taken is not None else 0)
    unmet = sum(one.takes - one.memory for one in busy)  # what the machine has promised already
    end: list[ChildState] = []

    def room() -> Wait | None:
        left = [*busy, *idle[len(end) :]]
        if len(left) + 1 > limits.children:
            return Wait("children", tuple(one.work for one in busy))
        used = sum(one.takes for one in left)
        gained = sum(one.memory for one in end) + (taken.memory if taken is not None else 0)
        if used + wanted > limits.memory or wanted > free - unmet + gained:
            return Wait("memory", tuple(one.work for one in busy), sum(one.takes for one in busy), limits.memory)
        return None

    while (short := room()) is not None and len(end) < len(idle):
        end.append(idle[len(end)])
    if short is not None and busy:
        return short
    ended = tuple(one.pid for one in end)
    return Start(ended) if taken is None else Use(taken.pid, ended)


def surplus(children: Sequence[ChildState], *, limits: Limits, now: float, patience: float) -> tuple[int, ...]:
    """The idle children to end: those that waited longer than `patience` seconds, but for the spare, and as many more
    as take the whole below its limits again."""
    end = [one for one in children if one.is_idle and one.slot is not None and now - one.idle_since > patience]
    left = [one for one in children if one not in end]
    for one in sorted((one for one in left if one.is_idle), key=_matters_least):
        if sum(each.takes for each in left) <= limits.memory and len(left) <= limits.children:
            break
        left.remove(one)
        end.append(one)
    return tuple(one.pid for one in end)


def _fits(child: ChildState, need: Need) -> bool:
    return child.is_idle and child.slot in (need.slot, None)


def _matters_least(child: ChildState) -> tuple[int, float]:
    """The order in which idle children are ended: the spare, then from the lowest slot up, the longest idle first."""
    return (-(Slot.TUNING + 1 if child.slot is None else child.slot), child.idle_since)


def _wants_more(found: Start | Use, need: Need, children: Sequence[ChildState]) -> bool:
    taken = next((one for one in children if isinstance(found, Use) and one.pid == found.pid), None)
    return taken is None or need.memory > taken.memory


def _after(found: Start | Use, need: Need, children: Sequence[ChildState], *, number: int) -> list[ChildState]:
    """The children once this is done; a fresh one has `number` for its process id until it has one."""
    left = [one for one in children if one.pid not in found.end]
    fresh = ChildState(number)
    taken = next((one for one in left if isinstance(found, Use) and one.pid == found.pid), fresh)
    return [*(one for one in left if one is not taken), taken.at_work(need)]
