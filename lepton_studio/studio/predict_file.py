"""A tuned model over a file: the person's own table comes back with what the model says of each row."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_studio.contract.task import Input, Task
from lepton_studio.formats import Guess, Problem, Row, UnreadableFile, choose_table, each_turn, refresh, sniff_all
from lepton_studio.formats.reading import read_beside
from lepton_studio.formats.tables.cell_tables import (
    MOST_EXCEL_CHARACTERS,
    MOST_EXCEL_ROWS,
    TABLE_KINDS,
    Cells,
    CellSpool,
    Changed,
    cell_spool,
    write_cells,
)
from lepton_studio.language import tr, trn
from lepton_studio.os_words import reason_of
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.project.marks import MEDIA, media_name
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunId, RunRecord
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.unsure import read_unsure
from lepton_studio.studio.answer_cells import AnswerCells
from lepton_studio.studio.incoming_media import media_beside
from lepton_studio.studio.naming import fields_in
from lepton_studio.studio.needs import need_of_prediction
from lepton_studio.studio.predicting import PredictionFailed, predict_inputs, run_with_model
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.studio.tuning import run_folder
from lepton_studio.tasks import task_named

_SHOWN = 500
_COUNTED_BY_ROW = {"csv", "excel"}
"""Formats whose row numbers count blank rows too: a gap in them is a blank row."""
_NUMBER, _PROBLEM = "\0number", "\0problem"
"""Columns of the spool that no file has."""


@dataclass(frozen=True, slots=True)
class InWords:
    """One prediction for a table: its text, what is said of it in a few words, and how sure that is."""

    text: str
    words: str
    score: float


@dataclass(frozen=True, slots=True)
class PredictSummary:
    """What stands in `output`: how many `texts` were predicted, of `rows` in all; the rows that could not be read; the
    first predictions in words; sentences on texts that the model may read less well, and on cells that could not be
    written as they are."""

    run: RunRecord
    output: Path
    texts: int
    rows: int
    problems: tuple[Problem, ...]
    first: tuple[InWords, ...]
    notices: tuple[str, ...]


def beside(source: Path, *, kind: str = "") -> Path:
    """Where the predictions of a file go when nobody says: beside it, in the same kind of table (else CSV), under a
    name that is free. `kind`: a key of TABLE_KINDS instead."""
    suffix = kind or (source.suffix.lower() if source.suffix.lower() in TABLE_KINDS else ".csv")
    name, number = f"{source.stem}-predicted", 1
    while (found := source.with_name(f"{name}{'' if number == 1 else f'-{number}'}{suffix}")).exists():
        number += 1
    return found


def guess_input(
    path: Path,
    task: Task[Any],
    *,
    text: str | None = None,
    table: str | None = None,
    format: str | None = None,
    turns_of: Sequence[str] = (),
) -> Guess:
    """How the file is read, each row by itself; `text` None where it is not known which column that is.

    Raises UnreadableFile, and PredictionFailed where there is no column `text`.
    """
    guess = sniff_all([path], format=format, wants=task.wants)[0]
    if table is not None:
        guess = choose_table(guess, table)
    guess = dataclasses.replace(guess, fold=False)
    if turns_of:
        guess = each_turn(guess, of=turns_of)
    if text is None:
        return guess
    if guess.columns and text not in guess.columns:
        columns = ", ".join(guess.columns)
        said = tr(
            "{file} has no column “{column}”. Its columns: {columns}.", file=path.name, column=text, columns=columns
        )
        raise PredictionFailed(said)
    return refresh(dataclasses.replace(guess, text=text, more_text=()))


def predict_file(
    project: Project,
    run_id: RunId | None = None,
    *,
    input: Path,
    output: Path,
    text: str | None = None,
    table: str | None = None,
    format: str | None = None,
    turns_of: Sequence[str] = (),
    guess: Guess | None = None,
    scores: bool = False,
    children: Children | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
) -> PredictSummary:
    """Predict each text of `input` with a run's model (None: the newest that has one), in this thread.

    The work is done in a child of `children`; `on_wait` is told why there is none yet.
    `text` names the column when the guess is not right, `table` the sheet or the list; `turns_of`: see
    `formats.each_turn`; `guess` instead of these: one of `guess_input` that the person has looked at. `output` has the
    rows of the input in their order with all their columns, blank rows and those that could not be read too, and after
    them the columns of `AnswerCells` ("unsure" where the model is to leave some to a person), and "problem" where a row
    has one; a name that is taken gets a number, in JSON Lines a column of the file called like one of ours becomes
    "source label". The file appears whole, in place of an
    older one. `progress` counts texts. Raises PredictionFailed, UnreadableFile, Cancelled, ProjectError.
    """
    run = run_with_model(project, run_id)
    task = task_named(project.task_id)
    _check_output(input, output)
    guess = guess or guess_input(input, task, text=text, table=table, format=format, turns_of=turns_of)
    if guess.columns and guess.text is None:
        raise UnreadableFile(tr("Choose which column of {file} holds the text.", file=input.name))
    wants_objects = output.suffix.lower() == ".jsonl"
    unsure = read_unsure(run_folder(project, run).model)
    below = None if unsure is None else unsure.below
    cells = AnswerCells(task, project.labels(), scores=scores, as_objects=wants_objects, below=below)
    problems: list[Problem] = []
    first: list[InWords] = []
    captions: dict[int, str] = {}
    said_of_model: list[str] = []
    with cell_spool(guess.columns) as own:
        most = MOST_EXCEL_ROWS if output.suffix.lower() == ".xlsx" else None
        inputs = _inputs(guess, task, own, problems, captions, most=most)
        answers = predict_inputs(
            project,
            run.id,
            inputs,
            need=lambda model: need_of_prediction(model, tr("Predicting {file}", file=input.name)),
            children=children,
            progress=progress,
            should_stop=should_stop,
            on_wait=on_wait,
            on_notice=said_of_model.append,
        )
        with closing(answers), cell_spool() as said:
            for answer in answers:
                if answer.id in captions:
                    first.append(InWords(captions[answer.id], cells.words(answer), answer.score))
                said.add(cells.of(answer))
            if not said.count:
                raise PredictionFailed(tr("{file} has no text to predict.", file=input.name))
            text_of_file = "text" if guess.text == "text" and not guess.more_text else ""
            names = (
                _names_of_objects(own, said, text_of_file=text_of_file) if wants_objects else _names_of_table(own, said)
            )
            rows = _joined(own, said, names)
            try:
                changed = write_cells(output, rows, columns=names.all if problems else names.all[:-1])
            except OSError as error:
                why = reason_of(error)
                raise PredictionFailed(tr("Cannot write {path}: {why}.", path=output, why=why)) from error
            texts, count = said.count, own.count
    return PredictSummary(
        run,
        output,
        texts,
        count,
        tuple(problems),
        tuple(first),
        (*_unsure(cells, below=below), *said_of_model, *_notices(changed)),
    )


def _unsure(cells: AnswerCells, *, below: float | None) -> tuple[str, ...]:
    """How many are marked for a person, where the model is not to answer everything."""
    if below is None:
        return ()
    sentence = trn(
        "{count:,} text is marked as unsure, for a person to check: its confidence is below {below}.",
        "{count:,} texts are marked as unsure, for a person to check: their confidence is below {below}.",
        cells.unsure,
        below=per_cent(below),
    )
    return (sentence,)


def _check_output(source: Path, output: Path) -> None:
    if output.suffix.lower() not in TABLE_KINDS:
        kinds = ", ".join(TABLE_KINDS)
        raise PredictionFailed(
            tr("Cannot tell the type of {file}. Its name must end in one of: {kinds}.", file=output.name, kinds=kinds)
        )
    if output.exists() and source.exists() and output.samefile(source):
        raise PredictionFailed(tr("{file} is the input file. Choose another name for the output.", file=output.name))


def _inputs(
    guess: Guess,
    task: Task[Any],
    own: CellSpool,
    problems: list[Problem],
    captions: dict[int, str],
    *,
    most: int | None,
) -> Iterator[tuple[int, Input]]:
    """The texts with their numbers; all rows, those without a text too, go into `own` on the way, and what the first
    are called into `captions`."""
    counts_rows = guess.format in _COUNTED_BY_ROW and len(guess.paths) == 1
    expected, number = guess.header_rows + 1, 0
    for record, row in read_beside(guess):
        if counts_rows:
            for _ in range(expected, record.row):
                own.add({})
            expected = record.row + 1
        if most is not None and own.count > most:
            raise PredictionFailed(
                tr("There are more rows than a workbook can hold ({most:,}). Save the predictions as CSV.", most=most)
            )
        if isinstance(row, Problem):
            problems.append(row)
            own.add({**record.cells, _PROBLEM: row.reason})
        else:
            given = _given(row, task)
            if isinstance(given, Problem):
                problems.append(given)
                own.add({**record.cells, _PROBLEM: given.reason})
                continue
            number += 1
            if number <= _SHOWN:
                captions[number] = row.text or media_name(row.fields)
            own.add({**record.cells, _NUMBER: number})
            yield number, given


def _given(row: Row, task: Task[Any]) -> Input | Problem:
    """What a model reads of a row, its file where that lies."""
    given = task.input(row.text, fields_in(row, task))
    if MEDIA not in task.reads or MEDIA not in row.fields:
        return given
    file = media_beside(row)
    return file if isinstance(file, Problem) else dataclasses.replace(given, media=file)


@dataclass(frozen=True, slots=True)
class _Names:
    """What each column of the two sides is called in the file out, and all of these in order, `problem` last."""

    own: Mapping[str, str]
    said: Mapping[str, str]
    problem: str
    all: tuple[str, ...]


def _names_of_table(own: CellSpool, said: CellSpool) -> _Names:
    """The columns of the file keep their names."""
    mine = _own_columns(own)
    ours = _renamed([*said.columns, "problem"], taken=mine, how="{name}")
    return _Names({name: name for name in mine}, ours, ours["problem"], (*mine, *ours.values()))


def _names_of_objects(own: CellSpool, said: CellSpool, *, text_of_file: str) -> _Names:
    """The names that programs look for stay; `text_of_file`: the column that "text" repeats, "" for none."""
    ours = [*said.columns, "problem"]
    mine = _renamed(_own_columns(own), taken=ours, how="source {name}", but=text_of_file)
    order = dict.fromkeys(("text", *mine.values(), *ours))
    return _Names(mine, {name: name for name in ours}, "problem", tuple(order))


def _own_columns(own: CellSpool) -> list[str]:
    return [name for name in own.columns if name not in (_NUMBER, _PROBLEM)]


def _renamed(names: Iterable[str], *, taken: Iterable[str], how: str, but: str = "") -> dict[str, str]:
    """A name for each that is not taken: as it is, else as `how` says, else with a number."""
    used = set(taken)
    found = {}
    for name in names:
        wanted, number = name, 1
        while wanted in used and name != but:
            plain = how.format(name=name)
            wanted, number = plain if number == 1 else f"{plain} ({number})", number + 1
        used.add(wanted)
        found[name] = wanted
    return found


def _joined(own: CellSpool, said: CellSpool, names: _Names) -> Iterator[Cells]:
    """The rows of the file, each with what is said of its text: the answers stand in the order of the texts."""
    answers = iter(said)
    for row in own:
        number, problem = row.pop(_NUMBER, None), row.pop(_PROBLEM, None)
        found: dict[str, object] = {names.own[name]: cell for name, cell in row.items()}
        if number is not None:
            found |= {names.said[name]: cell for name, cell in next(answers).items()}
        if problem is not None:
            found[names.problem] = problem
        yield found


def _notices(changed: Changed) -> tuple[str, ...]:
    found = []
    if changed.quoted:
        found.append(
            trn(
                "{count} cell that a spreadsheet would take for a formula was given a leading apostrophe.",
                "{count} cells that a spreadsheet would take for formulas were given a leading apostrophe.",
                changed.quoted,
            )
        )
    if changed.cut:
        found.append(
            trn(
                "{count} cell was cut at {most:,} characters, the limit for a cell of a workbook; CSV keeps it whole.",
                "{count} cells were cut at {most:,} characters, the limit for a cell of a workbook; CSV "
                "keeps them whole.",
                changed.cut,
                most=MOST_EXCEL_CHARACTERS,
            )
        )
    return tuple(found)
