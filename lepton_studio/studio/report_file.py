"""A run told on a page that can be sent on: what it is worth, its figures, matrix and curve, examples, what it was
trained on. HTML that a browser shows alone, and simple enough for Qt to print."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import lepton_studio
from lepton_studio.atomic import new_file
from lepton_studio.contract.task import BadAnnotation, Confusion, Report, Task
from lepton_studio.language import tr, trn
from lepton_studio.methods.recipes import method_words, recipe_words
from lepton_studio.models.built_in import public_name
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, Labels, PredictedSample, PredictionFilter, RunRecord, Split
from lepton_studio.runs.job import BUILT_IN_MODEL
from lepton_studio.runs.trials import Trials
from lepton_studio.studio.baselines import baseline_words
from lepton_studio.studio.before_words import before_words
from lepton_studio.studio.collecting import labels_now_and_then
from lepton_studio.studio.judging import (
    JUDGED,
    Standing,
    caution,
    judged_predictions,
    lead_sentence,
    moved_words,
    standing,
)
from lepton_studio.studio.pages import document, framed, heading, paragraph, table
from lepton_studio.studio.scores_in_words import average_name, measure_title, measured, per_cent
from lepton_studio.studio.trials import basis_words, best_first, trial_head, trial_row, trials_of
from lepton_studio.tasks import task_named
from lepton_studio.words import duration, on_one_line, split_name

_EXAMPLES = 5
_TEXT = 400
"""Characters of a text in an example."""
_LARGEST_MATRIX = 15
"""Labels: of a larger matrix the commonest confusions are listed instead."""
_MIX_UPS = 15
_LETTERS = 95
"""So wide is a sheet of paper."""
_WIDTH, _HEIGHT = 640, 200
"""Of the curve, in pixels."""


@dataclass(frozen=True, slots=True)
class _Story:
    """What the page is made of, by the labels of today. `split`: where the run is judged, None where it never was."""

    project: str
    run: RunRecord
    task: Task[Any]
    labels: Labels
    split: Split | None
    report: Report | None
    standing: Standing | None
    counts: Mapping[str, Mapping[Split, int]]
    wrong: Sequence[PredictedSample]
    right: Sequence[PredictedSample]
    curve: Sequence[tuple[str, Sequence[tuple[int, float]]]]
    trials: Trials | None


def report_html(project: Project, run: RunRecord) -> str:
    """The page for a run, as HTML in the person's language. For a worker thread: reads all predictions of a split."""
    story = _read(project, run)
    parts = [
        *_head(story),
        *_figures(story),
        *_by_label(story),
        *_matrix(story),
        *_examples(story),
        *_trials(story),
        *_trained(story),
    ]
    return document(tr("{project}: run {number}", project=story.project, number=run.number), parts)


def write_html(page: str, target: Path) -> None:
    """The page as a file that appears whole. Raises OSError."""
    with new_file(target) as temporary:
        temporary.write_text(page, "utf-8")


def _read(project: Project, run: RunRecord) -> _Story:
    task = task_named(project.task_id)
    split = next((one for one in JUDGED if project.report(run.id, one) is not None), None)
    stands = None if split is None else standing(project, run, split)
    report = None if split is None else Report.from_json(project.report(run.id, split))
    if split is not None and stands is not None and stands.is_moved:
        report = judged_predictions(project, run, split).report(project, run)
    names = {label.id: label.name for label in project.labels()}
    by_split = {one: project.label_counts(split=one) for one in SPLITS}
    counts = {name: {one: by_split[one][label] for one in SPLITS} for label, name in names.items()}

    def some(*, correct: bool) -> Sequence[PredictedSample]:
        if split is None:
            return ()
        which = PredictionFilter(split, correct=correct)
        found = project.predictions(run.id, which, order="most_sure", limit=4 * _EXAMPLES)
        return [one for one in found if not one.fixed][:_EXAMPLES]

    return _Story(
        project=project.name,
        run=run,
        task=task,
        labels=labels_now_and_then(project, run),
        split=split,
        report=report,
        standing=stands,
        counts=counts,
        wrong=some(correct=False),
        right=some(correct=True)[:3],
        curve=_curves(project, run),
        trials=trials_of(project, run),
    )


def _curves(project: Project, run: RunRecord) -> list[tuple[str, Sequence[tuple[int, float]]]]:
    found: dict[str, list[tuple[int, float]]] = {"train_loss": [], "validation_loss": []}
    for step, name, value in project.metrics(run.id):
        if name in found and value is not None:
            found[name].append((step, value))
    titles = {"train_loss": tr("training loss"), "validation_loss": tr("validation loss")}
    return [(titles[name], points) for name, points in found.items() if len(points) > 1]


