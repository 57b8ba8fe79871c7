"""A tuned model reads the unlabelled samples beside the window: by itself after its run, and when it is asked to.
Before there is one, a model that is not tuned writes drafts, when it is asked to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from lepton_studio.contract.task import Input
from lepton_studio.language import tr
from lepton_studio.project.records import RunId, SampleId
from lepton_studio.runs.outcome import Outcome
from lepton_studio.ui.shared.background import Work, WorkContext

if TYPE_CHECKING:
    from lepton_studio.runs.children.owner import Children
    from lepton_studio.ui.shared.session import Session

Find = Callable[[Input], Any]
"""What a word list says of a text, None where it finds nothing."""

Portions = tuple[int | None, ...]

DRAFTS = (4, 8, 12)
"""How many drafts are written at a click, in one go after another: each takes seconds."""
BY_ITSELF = (500, 4_500, 15_000)
"""How many samples a run reads without being asked, in one go after another: the first suggestions are there soon."""
_KEEP_A_MODEL = ("finished", "stopped")


@dataclass(frozen=True, slots=True)
class Drafting:
    """Drafts by the built-in writer, told this ("": as its task says), for this sample before the others."""

    instruction: str
    first: SampleId | None


class Suggesting(QObject):
    """Owned by the session. `changed`: suggestions were stored, or a model begins or ends to read."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.is_working = False
        self._looking_up: Work | None = None
        self._next: tuple[RunId | Drafting, Portions] | None = None
        """What was asked for while a model read."""
        session.run_ended.connect(self._take_run)

    def start(self, run: RunId) -> None:
        """Let the model of a run read every unlabelled sample that it has not read."""
        self._go(run, (None,))

    def draft(self, drafting: Drafting) -> None:
        """Let the built-in writer write some drafts."""
        self._go(drafting, DRAFTS)

    def look_up(self, find: Find | None) -> None:
        """Look a word list up in the unlabelled samples, in place of what the one before it said; None: of none."""
        session = self._session
        if self._looking_up is not None:
            session.background.cancel(self._looking_up)
        if not session.project.read_only:
            self._looking_up = session.run_in_background(
                tr("Looking up words"),
                lambda progress: _suggest_words(progress, find),
                lambda _found: self.changed.emit(),
                quiet=find is None,
            )

    def _take_run(self, run: RunId, outcome: Outcome) -> None:
        if outcome.kind in _KEEP_A_MODEL:
            self._go(run, BY_ITSELF)

    def _go(self, who: RunId | Drafting, portions: Portions) -> None:
        if not portions or not self._session.is_open:
            return
        if self.is_working:
            self._next = who, portions
            return
        self.is_working = True
        self.changed.emit()

        def done(read: int) -> None:
            self._stop()
            if portions[0] is not None and read >= portions[0] and not self.is_working:
                self._go(who, portions[1:])

        is_awaited, children = portions[0] is None or isinstance(who, Drafting), self._session.child_owner
        self._session.run_in_background(
            tr("Writing drafts") if isinstance(who, Drafting) else tr("Getting suggestions"),
            lambda progress: _suggest(progress, who, at_most=portions[0], is_awaited=is_awaited, children=children),
            done,
            failed=lambda _error: self._stop(),
            is_awaited=is_awaited,
        )

    def _stop(self) -> None:
        self.is_working = False
        following, self._next = self._next, None
        self.changed.emit()
        if following is not None:
            self._go(*following)


def _suggest(
    progress: WorkContext, who: RunId | Drafting, *, at_most: int | None, is_awaited: bool, children: Children
) -> int:
    from lepton_studio.studio.drafting import draft
    from lepton_studio.studio.suggesting import suggest

    if isinstance(who, Drafting):
        return draft(
            progress.project,
            instruction=who.instruction,
            first=who.first,
            at_most=at_most or DRAFTS[0],
            children=children,
            progress=progress.show,
            should_stop=progress.should_stop,
            on_wait=progress.wait_for,
        ).count
    return suggest(
        progress.project,
        who,
        at_most=at_most,
        is_awaited=is_awaited,
        children=children,
        progress=progress.show,
        should_stop=progress.should_stop,
        on_wait=progress.wait_for,
    )


def _suggest_words(progress: WorkContext, find: Find | None) -> int:
    from lepton_studio.studio.suggesting import suggest_words

    return suggest_words(progress.project, find, at_most=sum(BY_ITSELF), should_stop=progress.should_stop)
