"""The one owner of all children of this program: it lends them to work, keeps them warm in between, and ends them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

from lepton_studio.errors import Cancelled
from lepton_studio.language import language_in_use
from lepton_studio.progress import never
from lepton_studio.runs.children.admission import Admission, Start, Wait, admit_all, surplus, why
from lepton_studio.runs.children.held import Held, OwnedChild, StartChild, Ticket
from lepton_studio.runs.children.memory import Limits, forecast, free_memory, limits_for, machine_memory
from lepton_studio.runs.children.pace import Pace
from lepton_studio.runs.children.slots import ChildState, Need, Slot
from lepton_studio.runs.job import BUILT_IN_MODEL
from lepton_studio.runs.process import ChildProcess, CouldNotStart
from lepton_studio.runs.requests import Load

QUIET_SECONDS = 20.0
"""So long after the last key a person counts as at work, and tuning gives way."""
_LOOK = 2.0
"""Seconds between two looks at the children, while nothing happens."""
_MEASURED = 0.5
"""Seconds that a measured memory holds."""
_PATIENCE = 600.0
"""Seconds that a child stays warm without work."""
_ASK = 0.1
"""Seconds between two questions whether who waits still wants it."""
_ATTEMPTS = 3
"""So many spares in a row may die before none is tried any more."""


def _nobody(_: str) -> None:
    return None


class Loan:
    """A child at one piece of work. Used with `with`, the child is given back at the end: warm where it has ended what
    it was asked, unless an error came out of the work. What was cancelled is none."""

    def __init__(self, owner: Children, held: Held, child: ChildProcess) -> None:
        self._owner = owner
        self._held = held
        self.child = child

    def give_back(self, *, warm: bool) -> None:
        """The work is done. `warm`: the child waits for the next; else it is ended now, without a wait for its end."""
        self._owner._take_back(self._held, warm=warm)

    def let_go(self) -> None:
        """The child goes on without us: the owner forgets it."""
        self._owner._forget(self._held)

    def __enter__(self) -> ChildProcess:
        return self.child

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        is_sound = error is None or isinstance(error, Cancelled | GeneratorExit)
        self.give_back(warm=is_sound and not self.child.waiting)


class Children:
    """All children of this program. Any thread may call any method; only `borrow` waits.

    A thread of its own starts, measures and ends them; it lives from the first use until `close`.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        start: StartChild = ChildProcess.start,
        quiet: float = QUIET_SECONDS,
        patience: float = _PATIENCE,
        free: Callable[[], int] = free_memory,
    ) -> None:
        """`quiet`: seconds without a sign of the person until tuning has all processors. `patience`: seconds that an
        idle child stays warm. `free`: the bytes that the machine has left."""
        self.limits = limits or limits_for(machine_memory())
        self._start = start
        self._quiet = quiet
        self._patience = patience
        self._free = free
        self._changed = threading.Condition()
        self._held: list[Held] = []
        self._tickets: list[Ticket] = []
        self._clerk: threading.Thread | None = None
        self._is_asked = False
        self._is_closed = False
        self._acted = -float("inf")
        self._wants_spare = False
        self._encoder = ""
        self._attempts = 0

    # ------------------------------------------------------------------------------------------------- what is known

    def children(self) -> tuple[ChildState, ...]:
        """Every child as it was when last looked at, the spare and idle ones too."""
        with self._changed:
            return tuple(one.state for one in self._held)

    def at_work(self) -> tuple[Need, ...]:
        """What goes on in a child or waits for one, by slot."""
        with self._changed:
            needs = [one.need for one in self._held if one.need is not None]
            needs += [one.need for one in self._tickets]
        return tuple(sorted(needs, key=lambda need: need.slot))

    @property
    def is_busy(self) -> bool:
        """Whether any child is at work, or somebody waits for one."""
        return bool(self.at_work())

    @property
    def is_tuning_behind(self) -> bool:
        """Whether tuning has to give way now: a person is at work, or waits for a suggestion."""
        with self._changed:
            return self._yields()

    # ----------------------------------------------------------------------------------------------------- actions

    def borrow(
        self,
        need: Need,
        *,
        should_stop: Callable[[], bool] = never,
        on_wait: Callable[[str], object] = _nobody,
    ) -> Loan:
        """A child for this piece of work, once there is room: it blocks the thread that calls.

        `on_wait` is told why it waits, each time that changes, in this thread. Raises Cancelled once `should_stop` says
        so or the owner is closed, and CouldNotStart.
        """
        ticket = Ticket(need)
        with self._changed:
            if self._is_closed:
                raise Cancelled
            self._tickets.append(ticket)
            self._wake()
        told = ""
        while not ticket.done.wait(_ASK):
            if ticket.sentence != told:
                told = ticket.sentence
                on_wait(told)
            if should_stop():
                self._withdraw(ticket)
        if ticket.error is not None:
            raise ticket.error
        held = ticket.held
        assert held is not None and isinstance(held.child, ChildProcess)
        return Loan(self, held, held.child)

    def warm(self, encoder: str = "") -> None:
        """Keep one spare, its imports done and this encoder (a job's `model`) loaded, beside a live child or none."""
        with self._changed:
            self._wants_spare, self._attempts = True, 0
            self._encoder = encoder or self._encoder
            self._wake()

    def person_acted(self) -> None:
        """A person labelled or typed just now."""
        with self._changed:
            was_behind = self._yields()
            self._acted = time.monotonic()
            if not was_behind and self._held:
                self._wake()

    def adopt(self, child: OwnedChild, need: Need) -> Callable[[], None]:
        """Reckon with a child that an earlier window left at work; call what comes back once it is over."""
        held = Held(child, ChildState(child.pid).at_work(need), "full", is_ours=False, need=need)
        with self._changed:
            self._held.append(held)
            self._wake()
        return lambda: self._forget(held)

    def close(self) -> None:
        """End all of ours now, at work or not, and let nobody borrow any more. Waits for nothing."""
        with self._changed:
            self._is_closed = True
            held, self._held = self._held, []
            tickets, self._tickets = self._tickets, []
            self._changed.notify_all()
        for one in held:
            if one.is_ours:
                one.child.kill()
        for ticket in tickets:
            ticket.error = Cancelled()
            ticket.done.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------------ for the loans

    def _take_back(self, held: Held, *, warm: bool) -> None:
        is_kept = warm and not held.child.ended
        with self._changed:
            if held not in self._held:
                return
            held.need = None
            if is_kept:
                held.state = held.state.at_rest(time.monotonic())
            else:
                self._held.remove(held)
            self._wake()
        if not is_kept:
            held.child.kill()

    def _forget(self, held: Held) -> None:
        with self._changed:
            if held in self._held:
                self._held.remove(held)
                self._wake()

    def _withdraw(self, ticket: Ticket) -> None:
        with self._changed:
            if ticket.done.is_set():
                return
            ticket.withdrawn = True
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                ticket.error = Cancelled()
                ticket.done.set()

    # ------------------------------------------------------------------------------------------------- the own thread

    def _wake(self) -> None:
        self._is_asked = True
        self._changed.notify_all()
        if self._clerk is None and not self._is_closed:
            self._clerk = threading.Thread(target=self._look_after, name="children", daemon=True)
            self._clerk.start()

    def _look_after(self) -> None:
        while True:
            with self._changed:
                if not self._is_asked and not self._is_closed:
                    self._changed.wait(_LOOK if self._held or self._tickets else None)
                self._is_asked = False
                if self._is_closed:
                    return
            self._measure()
            self._let_in()
            self._end_surplus()
            self._keep_spare()
            self._load_ahead()
            self._set_paces()

    def _measure(self) -> None:
        with self._changed:
            looked_at = list(self._held)
        now, found = time.monotonic(), []
        for one in looked_at:
            is_old = now - one.measured >= _MEASURED  # it walks through all processes of the machine
            found.append((one, one.child.memory() if is_old else one.state.memory, one.child.ended))
        with self._changed:
            for held, memory, has_ended in found:
                held.measured = now if now - held.measured >= _MEASURED else held.measured
                is_ready = isinstance(held.child, ChildProcess) and held.child.ready is not None
                held.state = replace(held.state, memory=memory, is_ready=is_ready)
                if has_ended and held.need is None and held in self._held:
                    self._held.remove(held)

    def _let_in(self) -> None:
        free = self._free()
        with self._changed:
            tickets = list(self._tickets)
            states = [one.state for one in self._held]
            admissions = admit_all([one.need for one in tickets], children=states, limits=self.limits, free=free)
        for ticket, admission in zip(tickets, admissions, strict=True):
            if isinstance(admission, Wait):
                ticket.sentence = why(admission)
            else:
                self._fulfil(ticket, admission)

    def _fulfil(self, ticket: Ticket, admission: Admission) -> None:
        assert not isinstance(admission, Wait)
        self._end(admission.end)
        held: Held | None
        try:
            if isinstance(admission, Start):
                held = self._started(spare=False)
            else:
                with self._changed:
                    held = next((one for one in self._held if one.state.pid == admission.pid), None)
                if held is None or held.child.ended:
                    return  # it died just now: at the next look
        except (CouldNotStart, Cancelled) as error:
            ticket.error = error
            held = None
        with self._changed:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                if held is not None:
                    held.need = ticket.need
                    held.state = held.state.at_work(ticket.need)
                ticket.held = held
                ticket.done.set()
            self._is_asked = True  # whoever is left may find another thing now
        if held is not None:
            self._go(held, self._pace_of(held))

    def _started(self, *, spare: bool) -> Held:
        child = self._start(spare=spare)
        held = Held(child, ChildState(child.pid, idle_since=time.monotonic()), "full")
        with self._changed:
            if not self._is_closed:
                self._held.append(held)
                return held
        child.kill()
        raise Cancelled

    def _end(self, pids: tuple[int, ...]) -> None:
        with self._changed:
            ended = [one for one in self._held if one.state.pid in pids and one.need is None]
            self._held = [one for one in self._held if one not in ended]
        for one in ended:
            one.child.kill()

    def _end_surplus(self) -> None:
        with self._changed:
            states = [one.state for one in self._held]
        self._end(surplus(states, limits=self.limits, now=time.monotonic(), patience=self._patience))

    def _keep_spare(self) -> None:
        with self._changed:
            if any(one.state.is_ready for one in self._held):
                self._attempts = 0
            # Beside a live child, which is none for tuning.
            is_missing = not self._tickets and all(one.state.slot is Slot.LIVE for one in self._held)
            if not self._wants_spare or not is_missing or self._attempts >= _ATTEMPTS or self._is_closed:
                return
            self._attempts += 1
            taken, count = sum(one.state.takes for one in self._held), len(self._held)
        wanted = forecast("predict", BUILT_IN_MODEL)
        has_room = not count or (count < self.limits.children and taken + wanted <= self.limits.memory)
        if has_room and wanted <= self._free():
            with suppress(CouldNotStart, Cancelled):
                self._go(self._started(spare=True), "behind")

    def _load_ahead(self) -> None:
        """Let the spare load the encoder that is wanted next."""
        with self._changed:
            spare = next((one for one in self._held if one.state.slot is None and one.need is None), None)
            if spare is None or spare.state.holds == self._encoder:
                return
            spare.state = replace(spare.state, holds=self._encoder)
        if isinstance(spare.child, ChildProcess) and forecast("predict", self._encoder) <= self._free():
            spare.child.ask(Load(0, self._encoder, language_in_use()))

    def _set_paces(self) -> None:
        with self._changed:
            held = [one for one in self._held if one.need is not None]
        for one in held:
            self._go(one, self._pace_of(one))

    def _pace_of(self, held: Held) -> Pace:
        """That of a child at work."""
        with self._changed:
            need, is_tuning = held.need, any(one.need and one.need.slot is Slot.TUNING for one in self._held)
            stands_back = need is not None and (need.slot is Slot.TUNING and self._yields())
            gives_way = need is not None and need.gives_way and is_tuning
        return "behind" if stands_back or gives_way else "full"

    def _yields(self) -> bool:
        needs = (one.need for one in self._held if one.need is not None)
        is_live = any(need.slot is Slot.LIVE and not need.gives_way for need in needs)
        return is_live or time.monotonic() - self._acted < self._quiet

    def _go(self, held: Held, pace: Pace) -> None:
        if held.pace != pace:
            held.pace = pace
            held.child.signal(pace)


@contextmanager
def borrowed(
    children: Children | None,
    need: Need,
    *,
    should_stop: Callable[[], bool] = never,
    on_wait: Callable[[str], object] = _nobody,
) -> Iterator[ChildProcess]:
    """As `Children.borrow`; without an owner, one that lives for this piece of work alone."""
    with nullcontext(children) if children is not None else Children() as owner:  # noqa: SIM117 - one after the other
        with owner.borrow(need, should_stop=should_stop, on_wait=on_wait) as child:
            yield child
