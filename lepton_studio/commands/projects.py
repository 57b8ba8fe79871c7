"""`tasks`, `new` and `import`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_studio.commands.console import Answer, Misused, ProgressLine, Refused, say
from lepton_studio.commands.hub import all_rows_of, as_offered, first_rows_of, offered
from lepton_studio.language import tr
from lepton_studio.project.records import SPLITS, Split

if TYPE_CHECKING:
    from lepton_studio.formats import Guess
    from lepton_studio.project.project import Project
    from lepton_studio.project.records import RunRecord
    from lepton_studio.studio.import_result import Foreseen

SAMPLE_TEXTS = ("customer_messages", "clinic_letters", "court_notes")
"""The ids of `studio.sample_project.first_samples`, known without what that imports."""


def project_folder(named: Path) -> Path:
    """The project that a person means by `named`: the folder itself, or the one with ".lepton" after its name."""
    with_suffix = named.with_name(named.name + ".lepton")
    return with_suffix if not named.exists() and with_suffix.exists() else named


def open_for_reading(named: Path) -> Project:
    """Open a project without locking it, so that it works beside an open window. Raises ProjectError."""
    from lepton_studio.project.errors import ProjectTooOld
    from lepton_studio.project.project import Project

    folder = project_folder(named)
    try:
        return Project.open(folder, read_only=True)
    except ProjectTooOld:
        Project.open(folder).close()
        return Project.open(folder, read_only=True)


def open_for_writing(named: Path) -> Project:
    """Open a project, and say what it did on its own. Raises ProjectError."""
    from lepton_studio.project.project import Project

    project = Project.open(project_folder(named))
    if said := project.caught_up.sentence():
        say(said)
    return project


def tasks(_options: Namespace) -> Answer:
    """The tasks there are."""
    from lepton_studio.tasks import all_tasks

    found = list(all_tasks().values())
    facts = [
        {"id": one.id, "title": one.title, "summary": one.summary, "kinds_of_labels": list(one.label_kinds)}
        for one in found
    ]
    width = max(len(one.id) for one in found)
    return Answer({"tasks": facts}, "\n".join(f"{one.id.ljust(width)}  {tr(one.summary)}" for one in found))


def new(options: Namespace) -> Answer:
    """Make a project, empty or with samples to try it with."""
    from lepton_studio.project.project import Project
    from lepton_studio.studio.sample_project import create_sample_project, first_samples, sample_tasks
    from lepton_studio.tasks import all_tasks

    if options.task not in all_tasks():
        known = ", ".join(all_tasks())
        raise Misused(tr("Unknown task {task}. Choose one of: {known}.", task=options.task, known=known))
    task = all_tasks()[options.task]
    labels = [_label(written, task.label_kinds) for written in options.label]
    folder: Path = options.dir
    if folder.suffix != ".lepton":
        folder = folder.with_name(folder.name + ".lepton")
    if options.sample or options.sample_texts:
        texts = next((one for one in first_samples() if one.id == options.sample_texts), None)
        if task not in sample_tasks() or (texts is not None and task != sample_tasks()[0]):
            raise Refused(tr("There is no sample data for the task {task}.", task=task.id))
        create_sample_project(folder, task.id, texts=texts).close()
    else:
        Project.create(folder, task=task.id).close()
    with Project.open(folder) as project:
        if labels:
            with project.change(tr("Add labels")) as change:
                for name, kind in labels:
                    change.add_label(name, options={"kind": kind} if len(task.label_kinds) > 1 else {})
        names = [label.name for label in project.labels()]
    return Answer({"project": str(folder), "task": task.id, "labels": names}, tr("Created {folder}.", folder=folder))


def _label(written: str, kinds: Sequence[str]) -> tuple[str, str]:
    """(name, kind) of "name" or, where the task has several kinds, of "kind:name". Raises Misused."""
    if not kinds:
        raise Misused(tr("This task has no labels."))
    kind, colon, name = written.partition(":")
    return (name, kind) if colon and len(kinds) > 1 and kind in kinds else (written, kinds[0])


def import_files(options: Namespace) -> Answer:
    """Bring files into a project."""
    from lepton_studio import formats
    from lepton_studio.studio import importing
    from lepton_studio.tasks import task_named

    if options.format and options.format not in formats.all_formats():
        known = ", ".join(formats.all_formats())
        raise Misused(tr("Unknown format {format}. Choose one of: {known}.", format=options.format, known=known))
    with open_for_writing(options.dir) as project:
        wants = task_named(project.task_id).wants
        offer = offered(options)
        if offer is not None:
            rows, offer = first_rows_of(offer, options)
            guesses = _guesses(rows, options, wants=wants)
            if options.dry_run:
                return as_offered(offer, guesses)
            options.file = all_rows_of(offer, options)
        guesses = _guesses(options.file, options, wants=wants)
        for notice in dict.fromkeys(one for guess in guesses for one in guess.notices):
            say(notice)
        if not options.yes:
            _refuse_doubts(guesses)
        progress = ProgressLine(tr("reading"))
        if options.dry_run:
            foreseen = importing.foresee(project, guesses, progress=progress)
            progress.done()
            return _as_foreseen(foreseen)
        result = importing.import_files(
            project,
            guesses,
            update=options.update,
            merge_twins=options.merge_twins,
            name=offer.name() if offer is not None else "",
            progress=progress,
        )
        progress.done()
    problems = [{"file": one.source, "row": one.row, "reason": one.reason} for one in result.problems]
    shown = [one for one in result.problems if one.reason not in result.left_out]
    listed = [f"  {one.source}:{one.row}  {one.reason}" for one in shown[:20]]
    if len(shown) > len(listed):
        listed.append(tr("  and {more} more (all of them with --json)", more=len(shown) - len(listed)))
    facts = {
        "added": result.added,
        "labelled": result.labelled,
        "changed": result.changed,
        "same": result.same,
        "skipped": result.skipped,
        "duplicates": result.duplicates,
        "twins": [list(names) for names in result.twins],
        "problems": problems,
    }
    if result.is_nothing:
        return Answer(facts, "\n".join(listed), failure=result.sentence())
    changes = [f"  {line}" for line in result.changes]
    if result.changed > len(changes):
        changes.append(tr("  and {more} more", more=result.changed - len(changes)))
    hints = []
    if result.duplicates and not options.update:
        hints.append(tr("Add --update to update those samples instead of adding them again."))
    if result.twins and not options.merge_twins:
        hints.append(tr("Add --merge-twins to merge them."))
    return Answer(facts, "\n".join([result.sentence(), *changes, *hints, *listed]))


def _guesses(paths: Sequence[Path], options: Namespace, *, wants: Sequence[str]) -> tuple[Guess, ...]:
    """How the files are read, with what the person named."""
    from lepton_studio import formats

    guesses = formats.sniff_all(paths, format=options.format, wants=wants)
    if options.turns_of:
        guesses = tuple(formats.each_turn(guess, of=options.turns_of) for guess in guesses)
    return tuple(_as_told(guess, options) for guess in guesses)


def _as_foreseen(foreseen: Foreseen) -> Answer:
    """What `--dry-run` says."""
    from lepton_studio.studio.import_result import twins_sentence

    lines = [foreseen.sentence(), *(f"  {line}" for line in foreseen.changes)]
    if foreseen.changed > len(foreseen.changes):
        lines.append(tr("  and {more} more", more=foreseen.changed - len(foreseen.changes)))
    if foreseen.twins:
        lines.append(twins_sentence(foreseen.twins))
    facts = {"new": foreseen.new, "changed": foreseen.changed, "same": foreseen.same, "left_out": foreseen.unlike}
    return Answer({**facts, "twins": [list(names) for names in foreseen.twins]}, "\n".join(lines))


NO_COLUMN = "none"
"""What a person names where there is no such column."""


def _as_told(guess: Guess, options: Namespace) -> Guess:
    """The guess with the columns, the roles and the split that the person named."""
    from lepton_studio import formats

    if options.sheet is not None:
        if not guess.table:
            raise Refused(tr("{file} is not a workbook and has no sheets.", file=guess.paths[0].name))
        guess = formats.choose_table(guess, options.sheet)
    if options.list is not None:
        if guess.format != "json":
            raise Refused(tr("{file} is not a JSON file with lists to choose from.", file=guess.paths[0].name))
        guess = formats.choose_table(guess, options.list)
    if options.group is not None:
        known = [name for name in guess.tables if name != formats.ALL_TABLES]
        if guess.format != "label_studio" or options.group not in known:
            names = ", ".join(known) or tr("none")
            raise Refused(tr('{file} has no label group {group}. Its label groups: {known}.',
                             file=guess.paths[0].name, group=options.group, known=names))  # fmt: skip
        guess = formats.choose_table(guess, options.group)
    if options.header is not None:
        guess = formats.choose_header(guess, options.header)
    named: dict[str, Any] = {name: column for name in ("text", "label") if (column := getattr(options, name))}
    if named.get("label") == NO_COLUMN and NO_COLUMN not in guess.columns:
        del named["label"]
        guess = replace(guess, label=None, label_columns=(), more_labels=())
    roles = dict(options.role)
    for column in (*named.values(), *roles.values()):
        if column not in guess.columns:
            raise Refused(
                tr(
                    "{file} has no column {column}. Its columns: {columns}.",
                    column=column,
                    file=guess.paths[0].name,
                    columns=", ".join(guess.columns) or tr("none"),
                )
            )
    if named or roles or options.label or options.separator is not None:
        taken = {*named.values(), *roles.values()}
        more = tuple(column for column in guess.more_text if column not in taken)
        label = None if guess.label in taken else guess.label
        text = None if guess.text in taken else guess.text
        others = {role: column for role, column in guess.roles.items() if column not in taken}
        changes = {"label": label, "text": text, "more_text": more, "roles": {**others, **roles}, **named}
        guess = formats.refresh(replace(guess, **changes), before=guess)
        if options.separator is not None and options.separator != guess.label_separator:
            separator = "" if options.separator == NO_COLUMN else options.separator.replace("\\t", "\t")
            guess = formats.refresh(replace(guess, label_separator=separator))
    if guess.text is None:
        raise Refused(
            tr(
                "Which column of {file} holds the text? Choose it with --text. Its columns: {columns}.",
                file=guess.paths[0].name,
                columns=", ".join(guess.columns),
            )
        )
    if options.split_word:
        guess = formats.refresh(replace(guess, split_words=_split_words(options.split_word)))
    return guess.with_split(options.split) if options.split else guess


def _split_words(said: Sequence[tuple[str, str]]) -> dict[str, Split | None]:
    """What words mean, as named on the command line. Raises Misused."""
    found: dict[str, Split | None] = {}
    for word, split in said:
        if split not in (*SPLITS, NO_COLUMN):
            known = ", ".join((*SPLITS, NO_COLUMN))
            raise Misused(tr("Unknown split {split}. Choose one of: {known}.", split=split, known=known))
        found[word] = next((one for one in SPLITS if one == split), None)
    return found


def _refuse_doubts(guesses: Sequence[Guess]) -> None:
    """Refuse what may be misread and what nobody has answered. Raises Refused."""
    open_ones = [one for guess in guesses for one in guess.doubts]
    if not open_ones:
        return
    ways = {
        "table": "--list NAME",
        "text": "--text COL",
        "label": "--label COL",
        "label_separator": "--separator S",
        "group": "--group NAME",
    }
    named = " / ".join(dict.fromkeys(ways[one.about] for one in open_ones if one.about in ways))
    way = tr("Answer with {options}, or add --yes to import it as is.", options=named) if named else ""
    sentences = dict.fromkeys(one.sentence for one in open_ones)
    raise Refused("\n".join((*sentences, way or tr("Add --yes to import it as is."))))


def asked_runs(project: Project, number: int | None) -> list[RunRecord]:
    """The run of this number; None: all, the newest first. Raises Refused where there are none, and what
    `run_by_number` does.
    """
    runs = [project.run_by_number(number)] if number is not None else project.runs()
    if not runs:
        raise Refused(tr("This project has no runs yet. Start one with: lepton-studio tune {dir}", dir=project.folder))
    return runs
