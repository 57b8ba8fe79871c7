"""`suggest`: a tuned model reads the samples that are not labelled, or one that is not tuned writes drafts for them;
what it says is kept and listed.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lepton_studio.commands.console import Answer, Misused, ProgressLine, Refused, table
from lepton_studio.commands.projects import open_for_reading, project_folder
from lepton_studio.language import tr, trn

if TYPE_CHECKING:
    from lepton_studio.project.project import Project
    from lepton_studio.project.records import Filter, Order, PredictorId, Sample, Suggestion
    from lepton_studio.studio.drafting import Drafted
    from lepton_studio.studio.instant.model import InstantModel
    from lepton_studio.studio.instant.span_model import SpanModel

PORTION = 10_000
"""So many samples are read in one go: what was read before a Ctrl+C is kept."""
ORDERS = ("least-sure", "most-sure", "margin", "added", "length", "newest")
MARKED = 1000
"""In so many samples the instant model marks spans where nobody says how many."""
DRAFTS = 20
"""So many drafts are written where nobody says how many: each takes seconds."""
_SHOWN = 60
"""Characters of a text in the list."""

Shown = tuple["Sample", "Suggestion[Any]"]


def suggest(options: Namespace) -> Answer:
    """Let a run read what is not labelled, then list what it says; or let the instant model learn, and list that."""
    from lepton_studio.project.project import Project
    from lepton_studio.studio.suggesting import bring_in_old_suggestions, newest_suggesting_run

    if options.instant:
        return _suggest_at_once(options)
    if options.run is not None and options.start:
        raise Misused(tr("Give either a run of this project or --from."))
    if options.run is not None and options.model:
        raise Misused(tr("Give either a run or --model."))
    only_lists = options.at_most == 0
    with open_for_reading(options.dir) if only_lists else Project.open(project_folder(options.dir)) as project:
        run = project.run_by_number(options.run).id if options.run is not None else newest_suggesting_run(project)
        if options.start:
            return _asked(project, options)
        if options.model or (run is None and _may_draft(project)):
            return _drafts(project, options)
        if run is None:
            raise Refused(
                tr("This project has no tuned model yet. Make one with: lepton-studio tune {dir}", dir=project.folder)
            )
        read = 0
        if not only_lists:
            bring_in_old_suggestions(project)
            read = _read(project, run, at_most=options.at_most)
        shown = _listed(project, run, order=options.order, disagrees=options.disagrees, limit=options.show)
        words = _words(project, shown)
    facts = {"run": run, "read": read, "suggestions": _facts(shown, words)}
    sentence = trn(
        "Run {run} has predicted {count} more sample.", "Run {run} has predicted {count} more samples.", read, run=run
    )
    return Answer(facts, "\n\n".join(part for part in (sentence, _table(shown, words)) if part))


def _may_draft(project: Project) -> bool:
    from lepton_studio.studio.drafting import may_draft

    return may_draft(project)


def _drafts(project: Project, options: Namespace) -> Answer:
    """Let a base model write drafts, then list them. Raises Refused, Misused."""
    from lepton_studio.commands.gguf_models import prepared
    from lepton_studio.models.built_in import WRITER
    from lepton_studio.runs.model_folder import why_unusable
    from lepton_studio.studio.drafting import drafter_name
    from lepton_studio.studio.proposing import why_unfitting
    from lepton_studio.tasks import task_named

    model, task = options.model or WRITER.id, task_named(project.task_id)
    if not task.drafts:
        raise Refused(
            tr("Drafts are for tasks that write text. Tune a model first: lepton-studio tune {dir}", dir=project.folder)
        )
    model = prepared(model)
    if why := why_unusable(model) or why_unfitting(model, task=task):
        raise Refused(why)
    at_most = DRAFTS if options.at_most is None else options.at_most
    drafted = _drafted(project, model, options, at_most=at_most, doing=tr("writing drafts"))
    name = drafter_name(model, task=task.id)
    sentence = trn(
        "{model}, untuned, has written {count} draft.", "{model}, untuned, has written {count} drafts.", drafted.count,
        model=name,
    )  # fmt: skip
    return _told(project, drafted, options, name=name, sentence=sentence)


def _asked(project: Project, options: Namespace) -> Answer:
    """Let a model of another project choose from the labels of this one, then list it. Raises Refused, Misused."""
    from lepton_studio.commands.starting import model_to_start_from
    from lepton_studio.studio.drafting import drafter_name, why_not_asked

    model = model_to_start_from(project, options.start, model=options.model)
    if why := why_not_asked(project, model):
        raise Refused(why)
    at_most = PORTION if options.at_most is None else options.at_most
    drafted = _drafted(project, model, options, at_most=at_most, doing=tr("reading"))
    name = drafter_name(model, task=project.task_id)
    sentence = trn(
        "{model} has suggested a label for {count} more sample.",
        "{model} has suggested labels for {count} more samples.",
        drafted.count,
        model=name,
    )
    return _told(project, drafted, options, name=name, sentence=sentence)


def _drafted(project: Project, model: str, options: Namespace, *, at_most: int, doing: str) -> Drafted:
    """What the model says of so many samples that it has said nothing of. Raises Refused."""
    from lepton_studio.studio.asking import NotAnswered
    from lepton_studio.studio.drafting import Drafted, draft, drafter

    if not at_most:
        return Drafted(0, drafter(project, model))
    progress = ProgressLine(doing)
    try:
        drafted = draft(project, model=model, instruction=options.instruction, at_most=at_most, progress=progress)
    except NotAnswered as error:
        raise Refused(str(error)) from error
    progress.done()
    return drafted


def _told(project: Project, drafted: Drafted, options: Namespace, *, name: str, sentence: str) -> Answer:
    """The list of what is there of it by now."""
    shown: list[Shown] = []
    if drafted.by is not None:
        shown = _listed(project, drafted.by.id, order=options.order, disagrees=options.disagrees, limit=options.show)
    words = _words(project, shown)
    facts = {"run": None, "model": name, "read": drafted.count, "suggestions": _facts(shown, words)}
    return Answer(facts, "\n\n".join(part for part in (sentence, drafted.note, _table(shown, words)) if part))


def _suggest_at_once(options: Namespace) -> Answer:
    from lepton_studio.runs.children.owner import Children
    from lepton_studio.studio.instant.model import score_sentence
    from lepton_studio.studio.instant.work_of import work_of
    from lepton_studio.tasks import task_named

    with open_for_reading(options.dir) as project, Children() as children:
        task = task_named(project.task_id)
        if not task.learns_at_once:
            raise Refused(tr("The instant model only works where texts get labels, ratings or marked spans."))
        progress, work = ProgressLine(tr("reading")), work_of(task, children, first=_to_mark(project, options))
        try:
            work.go_on(project, told=lambda: progress(work.read.vectors, work.read.texts))
        finally:
            progress.done()
            work.close()
        model = work.model
        shown = [] if model is None else _of_model(model, project, options)
        words = _words(project, shown)
    learnt = 0 if model is None else model.decisions
    score = None if model is None or model.score is None else model.score
    facts = {
        "decisions": learnt,
        "score": None if score is None else {**score.headline, "right": score.right, "n": score.n},
        "suggestions": _facts(shown, words),
    }
    said = [trn("Learned from {count} label.", "Learned from {count} labels.", learnt)]
    if score is not None:
        said.append(score_sentence(score))
    return Answer(facts, "\n\n".join(part for part in (" ".join(said), _table(shown, words)) if part))


def _to_mark(project: Project, options: Namespace) -> tuple[int, ...]:
    """The samples whose words are to be read: all are too many, where each word has a vector."""
    from lepton_studio.project.records import Filter
    from lepton_studio.tasks import task_named

    if not task_named(project.task_id).tagged:
        return ()
    most = MARKED if options.at_most is None else options.at_most
    wanted = project.sample_ids(Filter(state="labelled" if options.disagrees else "unlabelled"))
    return tuple(wanted[:most])


def _of_model(model: InstantModel | SpanModel, project: Project, options: Namespace) -> list[Shown]:
    """As many as are to be listed, in the order that was asked for."""
    from lepton_studio.project.records import Filter

    task, ids = model.task, list(map(int, model.order()))
    wanted = set(project.sample_ids(Filter(state="labelled" if options.disagrees else "unlabelled")))
    if options.order == "most-sure":
        ids.reverse()
    elif options.order not in ("least-sure", "margin"):
        ids.sort(reverse=options.order == "newest")
    shown: list[Shown] = []
    for id in ids:
        if id in wanted and len(shown) < options.show and (said := model.suggestion(id)) is not None:
            sample = project.sample(id)
            if not options.disagrees or task.dump(task.accept(said.value)) != sample.value:
                shown.append((sample, said))
    return shown


def _facts(shown: Sequence[Shown], words: Sequence[str]) -> list[dict[str, object]]:
    return [
        {"sample": sample.id, "text": sample.text, "suggestion": said, "score": one.score, "margin": one.margin}
        for (sample, one), said in zip(shown, words, strict=True)
    ]


def _read(project: Project, run: PredictorId, *, at_most: int | None) -> int:
    from lepton_studio.studio.suggesting import suggest as let_read

    progress, read = ProgressLine(tr("reading")), 0
    while at_most is None or read < at_most:
        portion = PORTION if at_most is None else min(PORTION, at_most - read)
        done = let_read(project, run, at_most=portion, progress=progress)
        read += done
        if done < portion:
            break
    progress.done()
    return read


def _listed(project: Project, run: PredictorId, *, order: str, disagrees: bool, limit: int) -> list[Shown]:
    from lepton_studio.studio.suggesting import reader, suggestions_by

    samples = project.samples(_filter(run, order=order, disagrees=disagrees), limit=limit)
    said = suggestions_by(project, run, (sample.id for sample in samples), read=reader(project))
    return [(sample, said[sample.id]) for sample in samples if sample.id in said]


def _filter(run: PredictorId, *, order: str, disagrees: bool) -> Filter:
    from lepton_studio.project.records import Filter, Suggested

    suggested = Suggested(run, disagrees=disagrees)
    return Filter(state="any" if disagrees else "unlabelled", suggested=suggested, order=_order(order, run))


def _order(name: str, run: PredictorId) -> Order:
    from lepton_studio.project.records import Order

    return {
        "least-sure": Order("score", by=run),
        "most-sure": Order("score", descending=True, by=run),
        "margin": Order("margin", by=run),
        "length": Order("length"),
        "newest": Order("time", descending=True),
    }.get(name, Order())


def _words(project: Project, shown: Sequence[Shown]) -> list[str]:
    from lepton_studio.tasks import task_named

    task, labels = task_named(project.task_id), project.labels()
    return [task.words(one.value, labels) for _sample, one in shown]


def _table(shown: Sequence[Shown], words: Sequence[str]) -> str:
    from lepton_studio.studio.scores_in_words import per_cent

    if not shown:
        return ""
    rows = [(tr("sample"), tr("suggestion"), tr("confidence"))]
    for (sample, one), said in zip(shown, words, strict=True):
        text = " ".join(sample.text[: 2 * _SHOWN].split())[:_SHOWN]
        rows.append((f"{sample.id}  {text}", said, "" if one.score is None else per_cent(one.score, digits=0)))
    return table(rows)
