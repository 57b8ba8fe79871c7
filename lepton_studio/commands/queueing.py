"""`queue`: which samples to label next, and why."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, cast

from lepton_studio.commands.console import Answer, ProgressLine, Refused, table
from lepton_studio.commands.projects import open_for_reading
from lepton_studio.language import tr
from lepton_studio.words import on_one_line

if TYPE_CHECKING:
    from lepton_studio.project.project import Project
    from lepton_studio.project.records import Order, OrderKey, Sample

BY_THE_PROJECT = ("added", "longest", "shortest")
ORDERS = (
    "gain", "uncertainty", "entropy", "badge", "diversity", "density", "rarity", "disagreement", "random",
    *BY_THE_PROJECT,
)  # fmt: skip
_SHOWN = 60
"""Characters of a text in the list."""

_Row = tuple["Sample", str, str]
"""A sample, why it is asked for (a word), and the same for a person."""


def queue(options: Namespace) -> Answer:
    """List the samples to label next in this order."""
    if options.order in BY_THE_PROJECT:
        with open_for_reading(options.dir) as project:
            rows = _by_the_project(project, _order(options.order), limit=options.limit)
    else:
        rows = _by_the_model(options)
    facts = {
        "order": options.order,
        "queue": [{"sample": sample.id, "text": sample.text, "why": why} for sample, why, _ in rows],
    }
    if not rows:
        return Answer(facts, tr("Nothing is left to label."))
    cells = [(tr("sample"), tr("why"))]
    cells += [(f"{sample.id}  {on_one_line(sample.caption, _SHOWN)}", words) for sample, _, words in rows]
    return Answer(facts, table(cells))


def _order(name: str) -> Order:
    from lepton_studio.project.records import AS_ADDED, Order

    return AS_ADDED if name == "added" else Order("length", descending=name == "longest")


def _by_the_project(project: Project, order: Order, *, limit: int) -> list[_Row]:
    from lepton_studio.project.records import Filter

    found = project.samples(Filter(state="unlabelled", order=order), limit=limit)
    return [(one, "", "") for one in found]


def _by_the_model(options: Namespace) -> list[_Row]:
    """What the instant model asks for once it has learnt from all labels. Raises Refused."""
    from lepton_studio.runs.children.owner import Children
    from lepton_studio.studio.instant.asking import why_words
    from lepton_studio.studio.instant.work_of import work_of
    from lepton_studio.studio.instant.working import Work
    from lepton_studio.tasks import task_named

    with open_for_reading(options.dir) as project, Children() as children:
        task = task_named(project.task_id)
        possible = (*(("gain",) if task.learns_at_once else ()), *BY_THE_PROJECT)
        if not task.linear and options.order not in possible:
            refusal = tr("This order only works where whole texts get labels or ratings. Possible here: {orders}.",
                         orders=", ".join(possible))  # fmt: skip
            raise Refused(refusal)
        work = work_of(task, children, order=cast("OrderKey", options.order))
        if isinstance(work, Work):
            work.at_once = options.limit
        progress = ProgressLine(tr("reading"))
        try:
            work.go_on(project, told=lambda: progress(work.read.vectors, work.read.texts))
        finally:
            progress.done()
            work.close()
        names = {label.id: label.name for label in project.labels()}
        rows = []
        for one in work.asking.order[: options.limit]:
            said = None if work.model is None else work.model.suggestion(one.sample)
            likeliest = () if said is None else tuple(names[label] for label in said.scores if label in names)
            rows.append((project.sample(one.sample), one.why, why_words(one.why, likeliest)))
        return rows
