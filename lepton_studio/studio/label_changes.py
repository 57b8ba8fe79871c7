"""Changes of the label set: what each would touch, told before it is done, and those that are several steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lepton_studio.contract.hierarchy import SEPARATOR, path_of
from lepton_studio.language import tr, trn
from lepton_studio.project.changes import Changes
from lepton_studio.project.errors import BadLabel
from lepton_studio.project.label_options import with_retired, with_split
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, LabelId, Labels, Split
from lepton_studio.runs.folder import RunFolder
from lepton_studio.words import split_name


@dataclass(frozen=True, slots=True)
class Impact:
    """How many samples have a label, of which splits, how many of them have another one too; how many tuned models
    know it."""

    samples: int = 0
    by_split: Mapping[Split | None, int] = field(default_factory=dict)
    both: int = 0
    models: int = 0


def impact_of(project: Project, label: LabelId, *, into: LabelId | None = None) -> Impact:
    """Counted now; `into`: the label that it is to be merged into. Reads a small file of each run."""
    every = project.label_counts().get(label, 0)
    by_split: dict[Split | None, int] = {split: project.label_counts(split=split).get(label, 0) for split in SPLITS}
    by_split[None] = every - sum(by_split.values())
    both = 0 if into is None else project.samples_with_both(label, into)
    return Impact(every, by_split, both, sum(_knows(project, run.folder, label) for run in project.runs()))


def impact_sentences(impact: Impact) -> list[str]:
    """For a person, the most important first."""
    if not impact.samples:
        said = [tr("No sample has this label.")]
    else:
        parts = [f"{split_name(split)} {n:,}" for split, n in impact.by_split.items() if n]
        said = [
            trn("{count} sample changes ({splits}).", "{count} samples change ({splits}).", impact.samples,
                splits=", ".join(parts))
        ]  # fmt: skip
    if impact.both:
        said.append(
            trn("{count} of them has both labels and keeps one.", "{count} of them have both labels and keep one.",
                impact.both)
        )  # fmt: skip
    if impact.by_split.get("test"):
        said.append(tr("Test samples are among them: scores before and after cannot be compared directly."))
    if impact.models:
        said.append(
            trn("{count} tuned model was trained with this label.",
                "{count} tuned models were trained with this label.", impact.models)
        )  # fmt: skip
    return said


def nested_names(labels: Labels, label: LabelId, *, parent: str) -> dict[LabelId, str]:
    """The names that a label and those below it get when it stands below `parent`, "" for none.

    Raises BadLabel where that is below itself.
    """
    own = path_of(next(one.name for one in labels if one.id == label))
    above = path_of(parent) if parent else ()
    if above[: len(own)] == own:
        raise BadLabel(tr("A label cannot stand below itself."))
    found = {}
    for one in labels:
        path = path_of(one.name)
        if path[: len(own)] == own:
            found[one.id] = SEPARATOR.join((*above, own[-1], *path[len(own) :]))
    return found


def nest(project: Project, label: LabelId, *, parent: str) -> Changes:
    """Put a label, and what is below it, below another one, "" for none: their names become paths. Raises BadLabel."""
    labels = project.labels()
    names = nested_names(labels, label, parent=parent)
    own = next(one.name for one in labels if one.id == label)
    title = (
        tr("Nest “{label}” under “{parent}”", label=own, parent=parent)
        if parent
        else tr("Move “{label}” to the top level", label=own)
    )
    with project.change(title) as change:
        for one, name in names.items():
            change.rename_label(one, name)
    return change.result


def retire(project: Project, label: LabelId, *, is_retired: bool = True) -> Changes:
    """Offer a label no more, or again; what has it keeps it."""
    one = project.label(label)
    name = (
        tr("Retire label “{label}”", label=one.name)
        if is_retired
        else tr("Offer label “{label}” again", label=one.name)
    )
    return project.set_label_options(label, with_retired(one.options, is_retired), name=name)


def split(project: Project, label: LabelId, names: Sequence[str]) -> Changes:
    """Begin to sort the samples of a label among others: those with these names, made where they are not there.

    The label itself is retired. Raises BadLabel for fewer than two, and where it is one of them.
    """
    one, known = project.label(label), {other.name: other.id for other in project.labels()}
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if len(wanted) < 2 or one.name in wanted:
        raise BadLabel(tr("Name at least two other labels to sort the samples into."))
    kind = {"kind": one.options["kind"]} if "kind" in one.options else {}
    with project.change(tr("Split label “{label}”", label=one.name)) as change:
        into = [known[name] if name in known else change.add_label(name, options=kind).id for name in wanted]
        change.set_label_options(label, with_retired(with_split(one.options, into), True))
    return change.result


def _knows(project: Project, folder: str, label: LabelId) -> bool:
    try:
        job = RunFolder(project.runs_folder / folder).job()
    except (OSError, ValueError):
        return False
    return any(one.id == label for one in job.labels)
