"""`merge`: copies of a project that several people labelled come back into one. `agreement`: how far people agree."""

from __future__ import annotations

from argparse import Namespace
from contextlib import ExitStack
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, Misused, ProgressLine, table
from lepton_studio.commands.projects import open_for_reading, open_for_writing
from lepton_studio.language import tr
from lepton_studio.words import on_one_line

if TYPE_CHECKING:
    from lepton_studio.project.project import Project
    from lepton_studio.studio.agreement.people import Score
    from lepton_studio.studio.merging import MergePlan

_SHOWN = 60
"""Characters of a text in the list."""


def merge(options: Namespace) -> Answer:
    """Merge copies into a project, or say what that would do."""
    from lepton_studio.studio import merging
    from lepton_studio.studio.merging_in_words import merge_sentences

    if options.named and len(options.copy) > 1:
        raise Misused(tr("Only one copy can be merged with --as."))
    progress = ProgressLine(tr("comparing"))
    with ExitStack() as opened:
        project = opened.enter_context((open_for_reading if options.dry_run else open_for_writing)(options.dir))
        copies = [opened.enter_context(open_for_reading(one)) for one in options.copy]
        plan = merging.plan_merge(project, copies, named=options.named, told=progress)
        progress.done()
        if not (options.dry_run or plan.is_empty):
            plan = merging.merge(project, copies, plan, named=options.named)
        facts, conflicts = _conflicts(project, plan)
    return Answer(
        {
            "done": not (options.dry_run or plan.is_empty),
            "people": dict(plan.people),
            "labelled": plan.labelled,
            "replaced": plan.replaced,
            "agreed": plan.agreed,
            "new_samples": len(plan.new_samples),
            "new_labels": [one.name for one in plan.new_labels],
            "notes": len(plan.marks.notes),
            "flags": len(plan.marks.flagged),
            "skipped": len(plan.marks.skipped),
            "splits": len(plan.marks.splits),
            "conflicts": facts,
        },
        "\n".join([*merge_sentences(plan), *conflicts]),
    )


def _conflicts(project: Project, plan: MergePlan) -> tuple[list[dict[str, object]], list[str]]:
    """The samples that are labelled differently, for machines and for people. Those that are new have no id yet."""
    from lepton_studio.tasks import task_named

    task = task_named(project.task_id)
    facts: list[dict[str, object]] = []
    cells = [(tr("sample"), tr("here"), tr("there"), tr("who"))]
    for one in plan.conflicts.values():
        text = project.sample(one.sample).text if one.sample > 0 else ""
        ours, theirs = task.words(one.ours, plan.labels), task.words(one.theirs, plan.labels)
        facts.append({"sample": one.sample, "text": text, "here": ours, "there": theirs, "who": one.who})
        cells.append((f"{one.sample}  {on_one_line(text, _SHOWN)}", ours, theirs, one.who))
    return facts, ["", table(cells)] if facts else []


def agreement(options: Namespace) -> Answer:
    """Say how far those agree who labelled the same samples, and on what they differ."""
    from lepton_studio.studio.agreement import people
    from lepton_studio.studio.agreement.in_words import difference_words, measure_name, score_words, summary

    with open_for_reading(options.dir) as project:
        found = people.agreement(project, bulk=options.bulk)
        names = {one.id: one.name for one in project.labels()}
    blocks = ["\n".join(summary(found))]
    if found.pairs:
        head = (tr("who"), tr("samples"), tr("the same"), measure_name(found.pairs[0].score.measure))
        rows = [
            (f"{one.first}, {one.second}", f"{one.score.n:,}", f"{one.same:,}", score_words(one.score))
            for one in found.pairs
        ]
        blocks.append(table([head, *rows]))
    if found.labels:
        measure = next(iter(found.labels.values())).measure
        rows_of_labels = [(names[label], score_words(one)) for label, one in found.labels.items()]
        blocks.append(table([(tr("label"), measure_name(measure)), *rows_of_labels]))
    if found.differences:
        shown = found.differences[: options.limit]
        lines = [
            (f"{one.first}: {first}", f"{one.second}: {second}", f"{len(one.samples):,}")
            for one in shown
            for first, second in (difference_words(one),)
        ]
        blocks.append(table([(tr("differences"), "", tr("samples")), *lines]))
    facts = {
        "people": dict(found.people),
        "samples": found.samples,
        "same": found.same,
        "overall": [_facts(one) for one in found.overall],
        "pairs": [
            {"first": one.first, "second": one.second, "same": one.same, **_facts(one.score)} for one in found.pairs
        ],
        "labels": {names[label]: _facts(one) for label, one in found.labels.items()},
        "differences": [
            {
                "first": one.first,
                "second": one.second,
                "kind": one.kind,
                "first_says": one.first_says,
                "second_says": one.second_says,
                "samples": list(one.samples),
            }
            for one in found.differences
        ],
        "to_settle": list(found.to_settle),
    }
    return Answer(facts, "\n\n".join(blocks))


def _facts(score: Score) -> dict[str, object]:
    return {"measure": score.measure, "n": score.n, "value": score.value, "low": score.low, "high": score.high}
