"""The card of a model: what it was tuned on and how, how good it is and where not, what it is for, how it is loaded.

After Mitchell et al. 2019, Model Cards for Model Reporting, https://arxiv.org/abs/1810.03993. Written from what is
known; of what is not known, a sentence says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import lepton_studio
from lepton_studio.contract.task import Baseline, Confusion, Measure
from lepton_studio.language import tr, trn
from lepton_studio.methods.recipes import method_words, titled_settings
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, RunRecord
from lepton_studio.runs.folder import write_whole
from lepton_studio.studio.base_models import Base
from lepton_studio.studio.baselines import baseline_words
from lepton_studio.studio.before_words import before_words
from lepton_studio.studio.card_facts import CardFacts, Measured, card_facts
from lepton_studio.studio.card_limits import limits
from lepton_studio.studio.certainty import LEVEL, mcnemar, score_interval
from lepton_studio.studio.frozen_data import FrozenData
from lepton_studio.studio.judging import Standing, lead_sentence
from lepton_studio.studio.pages import Block, Code, Grid, Link, Page, Points, Said, Section, as_html, as_markdown
from lepton_studio.studio.report_file import label_table
from lepton_studio.studio.scores_in_words import between, ending_words, measure_title, measured, per_cent, with_interval
from lepton_studio.studio.slices import slices_words
from lepton_studio.studio.trust import trust_words
from lepton_studio.words import duration, split_name

NAME = "MODEL_CARD"
"""Of its files in the folder of an exported model."""


def model_card(project: Project, run: RunRecord) -> Page:
    """The card of a run, in the person's language. For a worker thread: reads all predictions and the run's data."""
    return card_of(card_facts(project, run))


def card_files(project: Project, run: RunRecord) -> dict[str, str]:
    """The card as it stands beside an exported model: name of the file -> its text."""
    card = model_card(project, run)
    return {f"{NAME}.md": as_markdown(card), f"{NAME}.html": as_html(card)}


def write_card(card: Page, target: Path) -> None:
    """As HTML where the name says so, else as Markdown. Raises OSError."""
    render = as_html if target.suffix.lower() in (".html", ".htm") else as_markdown
    write_whole(target, render(card))


def card_of(about: CardFacts) -> Page:
    """The page; no reading here."""
    run, task = about.run, about.task
    sections = [
        Section(tr("Intended use"), _use(about)),
        Section(tr("Scores"), tuple(_scores(about))),
        Section(tr("How sure it is, and what it can answer alone"), _alone(about)),
        Section(tr("Where it is worse"), tuple(_parts(about))),
        Section(tr("Limits"), (Points(tuple(limits(about))), *_own(about.notes.limits))),
        Section(tr("Training data"), tuple(_data(about))),
        Section(tr("How it was tuned"), tuple(_tuned(about))),
        Section(tr("How to load it"), tuple(_load(about))),
    ]
    return Page(
        tr("Model card: {project}, run {number}", project=about.project, number=run.number),
        tr(
            "{task}, {when}. Written by Lepton Studio {version} from what it knows of this run.",
            task=tr(task.title),
            when=run.created[:10],
            version=lepton_studio.__version__,
        ),
        tuple(sections),
    )


# --------------------------------------------------------------------------------------------------------- sections


def _use(about: CardFacts) -> tuple[Block, ...]:
    return _own(about.notes.use) or (Said(tr("Nobody has written down yet what this model is meant for."), "muted"),)


def _own(text: str) -> tuple[Block, ...]:
    """What a person wrote: paragraphs between blank lines, lists of lines that begin with "- "."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        points: list[str] = []
        for line in filter(None, map(str.strip, part.splitlines())):
            if line.startswith(("- ", "* ", "• ")):
                points.append(line[2:].strip())
                continue
            if points:
                found.append(Points(tuple(points)))
                points = []
            found.append(Said(line))
        if points:
            found.append(Points(tuple(points)))
    return tuple(found)


