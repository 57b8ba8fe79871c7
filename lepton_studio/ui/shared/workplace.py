"""What the parts of a session that see to runs need of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from lepton_studio.project.project import Project
from lepton_studio.ui.shared.background import WorkContext

if TYPE_CHECKING:
    from lepton_studio.runs.children.owner import Children


class Workplace(Protocol):
    """A session, as `RunScheduler` and `TrialSteps` see it."""

    project: Project
    is_open: bool

    @property
    def child_owner(self) -> Children: ...

    def run_in_background(
        self,
        title: str,
        work: Callable[[WorkContext], Any],
        done: Callable[[Any], object],
        *,
        failed: Callable[[Exception], object] | None = None,
        quiet: bool = False,
        can_cancel: bool = True,
    ) -> object: ...
