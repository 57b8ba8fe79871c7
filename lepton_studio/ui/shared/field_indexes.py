"""Fields of the files are indexed when they are first asked for: that takes a moment in a large project."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.ui.shared.session import Session


def with_field_indexes(
    session: Session, names: Iterable[str], then: Callable[[], object], *, sorts: bool = False
) -> None:
    """Call `then` once samples are soon found by these fields, or sorted by them: now, or later in the window's thread.

    Where nothing can be written it is now, and all samples are read.
    """
    new = [one for one in dict.fromkeys(names) if not session.project.has_field_index(one, sorts=sorts)]
    if not new or session.project.read_only:
        then()
        return

    def index(project: Project) -> None:
        for name in new:
            project.index_field(name, sorts=sorts)

    session.perform_in_background(tr("Reading the fields"), index, done=lambda _changes: then())
