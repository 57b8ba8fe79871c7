"""`suspects`: labels that are likely wrong. `automate`: the model labels what it is sure enough of.
`forecast`: what more labels bring.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, ProgressLine, Refused, table
from lepton_studio.commands.projects import open_for_reading, open_for_writing, project_folder
from lepton_studio.language import tr, trn
from lepton_studio.words import on_one_line

if TYPE_CHECKING:
    from lepton_studio.project.project import Project
    from lepton_studio.studio.instant.working import Work

_SHOWN = 60
"""Characters of a text in the list."""


def suspects(options: Namespace) -> Answer:
    """List the labels against which a model speaks that has not seen them, the likeliest errors first."""
    from lepton_studio.studio.instant.suspects import Suspects
    from lepton_studio.studio.scores_in_words import per_cent
    from lepton_studio.tasks import task_named

    if options.contradictions:
        return _contradictions(options)
    with _learning(options) as (project, work):
        work.suspect()
        _go_on(work, project)
        found = work.suspects or Suspects()
        task, labels, settled = task_named(project.task_id), project.labels(), project.confirmed()
        open_ones = [one for one in found.found if one.sample not in settled]
        listed = [(one, project.sample(one.sample)) for one in open_ones[: options.limit]]
        reviews = project.review_counts("suspect")
        rows = [
            (
                one,
                sample,
                "" if sample.value is None else task.words(task.parse(sample.value, labels), labels),
                task.words(one.suggestion.value, labels),
            )
            for one, sample in listed
        ]
    facts = {
        "judged": found.judged,
        "suspected": len(open_ones),
        "reviewed": reviews.reviewed,
        "wrong": reviews.changed,
        "ambiguous": reviews.ambiguous,
        "suspects": [
            {"sample": sample.id, "text": sample.text, "label": own, "suggestion": said, "doubt": one.doubt}
            for one, sample, own, said in rows
        ],
    }
    sentence = tr("{n} of {all} labels may be wrong.", n=f"{len(open_ones):,}", all=f"{found.judged:,}")
    cells = [(tr("sample"), tr("label"), tr("suggestion"), tr("doubt"))]
    for one, sample, own, said in rows:
        text = on_one_line(sample.text, _SHOWN)
        cells.append((f"{sample.id}  {text}", own, said, per_cent(one.doubt, digits=0)))
    return Answer(facts, "\n\n".join([sentence, *([table(cells)] if rows else [])]))


def _contradictions(options: Namespace) -> Answer:
    from lepton_studio.studio.contradictions import can_contradict, contradictions
    from lepton_studio.tasks import task_named

    with open_for_reading(options.dir) as project:
        task, labels = task_named(project.task_id), project.labels()
        if not can_contradict(task):
            raise Refused(tr("Contradictions are only found where texts get labels or ratings."))
        progress = ProgressLine(tr("comparing"))
        try:
            found = contradictions(project, told=progress)
        finally:
            progress.done()
        rows = []
        for pair in found.pairs[: options.limit]:
            samples = [project.sample(one) for one in (pair.first, pair.second)]
            rows.append((pair, [(one, task.words(task.parse(one.value, labels), labels)) for one in samples]))
    facts = {
        "compared": found.compared,
        "found": len(found.pairs),
        "contradictions": [
            {
                "likeness": round(pair.likeness, 3),
                "samples": [{"sample": one.id, "text": one.text, "label": label} for one, label in two],
            }
            for pair, two in rows
        ],
    }
    count = len(found.pairs)
    said = [
        trn(
            "{count} pair of nearly equal texts has different labels.",
            "{count} pairs of nearly equal texts have different labels.",
            count,
        )
    ]
    for pair, two in rows:
        lines = [f"  {one.id}  {on_one_line(one.text, _SHOWN)}  →  {label}" for one, label in two]
        said.append("\n".join([f"{pair.likeness:.0%}", *lines]))
    return Answer(facts, "\n\n".join(said))


def self_agreed(options: Namespace) -> Answer:
    """Say how often a text that was asked about again got the same label, or how often to ask."""
    from lepton_studio.project.project import Project
    from lepton_studio.studio.self_agreement import kappa_sentence, self_agreement, self_agreement_sentence

    with Project.open(project_folder(options.dir), read_only=options.ask is None) as project:
        if options.ask is not None:
            project.set_ask_again(options.ask)
        share, found = project.ask_again(), self_agreement(project)
    facts = {
        "ask": share,
        "n": found.n,
        "same": found.same,
        "kappa": found.kappa,
        "earlier": found.earlier,
        "later": found.later,
        "differing": list(found.differing),
        "by_person": {who: {"same": same, "n": n} for who, (same, n) in found.by_person.items()},
    }
    if not found.n:
        return Answer(facts, tr("Nothing was asked again yet."))
    return Answer(facts, f"{self_agreement_sentence(found)}. {kappa_sentence(found)}.")


def automate(options: Namespace) -> Answer:
    """Say what the model can label at this risk, and let it."""
    from lepton_studio.studio.instant.automation import apply, offer_sentence, plan

    with _learning(options, writes=True) as (project, work):  # a look at the test split is kept, with --dry-run too
        _go_on(work, project)
        found, is_done = plan(project, work.model, risks=(options.risk,)), False
        offer = found.at(options.risk)
        if offer.taken and work.model is not None and not options.dry_run:
            apply(project, found, work.model, risk=options.risk)
            is_done = True
    proof, count = offer.proof, len(offer.taken)
    facts = {
        "risk": offer.risk,
        "unlabelled": found.unlabelled,
        "can_label": count,
        "labelled": count if is_done else 0,
        "threshold": proof.threshold,
        "tested": found.tested,
        "tests_needed": offer.tests_needed,
        "n": proof.n,
        "wrong": proof.wrong,
        "bound": proof.bound,
    }
    said = [offer_sentence(found, options.risk)]
    if is_done:
        said.append(trn("{count} sample is labelled now.", "{count} samples are labelled now.", count))
    return Answer(facts, " ".join(said))


def forecast(options: Namespace) -> Answer:
    """How good the instant model is, what the next 50, 100 and 200 labels bring, and how long they take."""
    from datetime import datetime

    from lepton_studio.studio.instant.model import score_sentence
    from lepton_studio.studio.instant.outlook import Outlook, gaining_sentence, outlook_sentences, stop_hint
    from lepton_studio.studio.instant.worked import seconds_a_label, worked_sentences

    with _learning(options) as (project, work):
        work.look_ahead()
        _go_on(work, project)
        score = None if work.model is None else work.model.score
        outlook, sessions = work.outlook or Outlook(0), project.sessions()
        names = {label.id: label.name for label in project.labels()}
    gaining = outlook.gaining
    facts = {
        "score": None if score is None else {"on": score.on, "right": score.right, "n": score.n},
        "decisions": outlook.decisions,
        "curve": [{"labels": one.labels, "right": one.share} for one in outlook.curve],
        "cross_validated_on": outlook.n,
        "forecast": [
            {"more": one.more, "gain": one.gain, "low": one.low, "high": one.high} for one in outlook.forecasts
        ],
        "gains_most": None if gaining is None else names[gaining.label],
        "little_to_gain": outlook.is_near_end,
        "seconds_a_label": seconds_a_label(sessions),
    }
    said = [] if score is None else [score_sentence(score)]
    said += outlook_sentences(outlook)
    said += [] if gaining is None else [gaining_sentence(gaining, names[gaining.label])]
    said += [stop_hint()] if outlook.is_near_end else []
    said += worked_sentences(sessions, today=datetime.now().astimezone().date())
    return Answer(facts, "\n".join(said))


@contextmanager
def _learning(options: Namespace, *, writes: bool = False) -> Iterator[tuple[Project, Work]]:
    """The project, and an instant model that is to learn from it. Raises Refused."""
    from lepton_studio.runs.children.owner import Children
    from lepton_studio.studio.instant.working import Work
    from lepton_studio.tasks import task_named

    opened = open_for_writing if writes else open_for_reading
    with opened(options.dir) as project, Children() as children:
        if not task_named(project.task_id).linear:
            raise Refused(tr("The instant model only works where whole texts get labels or ratings."))
        work = Work(children)
        try:
            yield project, work
        finally:
            work.close()


def _go_on(work: Work, project: Project) -> None:
    progress = ProgressLine(tr("reading"))
    try:
        work.go_on(project, told=lambda: progress(work.read.vectors, work.read.texts))
    finally:
        progress.done()
