"""`predict` and `export`."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, Misused, ProgressLine, Refused
from lepton_studio.commands.projects import open_for_reading
from lepton_studio.language import tr, trn

if TYPE_CHECKING:
    from lepton_studio.project.project import Project
    from lepton_studio.project.records import RunRecord

_FORMAT_BY_SUFFIX = {".csv": "csv", ".jsonl": "jsonl", ".json": "jsonl", "": "datasets"}


def predict(options: Namespace) -> Answer:
    """Run a tuned model over a file."""
    from lepton_studio.studio.predict_file import beside, predict_file

    progress = ProgressLine(tr("predicting"))
    with open_for_reading(options.dir) as project:
        run = _run_with_model(project, number=options.run)
        done = predict_file(
            project,
            run.id,
            input=options.input,
            output=options.output or beside(options.input),
            text=options.text,
            table=options.sheet,
            format=options.format,
            turns_of=options.turns_of,
            scores=options.scores,
            progress=progress,
        )
    progress.done()
    facts = {
        "run": run.number,
        "output": str(done.output),
        "rows": done.texts,
        "rows_in_file": done.rows,
        "problems": _problems(done.problems),
        "notices": list(done.notices),
    }
    said = [
        trn(
            "Wrote {count} prediction of run {run} to {output}.",
            "Wrote {count} predictions of run {run} to {output}.",
            done.texts,
            run=run.number,
            output=done.output,
        )
    ]
    if without := done.rows - done.texts:
        said.append(
            trn(
                "{count} row has no prediction: it is blank or could not be read.",
                "{count} rows have no prediction: they are blank or could not be read.",
                without,
            )
        )
    return Answer(facts, " ".join((*said, *done.notices)))


def export(options: Namespace) -> Answer:
    """Write the labelled data, or a tuned model, for other programs."""
    from lepton_studio.studio import exporting

    with open_for_reading(options.dir) as project:
        if options.what == "model":
            from lepton_studio.studio import tuning
            from lepton_studio.studio.model_card import card_files

            run = _run_with_model(project, number=options.run)
            source = tuning.run_folder(project, run).path
            folder = exporting.export_model(
                source,
                options.path,
                beside=card_files(project, run),
                replace=options.replace,
            )
            facts: dict[str, object] = {"run": run.number, "path": str(folder)}
            said = [tr("Wrote the model of run {run} to {path}.", run=run.number, path=folder)]
            if exporting.only_loads_here(source):
                said.append(tr("Only Lepton Studio can load it, because a prefix was learned for it."))
            return Answer(facts, " ".join(said))
        progress = ProgressLine(tr("writing"))
        how = {"only_labelled": not options.all, "replace": options.replace, "progress": progress}
        if options.what == "dataset":
            from lepton_studio.studio.dataset_export import export_dataset

            written = export_dataset(project, options.path, licence=options.licence, **how)
        else:
            written = exporting.export_annotations(project, options.path, format=_format(options), **how)
        progress.done()
    losses = [{"what": one.what, "count": one.count, "example": one.example} for one in written.losses]
    facts = {
        "path": str(written.path),
        "samples": written.samples,
        "splits": {split or "unassigned": count for split, count in written.splits.items()},
        "losses": losses,
    }
    lines = [
        trn("Wrote {count} sample to {path}.", "Wrote {count} samples to {path}.", written.samples, path=written.path)
    ]
    if options.what == "dataset" and options.push:
        from lepton_studio.studio.dataset_export import push_dataset

        address = push_dataset(options.path, options.push, is_private=not options.public)
        facts["address"] = address
        lines.append(tr("Put on the Hugging Face Hub: {address}", address=address))
    lines += [tr("Not exported: {what} ({count})", what=one.what, count=one.count) for one in written.losses]
    return Answer(facts, "\n".join(lines))


def _format(options: Namespace) -> str:
    """The format asked for, else what the name of the file says; a name without a suffix is a `datasets` folder."""
    from lepton_studio.formats import writers_for

    known = {one.id: one for one in writers_for(())}
    suffix = options.path.suffix.lower()
    fitting = [one.id for one in known.values() if one.suffix and one.suffix == suffix]
    usual = _FORMAT_BY_SUFFIX.get(suffix, fitting[0] if len(fitting) == 1 else "")
    chosen: str = options.format or usual
    if chosen not in known:
        names = ", ".join(sorted(known))
        raise Misused(tr("Choose a format with --format: {known}.", known=names))
    return chosen


def _run_with_model(project: Project, *, number: int | None) -> RunRecord:
    """The run named, or the newest that has a model. Raises Refused where there is none."""
    from lepton_studio.studio import tuning

    runs = [project.run_by_number(number)] if number is not None else project.runs()
    for run in runs:
        if tuning.run_folder(project, run).model.is_dir():
            return run
    if number is not None:
        raise Refused(tr("Run {number} has no model: {reason}", number=number, reason=runs[0].sentence))
    raise Refused(
        tr("This project has no tuned model yet. Make one with: lepton-studio tune {dir}", dir=project.folder)
    )


def _problems(found: object) -> list[dict[str, object]]:
    if not isinstance(found, (list, tuple)):
        return []
    return [{"file": one.source, "row": one.row, "reason": one.reason} for one in found]
