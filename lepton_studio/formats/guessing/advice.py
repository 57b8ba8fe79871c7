"""What a person should know about a guess, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from lepton_studio.formats.base import Guess
from lepton_studio.formats.encoding import ENCODINGS
from lepton_studio.formats.guessing.constants import says_one_thing
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.guessing.label_columns import numbered_columns
from lepton_studio.formats.guessing.other_kinds import why_refused
from lepton_studio.formats.guessing.roles import names_label
from lepton_studio.formats.values import as_text, confidence
from lepton_studio.language import tr, trn

_USUAL_ENCODINGS = {"", "utf-8", "utf-16"}


def notices(guess: Guess, rows: Sequence[Mapping[str, object]], *, is_marked: bool = False) -> list[str]:
    """What is uncertain or unusual about reading these files so; `rows` are sampled cells, `is_marked`: the format says
    by itself what is marked."""
    said = []
    if guess.text is None:
        said.append(tr("No column looks like text. Choose one."))
    if guess.encoding not in _USUAL_ENCODINGS:
        title = dict(ENCODINGS).get(guess.encoding, guess.encoding)
        said.append(
            tr("This file is not in Unicode; it is read as {encoding}. Check the accented letters.", encoding=title)
        )
    spilled = spilled_columns(guess, rows)
    if spilled:
        said.append(
            tr(
                "In some rows there is text in columns without a name ({columns}). It is kept as extra "
                "fields and can be joined to the text.",
                columns=", ".join(spilled),
            )
        )
    if guess.label_columns:
        names = ", ".join(guess.label_columns)
        said.append(tr("Each of these columns is a label, on or off in each row: {columns}.", columns=names))
        if any(all(as_text(row.get(name)).strip() == "" for name in guess.label_columns) for row in rows):
            said.append(tr("Rows where all of them are empty are imported unlabelled."))
    if guess.more_labels:
        names = ", ".join((guess.label or "", *guess.more_labels))
        said.append(tr("Each of these columns can give a label: {columns}.", columns=names))
    elif guess.label is not None and (more := numbered_columns(guess.columns, guess.label)):
        names = ", ".join(more)
        said.append(
            tr("Only {label} is used as the label; kept as fields: {columns}.", label=guess.label, columns=names)
        )
    if guess.label_form == "flags" and not guess.label_names:
        said.append(
            tr(
                "{column} holds a 0 or 1 for each label but no names, so they are called label_0, label_1 "
                "and so on. To name them, add a file classes.txt with one name per line.",
                column=guess.label,
            )
        )
    if guess.label_separator:
        separator = guess.label_separator.replace("\n", "⏎")
        said.append(tr("Cells with “{separator}” hold several labels.", separator=separator))
    said += _of_suggestions(guess, rows)
    said += _of_odd_splits(guess, rows)
    if "pairs" in guess.roles:
        relation = guess.roles.get("relation")
        if relation:
            said.append(
                tr(
                    "The pair marked in each text is imported as two spans; {column} gives their relation.",
                    column=relation,
                )
            )
        else:
            said.append(tr("The pair marked in each text is imported as two spans; no column gives their relation."))
    if "texts" in guess.roles:
        said.append(tr("Cells of {column} hold several texts; each one becomes a sample.", column=guess.roles["texts"]))
    if guess.fold:
        said.append(tr("Rows with the same text become one sample that keeps the content of all of them."))
    said += _of_conversations(guess)
    if not is_marked and not _has_answers(guess):
        constant = [name for name in guess.columns if names_label(name) and says_one_thing(name, rows)]
        said += [
            tr("{column} is “{value}” in every row, so it is not used as the label.",
               column=name, value=as_text(rows[0].get(name))[:60])
            for name in constant[:1]
        ]  # fmt: skip
    if len(guess.columns) > 1 and not is_marked and not _has_answers(guess):
        said.append(tr("No column is used as the label: the samples will be imported unlabelled."))
    return said


def _of_suggestions(guess: Guess, rows: Sequence[Mapping[str, object]]) -> list[str]:
    column, sure = guess.roles.get("suggestion"), guess.roles.get("confidence")
    if column is None:
        return []
    said = [tr("What {column} says is kept as suggestions, not as labels.", column=column)]
    cells = [as_text(row.get(sure)).strip() for row in rows] if sure else []
    odd = next((cell for cell in cells if cell and confidence(cell) is None), None)
    if odd is not None:
        said.append(
            tr(
                "“{cell}” in {column} is no confidence: numbers from 0 to 1 are, and percentages with their sign. Such "
                "suggestions are kept without one.",
                cell=odd[:40],
                column=sure,
            )
        )
    return said


def _of_odd_splits(guess: Guess, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """What becomes of rows with a word in the column of splits that names none."""
    cells = Counter(as_text(row.get(guess.split_column or "")).strip() for row in rows)
    said = []
    for word in guess.odd_splits:
        if word in guess.split_words:
            continue
        said.append(
            trn(
                "“{word}” in the column {column} is not a split: {count} of the first rows will be "
                "imported without one, unless you say what the word means.",
                "“{word}” in the column {column} is not a split: {count} of the first rows will be "
                "imported without one, unless you say what the word means.",
                cells[word],
                word=word,
                column=guess.split_column,
            )
        )
    return said


def _of_conversations(guess: Guess) -> list[str]:
    """What comes of the conversations, where the task has no use for whole ones."""
    if guess.talk is None:
        return []
    if not guess.by_turn:
        return [tr("These are conversations: each one becomes a sample, unless you choose to make each turn a sample.")]
    said = [tr("Each turn becomes a sample; the turns before it are kept as the field “context”.")]
    if "second_text" in guess.wants and "second_text" not in guess.roles:
        said.append(tr("Choose “context” as the second text if the model should read it too."))
    return said


def _has_answers(guess: Guess) -> bool:
    """Whether any column gives what is to be learnt."""
    if guess.label is not None or guess.label_columns or any(guess.file_labels):
        return True
    return bool({"target", "rating", "spans", "answer", "turns", "questions", "pairs", "tags"} & set(guess.roles))


def spilled_columns(guess: Guess, rows: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    """Nameless columns behind the text column with something in a few rows: text that was cut at the delimiter."""
    if guess.text not in guess.columns or not guess.header_rows:
        return ()
    behind = guess.columns[guess.columns.index(guess.text) + 1 :]
    nameless = [name for name in behind if name.startswith("column ") and name.removeprefix("column ").isdigit()]
    return tuple(name for name in nameless if any(as_text(row.get(name)) for row in rows))


def left_out(names: Sequence[str]) -> str:
    """The sentence for files that are not read."""
    shown = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
    return tr("Not read: {files}.", files=shown)


def wrong_kind(head: FileStart) -> str:
    """Why a file is refused, and what to do."""
    name = head.path.name
    if head.is_folder:
        return tr("{folder} has no files that can be read.", folder=name)
    if refusal := why_refused(head):
        return refusal
    if head.kind in {"zip", "gzip"}:
        return tr("{file} is compressed. Unpack it first.", file=name)
    if head.suffix == ".xmi":
        return tr("{file} is UIMA XMI. Export it from INCEpTION as WebAnno TSV 3 and open that.", file=name)
    if head.text.startswith("<?xml"):
        return tr("{file} is XML, which cannot be read. Save it as a table, as JSON or as plain text.", file=name)
    return tr(
        "{file} is not text ({kind}). Choose a table, a JSON file or a text file.",
        file=name,
        kind=head.kind or "binary",
    )
