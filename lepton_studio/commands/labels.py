"""`labels`: the labels of a project, and changes of them, with what these touch."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, Refused, table
from lepton_studio.commands.projects import project_folder
from lepton_studio.language import tr

if TYPE_CHECKING:
    from lepton_studio.project.changes import Changes
    from lepton_studio.project.project import Project
    from lepton_studio.project.records import Label


def labels(options: Namespace) -> Answer:
    """List the labels, or change one: what that touches is said, with --dry-run without doing it."""
    from lepton_studio.project.label_options import is_retired
    from lepton_studio.project.project import Project
    from lepton_studio.studio.label_changes import Impact, impact_of, impact_sentences

    wanted = next(((name, given) for name in _CHANGES if (given := getattr(options, name)) is not None), None)
    does = wanted is not None and not options.dry_run
    impact, said = Impact(), []
    with Project.open(project_folder(options.dir), read_only=not does) as project:
        if wanted is not None:
            name, given = wanted
            label, *more = [given] if isinstance(given, str) else given
            one = _named(project, label)
            into = _named(project, more[0]).id if name == "merge" else None
            impact = impact_of(project, one.id, into=into)
            said = impact_sentences(impact) if name == "merge" else []
            if does:
                said.append(tr("Done: {what}.", what=_CHANGES[name](project, one, *more).name))
        counts = project.label_counts()
        rows = [(one, counts[one.id]) for one in project.labels()]
    facts = {
        "labels": [
            {"name": one.name, "samples": n, "description": one.description, "retired": is_retired(one)}
            for one, n in rows
        ],
        "changed": does,
    }
    if wanted is not None:
        by_split = {split or "": n for split, n in impact.by_split.items()}
        facts["impact"] = {
            "samples": impact.samples,
            "by_split": by_split,
            "both": impact.both,
            "models": impact.models,
        }
    cells = [(tr("label"), tr("samples"))]
    cells += [(f"{one.name} ({tr('retired')})" if is_retired(one) else one.name, f"{n:,}") for one, n in rows]
    return Answer(facts, "\n\n".join([*(["\n".join(said)] if said else []), table(cells)]))


def _named(project: Project, name: str) -> Label:
    found = project.label_named(name)
    if found is None:
        raise Refused(tr("There is no label “{name}”.", name=name))
    return found


def _merge(project: Project, label: Label, into: str) -> Changes:
    from lepton_studio.tasks import task_named

    task, known, other = task_named(project.task_id), project.labels(), _named(project, into)

    def relabel(stored: object) -> object | None:
        value = task.relabel(task.parse(stored, known), {label.id: other.id})
        return None if value is None else task.dump(value)

    return project.merge_labels(label.id, other.id, relabel=relabel)


def _nest(project: Project, label: Label, parent: str) -> Changes:
    from lepton_studio.studio.label_changes import nest

    return nest(project, label.id, parent=parent)


def _retire(project: Project, label: Label) -> Changes:
    from lepton_studio.studio.label_changes import retire

    return retire(project, label.id)


def _offer(project: Project, label: Label) -> Changes:
    from lepton_studio.studio.label_changes import retire

    return retire(project, label.id, is_retired=False)


def _rename(project: Project, label: Label, name: str) -> Changes:
    return project.rename_label(label.id, name)


_CHANGES: dict[str, Callable[..., Changes]] = {
    "rename": _rename,
    "merge": _merge,
    "nest": _nest,
    "retire": _retire,
    "offer": _offer,
}