# -------------------------------------------------------------------------------------------------------- the parts


def _head(story: _Story) -> list[str]:
    run, task, stands = story.run, story.task, story.standing
    about = tr("{task}, run {number}, {when}", task=tr(task.title), number=run.number, when=run.created[:10])
    lead = lead_sentence(stands, task, splits=(story.split,) if story.split else ())
    found = [f"<h1>{escape(story.project)}</h1>", paragraph(about, "muted"), paragraph(lead or run.sentence, "lead")]
    if stands is not None:
        found += [
            paragraph(one, "caution")
            for one in (
                caution(stands),
                baseline_words(stands),
                *before_words(stands, task).splitlines(),
                moved_words(stands, task),
            )
            if one
        ]
    return found


def _figures(story: _Story) -> list[str]:
    stands = story.standing
    if stands is None or story.split is None:
        return []
    where = {"test": tr("held-out test samples"), "validation": tr("validation samples")}[str(story.split)]
    measures = [one for one in story.task.measures if one.id in stands.today]
    rows = [(measure_title(one), measured(stands.today[one.id], one), f"{stands.n:,}", where) for one in measures]
    return [heading(tr("Scores")), table((tr("measure"), tr("value"), "n", tr("measured on")), rows, words=(0, 3))]


def _by_label(story: _Story) -> list[str]:
    if story.report is None or not story.report.per_class:
        return []
    head, rows = label_table(story.report)
    said = tr(
        "Precision: how often it is right when it gives this label. "
        "Recall: how many of the texts with this label it finds."
    )
    return [heading(tr("By label")), paragraph(said, "muted"), table(head, rows)]