def _scores(about: CardFacts) -> Iterator[Block]:
    if not about.measured:
        yield Said(f"{lead_sentence(None, about.task)} {ending_words(about.run)}")
        return
    for place, one in enumerate(about.measured):
        yield Said(lead_sentence(one.standing, about.task), "" if place else "lead")
    table = _score_table(about)
    yield table
    if any("%" in cell and "–" in cell for row in table.rows for cell in row):
        yield Said(tr("In brackets: 95% intervals."), "muted")
    first = about.measured[0]
    yield from map(Said, _beside_words(first.standing))
    yield from (Said(said) for said in before_words(first.standing, about.task).splitlines())
    report = first.report
    if report is not None and report.per_class:
        yield Said(tr("By label, on {samples}:", samples=_where(first)), "muted")
        yield Grid(*label_table(report))


def _score_table(about: CardFacts) -> Grid:
    """A row for each measure on each split, a column for each simpler model that was fitted beside the run."""
    shown = [title for title in _others() if any(title in _beside(one.standing) for one in about.measured)]
    rows = []
    for one in about.measured:
        stands, beside = one.standing, _beside(one.standing)
        confusion = None if one.report is None else one.report.confusion
        for measure in about.task.measures:
            if measure.id not in stands.today:
                continue
            value = stands.today[measure.id]
            cells = [_score(measure, value, confusion=confusion, right=stands.right, n=stands.n)]
            for title in shown:
                other = beside.get(title)
                if other is None or measure.id not in other.headline:
                    cells.append("–")
                else:
                    reached = other.headline[measure.id]
                    cells.append(_score(measure, reached, confusion=None, right=other.right, n=stands.n))
            rows.append((measure_title(measure), split_name(one.split), f"{stands.n:,}", *cells))
    return Grid((tr("measure"), tr("split"), "n", tr("this model"), *shown), tuple(rows), words=(0, 1))


def _score(measure: Measure, value: float, *, confusion: Confusion | None, right: int, n: int) -> str:
    interval = score_interval(measure, value, confusion=confusion, right=right, n=n)
    return with_interval(measured(value, measure), interval, n=n)


def _others() -> tuple[str, ...]:
    return tr("word statistics"), tr("quick model")


def _beside(stands: Standing) -> dict[str, Baseline]:
    """Title -> what a simpler model reached on the same samples, where that was by the labels of today."""
    words = stands.baseline if stands.baseline is not None and stands.baseline.by == "words" else None
    found = dict(zip(_others(), (words, stands.quick), strict=True))
    return {} if stands.is_moved else {title: one for title, one in found.items() if one is not None}


def _beside_words(stands: Standing) -> Iterator[str]:
    """Whether it is better than the simpler models."""
    beside = _beside(stands)
    if not beside and stands.baseline is not None:
        yield baseline_words(stands)  # of models that write: what copying reaches
    for title, one in beside.items():
        title = {tr("quick model"): tr("the quick model")}.get(title, title)
        if mcnemar(one.better, one.worse) >= LEVEL:
            yield tr("The difference from {other} may be due to chance.", other=title)
        elif one.better > one.worse:
            yield tr("It is better than {other}, beyond chance.", other=title)
        else:
            yield tr("It is worse than {other}, beyond chance.", other=title)


def _where(one: Measured) -> str:
    count = one.standing.n
    if one.split == "test":
        return trn("{count:,} test sample", "{count:,} test samples", count)
    return trn("{count:,} validation sample", "{count:,} validation samples", count)


def _alone(about: CardFacts) -> tuple[Block, ...]:
    if about.trusted is None:
        return (
            Said(
                tr(
                    "Not known: it is told where a prediction is plainly right or wrong, and only of models that "
                    "were scored on held-out samples."
                )
            ),
        )
    where = tr("Measured on {samples}.", samples=_where(about.measured[0]))
    return (*(Said(line) for line in trust_words(about.trusted).splitlines()), Said(where, "muted"))


def _parts(about: CardFacts) -> Iterator[Block]:
    if not about.measured:
        yield Said(tr("Not known: it was not scored on held-out samples."))
        return
    yield Said(slices_words(about.parts))
    worse = [one for one in about.parts if one.is_worse]
    if worse:
        yield Grid(
            (tr("part"), "n", tr("wrong"), tr("interval"), tr("wrong elsewhere")),
            tuple(
                (one.name, f"{one.n:,}", per_cent(one.share), between(one.interval, n=one.n), per_cent(one.elsewhere))
                for one in worse
            ),
        )
    yield Said(tr("Measured on {samples}.", samples=_where(about.measured[0])), "muted")


