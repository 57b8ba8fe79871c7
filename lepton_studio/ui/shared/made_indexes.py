"""Fields and orders are indexed when they are first asked for: that takes a moment in a large project."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import Order
from lepton_studio.ui.shared.session import Session


def with_indexes(session: Session, asked: Iterable[str | Order], then: Callable[[], object]) -> None:
    """Call `then` once samples are soon found by these fields and in these orders: now, or later in the window's
    thread. Where nothing can be written it is now, and all samples are read.
    """
    new = [one for one in dict.fromkeys(asked) if session.project.lacks_index(one)]
    if not new or session.project.read_only:
        then()
        return

    def index(project: Project) -> None:
        for one in new:
            project.make_index(one)

    session.perform_in_background(tr("Reading the fields"), index, done=lambda _changes: then())