def label_table(report: Report) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The head and the rows of a table of classes and averages."""
    named = [
        *((row.label, row) for row in report.per_class),
        *((average_name(row.label), row) for row in report.averages),
    ]
    return (
        (tr("label"), tr("precision"), tr("recall"), tr("F1"), tr("samples")),
        tuple(
            (name, per_cent(row.precision), per_cent(row.recall), per_cent(row.f1), f"{row.support:,}")
            for name, row in named
        ),
    )


def _matrix(story: _Story) -> list[str]:
    confusion = None if story.report is None else story.report.confusion
    if confusion is None:
        return []
    title = heading(tr("Confusion between labels"))
    if len(confusion.labels) > _LARGEST_MATRIX:
        cells = [
            (count, gold, said)
            for gold, line in zip(confusion.labels, confusion.matrix, strict=True)
            for said, count in zip(confusion.labels, line, strict=True)
            if gold != said and count
        ]
        rows = [(gold, said, f"{count:,}") for count, gold, said in sorted(cells, key=lambda one: -one[0])[:_MIX_UPS]]
        return (
            [title, table((tr("true label"), tr("predicted label"), tr("samples")), rows, words=(0, 1))] if rows else []
        )
    said = tr("One row per true label, one column per predicted label, in the same order.")
    return [title, paragraph(said, "muted"), _heat(confusion)]


def _heat(confusion: Confusion) -> str:
    """The matrix with each cell in a tint of how much of its row it holds; blue is right, orange wrong.

    Where the names of the labels are too wide for a sheet of paper, the columns have the numbers of the rows.
    """
    names: Sequence[str] = confusion.labels
    heads, widths = names, [_letters(name) for name in names]
    if max(widths) + sum(widths) > _LETTERS:
        heads = [f"{place}" for place in range(1, len(names) + 1)]
        names = [f"{head}  {name}" for head, name in zip(heads, names, strict=True)]
    first = "<tr><th></th>" + "".join(f"<th>{escape(name)}</th>" for name in heads) + "</tr>"
    lines = []
    for place, (name, line) in enumerate(zip(names, confusion.matrix, strict=True)):
        total = sum(line) or 1
        cells = [
            f"<td{_ground(count / total, right=place == column)}>{count:,}</td>" for column, count in enumerate(line)
        ]
        lines.append(f'<tr><th class="word">{escape(name)}</th>{"".join(cells)}</tr>')
    return framed(first, "".join(lines))


def _letters(name: str) -> int:
    """How wide a heading is, in letters of Latin and with the room around it."""
    return 3 + sum(2 if east_asian_width(letter) in "WF" else 1 for letter in name)


def _ground(share: float, *, right: bool) -> str:
    return f' bgcolor="{_tint(share, right=right)}"' if share else ""


def _tint(share: float, *, right: bool) -> str:
    full = (122, 176, 230) if right else (240, 176, 110)
    return "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in full)


def _examples(story: _Story) -> list[str]:
    found = []
    for title, rows in ((tr("Most confident mistakes"), story.wrong), (tr("Examples it got right"), story.right)):
        told = [line for row in rows if (line := _example(story, row))]
        if told:
            found += [
                heading(title),
                table((tr("text"), tr("label"), tr("prediction"), tr("confidence")), told, words=(0, 1, 2)),
            ]
    return found


def _example(story: _Story, row: PredictedSample) -> tuple[str, str, str, str] | None:
    """None where it cannot be told any more: a sample without an annotation, a value of another version."""
    shown = on_one_line(row.sample.text, _TEXT)
    try:
        gold = story.task.words(story.task.parse(row.sample.value, story.labels), story.labels)
        said = story.task.words(story.task.parse(row.prediction.value, story.labels), story.labels)
    except BadAnnotation:
        return None
    return shown, gold, said, per_cent(row.prediction.score, digits=0)


def _trials(story: _Story) -> list[str]:
    if story.trials is None:
        return []
    rows = [trial_row(one) for one in best_first(story.trials.trials)]
    head = trial_head(story.task)
    compared = table(head, rows, words=(0, len(head) - 1))
    said = [paragraph(story.trials.sentence), paragraph(basis_words(story.trials), "muted")]
    return [heading(tr("Comparison")), *said, compared]


def _trained(story: _Story) -> list[str]:
    run = story.run
    model = tr("the built-in model") if run.model == BUILT_IN_MODEL else public_name(run.model)
    facts = [tr("Tuned from {model} in {time}.", model=model, time=duration(run.seconds or 0))]
    if method := method_words(run.recipe, task=story.task, model=run.model):
        facts.append(tr("Method: {method}.", method=method))
    facts += [
        trn("{count} {split} sample.", "{count} {split} samples.", run.counts[split], split=split_name(split))
        for split in SPLITS
        if run.counts.get(split)
    ]
    found = [heading(tr("Training data")), paragraph(" ".join(facts))]
    used = {name: by for name, by in story.counts.items() if any(by.values())}
    if used:
        rows = [(name, *(f"{by[split]:,}" for split in SPLITS)) for name, by in used.items()]
        found += [
            paragraph(tr("Labels in the project today:"), "muted"),
            table((tr("label"), *map(split_name, SPLITS)), rows),
        ]
    if story.curve:
        picture = _picture(curve_svg(story.curve))
        size = f'width="{_WIDTH}" height="{_HEIGHT}"'
        found.append(f'<p style="line-height: 100%"><img {size} alt="" src="{picture}"></p>')
    recipe = recipe_words(run.recipe, task=story.task, model=run.model)
    made = tr(
        "Made by Lepton Studio {version} on this machine; nothing was sent anywhere.", version=lepton_studio.__version__
    )
    return [*found, paragraph(tr("Recipe: {recipe}", recipe=recipe), "muted"), paragraph(made, "muted")]


def curve_svg(curves: Sequence[tuple[str, Sequence[tuple[int, float]]]]) -> str:
    """Lines over steps on one scale from zero, each with its title; SVG of _WIDTH x _HEIGHT."""
    last = max(step for _, points in curves for step, _ in points) or 1
    top = max(value for _, points in curves for _, value in points) or 1.0
    left, right, above, below = 40, 10, 24, 24
    colors = ("#0072b2", "#d55e00")

    def at(step: int, value: float) -> str:
        x = left + step / last * (_WIDTH - left - right)
        y = above + (1 - max(value, 0.0) / top) * (_HEIGHT - above - below)
        return f"{x:.1f},{y:.1f}"

    base = _HEIGHT - below
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" '
        'font-size="11">',
        f'<line x1="{left}" y1="{base}" x2="{_WIDTH - right}" y2="{base}" stroke="#999"/>',
        f'<text x="{left - 4}" y="{above + 4}" text-anchor="end" fill="#555">{top:.2f}</text>',
        f'<text x="{left - 4}" y="{base}" text-anchor="end" fill="#555">0</text>',
        f'<text x="{_WIDTH - right}" y="{base + 16}" text-anchor="end" fill="#555">'
        f"{escape(tr('step {step}', step=last))}</text>",
    ]
    for place, (title, points) in enumerate(curves):
        thin = points[:: max(1, len(points) // 400)]
        line = " ".join(at(step, value) for step, value in thin)
        color = colors[place % len(colors)]
        parts.append(f'<polyline fill="none" stroke="{color}" stroke-width="1.5" points="{line}"/>')
        parts.append(f'<text x="{left + 200 * place}" y="14" fill="{color}">{escape(title)}</text>')
    return "".join(parts) + "</svg>"


def _picture(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