def _data(about: CardFacts) -> Iterator[Block]:
    counts: Mapping[Any, int] = about.run.counts if about.data is None else about.data.samples
    told = [
        trn("{count:,} {split} sample", "{count:,} {split} samples", counts[split], split=split_name(split))
        for split in SPLITS
        if counts.get(split)
    ]
    yield Said(tr("Project “{project}”: {counts}.", project=about.project, counts=tr(", ").join(told)))
    data = about.data
    if data is None:
        yield Said(
            tr(
                "The samples of each label and their languages are not known: the folder of the run has no data "
                "any more."
            )
        )
        return
    used = {name: by for name, by in data.labels.items() if any(by.values())}
    if used:
        splits = [split for split in SPLITS if data.samples.get(split)]
        rows = tuple((name, *(f"{by.get(split, 0):,}" for split in splits)) for name, by in used.items())
        yield Grid((tr("label"), *map(split_name, splits)), rows)
    yield Said(languages_words(data))


def languages_words(data: FrozenData) -> str:
    """What the training texts are written in."""
    titles = {"": tr("not told (too short, or another one)"), "other": tr("other languages")}
    shares = [
        tr(
            "{language} {share}",
            language=titles.get(name) or tr(name),
            share=per_cent(count / data.looked_at, digits=0),
        )
        for name, count in sorted(data.languages.items(), key=lambda one: -one[1])
    ]
    return trn(
        "Language, as far as letters and small words tell it, of {count:,} training text: {languages}.",
        "Languages, as far as letters and small words tell them, of {count:,} training texts: {languages}.",
        data.looked_at,
        languages=tr(", ").join(shares),
    )


def _tuned(about: CardFacts) -> Iterator[Block]:
    run, task, base = about.run, about.task, about.base
    method = method_words(run.recipe, task=task, model=run.model)
    if base is None:
        yield Said(tr("Method: {method}. It uses no base model.", method=method))
    else:
        if method:
            yield Said(tr("Method: {method}.", method=method))
        yield Said(" ".join(_base_words(base)))
        if base.address:
            yield Link(tr("Source:"), base.address)
        yield from (Said(one) for one in (base.paper, base.notice) if one)
    if about.compared:
        yield Said(about.compared)
    if run.seconds:
        if run.steps:
            steps = trn("{count:,} step", "{count:,} steps", run.steps)
            yield Said(tr("It took {time} and {steps}.", time=duration(run.seconds), steps=steps))
        else:
            yield Said(tr("It took {time}.", time=duration(run.seconds)))
    rows = titled_settings(run.recipe, task=task, model=run.model) if run.recipe else []
    yield Grid((tr("setting"), tr("value")), tuple(rows)) if rows else Said(tr("Its settings are not known."))
    versions = {} if about.job is None else about.job.versions
    if versions:
        yield Said(
            tr("Versions: {versions}.", versions=", ".join(f"{name} {one}" for name, one in versions.items())), "muted"
        )


def _base_words(base: Base) -> Iterator[str]:
    for one in base.through:
        yield tr("Tuned further from {model}.", model=one)
    yield tr("Base model: {name}.", name=base.name)
    if base.licence:
        yield tr("Its licence: {licence}.", licence=base.licence)
    else:
        yield tr("Its licence is not known here.")


def _load(about: CardFacts) -> Iterator[Block]:
    if about.manifest is None:
        yield Said(tr("This run has no model that could be loaded."))
        return
    if not about.code:
        yield Said(tr("The README in the model's folder says how it is loaded."))
        return
    needs = " ".join(about.manifest.needs)
    yield Said(tr("After “pip install {needs}”, from inside the model's folder:", needs=needs))
    yield Code(about.code)
    yield Said(tr("Lepton Studio is not needed for that. The README in the folder says what the lines give."))
