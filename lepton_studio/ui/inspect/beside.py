"""What the views of Inspect that are looked at now and then show: found in a thread, never in the window's.

All of it is imported where it runs: in the window's thread the imports would take longer than it may stand still.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lepton_studio.project.records import RunRecord, Split
from lepton_studio.ui.inspect.charts import Changed
from lepton_studio.ui.shared.background import WorkContext

if TYPE_CHECKING:
    from lepton_studio.project.project import Project
    from lepton_studio.runs.children.owner import Children
    from lepton_studio.studio.changed_texts.trying import Tried
    from lepton_studio.studio.fairness import Groups
    from lepton_studio.studio.slices import Slice
    from lepton_studio.studio.trust import Trust


def trust_of(project: Project, *, run: RunRecord, split: Split) -> Trust | None:
    """How far to trust a run."""
    from lepton_studio.studio.trust import trust

    return trust(project, run, split)


def slices_of(project: Project, *, run: RunRecord, split: Split) -> Sequence[Slice]:
    """The parts of the texts."""
    from lepton_studio.studio.slices import slices

    return slices(project, run, split)


def groups_in(project: Project, *, run: RunRecord, split: Split, field: str) -> Groups:
    """The groups of a field, or of the first one that has some."""
    from lepton_studio.studio.fairness import groups_of

    return groups_of(project, run, split, field=field)


def tried_on(
    progress: WorkContext,
    run: RunRecord,
    split: Split,
    changed: Changed,
    *,
    children: Children,
) -> Tried:
    """What changed texts do to the answers of a run."""
    from lepton_studio.studio.changed_texts.changes import ROBUSTNESS, SWAPS
    from lepton_studio.studio.changed_texts.trying import try_changes

    return try_changes(
        progress.project,
        run,
        split,
        ROBUSTNESS if changed == "robustness" else SWAPS,
        children=children,
        progress=progress.show,
        should_stop=progress.should_stop,
        on_wait=progress.wait_for,
    )
