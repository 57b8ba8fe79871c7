"""The guess: which files belong together, how they are read, which column is what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lepton_studio.formats.base import ALL_TURNS, Guess, UnreadableFile
from lepton_studio.formats.corpora.conversations import party
from lepton_studio.formats.corpora.turn_by_turn import TEXT, columns_of_turns, label_of_turns, said_of_turns
from lepton_studio.formats.corpora.turn_lines import is_beside
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.documents.documents import natural
from lepton_studio.formats.documents.parallel_lines import labels_beside
from lepton_studio.formats.documents.parallel_text import written_beside
from lepton_studio.formats.guessing import advice
from lepton_studio.formats.guessing.column_roles import guess_table
from lepton_studio.formats.guessing.file_start import FileStart, look_at
from lepton_studio.formats.guessing.from_rows import said_of_labels, sample_of, with_offsets, with_preview, with_roles
from lepton_studio.formats.guessing.label_columns import label_cells
from lepton_studio.formats.guessing.label_tables import TABLE_NAMES, is_support_file
from lepton_studio.formats.guessing.recognition import describe
from lepton_studio.formats.guessing.roles import Roles
from lepton_studio.formats.misshapen import refused
from lepton_studio.formats.packed import unpacked
from lepton_studio.formats.reading import cannot_open
from lepton_studio.formats.splits import split_named
from lepton_studio.formats.tools.comprehend import is_annotated_beside
from lepton_studio.language import tr, trn

_MOST_FILES = 5000
_SHOWN_REFUSALS = 5
_UNION_OF_COLUMNS = {"json", "jsonl"}
_FEELINGS = {"pos", "neg", "neu", "positive", "negative", "neutral", "spam", "ham", "subjective", "objective"}


@dataclass(slots=True)
class _Group:
    """Files that one guess reads."""

    guess: Guess
    heads: list[FileStart] = field(default_factory=list)
    columns: list[tuple[str, ...]] = field(default_factory=list)


def sniff(paths: Sequence[Path | str], *, format: str | None = None, wants: Sequence[str] = ()) -> Guess:
    """How to read these files as one set: the largest set, where they differ in kind; the notices name the rest.

    Looks at the head of each file (256 KiB, 2 MiB for quoting), and at its marks for how they are counted. `format` is
    an id of `all_formats` to read them as, `wants` what the task can use (`Task.wants`). Raises UnreadableFile.
    """
    first, *others = sniff_all(paths, format=format, wants=wants)
    left = [path.name for other in others for path in other.paths]
    return replace(first, notices=(*first.notices, advice.left_out(left))) if left else first


def sniff_all(
    paths: Sequence[Path | str], *, format: str | None = None, wants: Sequence[str] = ()
) -> tuple[Guess, ...]:
    """A guess for each set of files that are read alike, the one with most bytes first. Raises UnreadableFile."""
    if format is not None and format not in all_formats():
        known = ", ".join(all_formats())
        raise UnreadableFile(tr("Unknown format {format}. Choose one of: {known}.", format=format, known=known))
    with refused([Path(path) for path in paths]):
        return _sniff_all([Path(path) for path in paths], format, wants=wants)


def _sniff_all(paths: Sequence[Path], format: str | None, *, wants: Sequence[str]) -> tuple[Guess, ...]:
    heads, support = _heads(_expand(unpacked(paths)), format)
    groups: list[_Group] = []
    refused: list[str] = []
    for head in heads:
        try:
            _join(groups, head, describe(head, format))
        except UnreadableFile as error:
            refused.append(str(error))
    if not groups:
        raise UnreadableFile(refused[0] if refused else tr("There is nothing to read here."))
    groups.sort(key=lambda group: -sum(head.size for head in group.heads))
    first, *others = (_complete(group, wants=tuple(wants)) for group in groups)
    # what stands off is read with its text, labels of turns with their turns
    together = (is_beside, is_annotated_beside)
    unused = [path.name for path in support if path.suffix != ".ann" and not any(one(path) for one in together)]
    unused = [name for name in unused if not first.label_names or name not in TABLE_NAMES]
    if any(one.labels for one in (first, *others)):
        unused = [name for name in unused if not name.endswith(".xml")]
    shown = [*refused[:_SHOWN_REFUSALS]]
    if len(refused) > _SHOWN_REFUSALS:
        rest = len(refused) - _SHOWN_REFUSALS
        shown.append(trn("{count} more file cannot be read.", "{count} more files cannot be read.", rest))
    notices = (*shown, *([advice.left_out(unused)] if unused else []))
    return (replace(first, notices=(*first.notices, *notices)), *others)


def refresh(guess: Guess, *, before: Guess | None = None) -> Guess:
    """The guess after a person changed it: columns, notices and preview as the settings now give them.

    Roles are guessed anew only where the text column is gone; a label or split column that is gone becomes None.
    `before` is the guess that was changed: where another column is the label now, or that of suggestions where there is
    no label, how its cells say labels is found out anew.
    Raises UnreadableFile.
    """
    chosen = all_formats()[guess.format]
    try:
        file = guess.of_file
        columns = tuple(dict.fromkeys(name for path in guess.paths for name in chosen.columns(path, file)))
        if guess.talk is not None and guess.by_turn:
            guess = replace(guess, talk=replace(guess.talk, columns=columns))
            columns = columns_of_turns(sample_of(guess))
    except OSError as error:
        raise UnreadableFile(cannot_open(guess.paths[0], error)) from error
    except (UnicodeError, LookupError) as error:
        sentence = tr("These files are not encoded as {encoding}. Choose another encoding.", encoding=guess.encoding)
        raise UnreadableFile(sentence) from error
    here = set(columns)
    changed = replace(
        guess,
        columns=columns,
        text=guess.text if guess.text in here else None,
        label=guess.label if guess.label in here else None,
        split_column=guess.split_column if guess.split_column in here else None,
        verdict=guess.verdict if guess.verdict in here else None,
        more_text=tuple(name for name in guess.more_text if name in here),
        label_columns=tuple(name for name in guess.label_columns if name in here),
        more_labels=tuple(name for name in guess.more_labels if name in here),
        roles={role: name for role, name in guess.roles.items() if name in here},
    )
    if not changed.text:
        return with_preview(with_roles(changed))
    column = _says_labels(changed)
    if before is not None and column is not None and column != _says_labels(before):
        rows = [record.cells for record in sample_of(changed)]
        found = replace(label_cells(rows, column), label=changed.label)
        changed = replace(changed, **said_of_labels(found, {}))
    return with_preview(changed)


def _says_labels(guess: Guess) -> str | None:
    return guess.label or guess.roles.get("suggestion")


def each_turn(guess: Guess, *, of: Sequence[str]) -> Guess:
    """The guess with each turn of these parties (`ALL_TURNS`: of everybody) as a sample by itself, with what was said
    before it as the field `context`; with none of them, as `sniff` guessed it. What the columns are is guessed anew.

    Raises UnreadableFile where there are no conversations, or nobody is called so.
    """
    if not of:
        whole = sniff(guess.paths, format=guess.format, wants=guess.wants)
        if whole.talk is None or not whole.by_turn:
            return whole
        asked, columns = replace(whole.talk, each_of=(), columns=()), whole.of_file.columns
        plain = replace(whole, columns=columns, text=asked.column, label=None, label_columns=(), roles={})
        return refresh(replace(plain, talk=asked))
    file, talk = guess.paths[0].name, guess.talk
    if talk is None:
        raise UnreadableFile(tr("{file} has no conversations whose turns could be samples.", file=file))
    parties = tuple(dict.fromkeys(map(party, of)))
    for one in parties:
        if one not in (ALL_TURNS, *talk.parties):
            known = ", ".join(talk.parties)
            raise UnreadableFile(tr("{file} has no role {role}. Its roles: {known}.", file=file, role=one, known=known))
    talk = replace(talk, each_of=parties, columns=guess.of_file.columns)
    guess = replace(guess, talk=talk, text=TEXT, more_text=(), verdict=None, fold=False)
    records = sample_of(guess)
    table = guess_table(
        said_of_turns(records),
        [record.cells for record in records],
        Roles(TEXT, label_of_turns(records)),
        wants=guess.wants,
        is_typed=True,
    )
    guess = replace(
        guess,
        columns=columns_of_turns(records),
        **said_of_labels(table, guess.label_names),
        roles=table.roles,
    )
    return with_preview(with_offsets(guess))


def choose_table(guess: Guess, name: str) -> Guess:
    """The guess for another table of its files: a sheet, a list. Its header and its columns are guessed anew.

    Raises UnreadableFile where a file has no table of this name.
    """
    of_table = all_formats()[guess.format].of_table
    answered = tuple(dict.fromkeys((*guess.answered, "table")))
    if of_table is None:
        return refresh(replace(guess, table=name, answered=answered))
    try:
        heads = [look_at(path) for path in guess.paths]
    except OSError as error:
        raise UnreadableFile(cannot_open(guess.paths[0], error)) from error
    other = replace(of_table(heads[0], name), paths=guess.paths, answered=answered)
    return _complete(_Group(other, heads, [other.columns] * len(heads)), wants=guess.wants)


def choose_header(guess: Guess, row: int) -> Guess:
    """The guess with the names of the columns in this row, 0 for none; what the columns are is guessed anew."""
    plain = replace(guess, header_rows=row, text=None, label=None, split_column=None, label_columns=(), roles={})
    return refresh(plain)


def choose_columns(guess: Guess, *, text: str | None = None, label: str | None = None) -> Guess:
    """The guess with these columns in place of those guessed. Raises UnreadableFile where a file has no such column."""
    for name in (text, label):
        if name is not None and name not in guess.columns:
            known = ", ".join(guess.columns)
            raise UnreadableFile(
                tr(
                    "{file} has no column {name}. Its columns: {known}.",
                    file=guess.paths[0].name,
                    name=name,
                    known=known,
                )
            )
    text = text or guess.text
    label = label or (None if guess.label == text else guess.label)
    return refresh(replace(guess, text=text, label=label), before=guess)


def _expand(paths: Sequence[Path]) -> list[Path]:
    """Folders that no format reads as a whole become the files in them."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir() and not any(one.detect(look_at(path)) for one in all_formats().values()):
            visible = [file for file in path.rglob("*") if file.is_file() and not _is_hidden(file.relative_to(path))]
            found += unpacked(sorted(visible, key=lambda file: (file.parent, natural(file))))
        else:
            found.append(path)
    if len(found) > _MOST_FILES:
        raise UnreadableFile(tr("There are {count} files: choose fewer at a time.", count=len(found)))
    return found


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _heads(paths: Sequence[Path], format: str | None) -> tuple[list[FileStart], list[Path]]:
    """The heads of the files with data; the paths of those that are only about the data."""
    labels = {} if format else {labels_beside(path): path for path in paths if path.is_file()}
    wanted = [path for path in dict.fromkeys(paths) if path not in labels or labels[path] not in paths]
    if format in (None, "parallel_text"):
        wanted = [path for path in wanted if not (path.is_file() and written_beside(path) in wanted)]
    support = [path for path in wanted if is_support_file(path)] if format is None else []
    data = [path for path in wanted if path not in support] or wanted
    try:
        return [look_at(path) for path in data], [path for path in support if path not in data]
    except OSError as error:
        raise UnreadableFile(cannot_open(Path(str(error.filename)), error)) from error


def _join(groups: list[_Group], head: FileStart, guess: Guess) -> None:
    """Put the file to the group it is read like, or begin a new one."""
    for group in groups:
        if merged := _merged(group.guess, guess):
            group.guess = merged
            group.heads.append(head)
            group.columns.append(guess.columns)
            return
    groups.append(_Group(guess, [head], [guess.columns]))


def _merged(one: Guess, other: Guess) -> Guess | None:
    """One guess for both where they agree; ASCII agrees with all encodings that extend it, JSON records may have
    different keys."""
    encodings = {"utf-8" if name == "utf-8-sig" else name for name in (one.encoding, other.encoding)}
    if not any(name.startswith(("utf-16", "utf-32")) for name in encodings):
        encodings -= {"ascii"}
    if len(encodings) > 1 or one.format in {"class_folders", "datasets"}:
        return None
    if one.delimiter and "" in (one.escapes, other.escapes):
        escapes, missing = one.escapes or other.escapes, one.missing & other.missing
        one, other = (replace(each, escapes=escapes, missing=missing) for each in (one, other))
    columns = one.columns
    is_fixed = one.text is not None and one.text == other.text
    if one.format == other.format and (is_fixed or one.format in _UNION_OF_COLUMNS):
        shared = set(one.columns) & set(other.columns)
        if not is_fixed and len(shared) <= 0.5 * min(len(one.columns), len(other.columns)):
            return None
        columns = tuple(dict.fromkeys((*one.columns, *other.columns)))
        other = replace(other, columns=columns)
    encoding = encodings.pop() if encodings else one.encoding
    same = replace(other, paths=one.paths, encoding=encoding) == replace(one, columns=columns, encoding=encoding)
    return replace(one, paths=(*one.paths, *other.paths), columns=columns, encoding=encoding) if same else None


def _complete(group: _Group, *, wants: tuple[str, ...]) -> Guess:
    """The group's guess with splits, roles, way of counting, label names, preview and notices."""
    guess = replace(group.guess, wants=wants)
    if wants and not {"label", "rating"} & set(wants):
        guess = replace(guess, label=None)  # what a format knows as the label is an extra field here
    if guess.format == "lines" and _are_documents(group.heads):
        guess = replace(all_formats()["documents"].describe(group.heads[0]), paths=guess.paths)
    if guess.encoding in {"ascii", "utf-8-sig"}:
        guess = replace(guess, encoding="utf-8")
    guess = replace(
        guess,
        splits=tuple(None if path.is_dir() else split_named(path.name) for path in guess.paths),
        file_labels=_labels_in_names(guess.paths) if guess.format == "lines" else (),
    )
    guess = with_roles(guess)
    lacking = [
        head for head, columns in zip(group.heads, group.columns, strict=True) if guess.text not in (None, *columns)
    ]
    if 0 < len(lacking) < len(group.heads):
        kept = [place for place, path in enumerate(guess.paths) if path not in {head.path for head in lacking}]
        guess = replace(guess, paths=tuple(guess.paths[place] for place in kept))
        guess = replace(guess, splits=tuple(guess.splits[place] for place in kept) if guess.splits else ())
    guess = with_preview(with_offsets(guess))
    if guess.talk is not None and guess.text not in (TEXT, guess.talk.column):
        guess = each_turn(guess, of=(ALL_TURNS,))  # the column that looked like a text is a name of the conversation
    left = [head.path.name for head in lacking] if guess.paths != group.guess.paths else []
    return replace(guess, notices=(*guess.notices, advice.left_out(left))) if left else guess


def _are_documents(heads: Sequence[FileStart]) -> bool:
    """Many small text files without a split in their names are rather a text each."""
    small = all(head.complete and len(head.lines()) < 40 for head in heads)
    return len(heads) >= 5 and small and not any(split_named(head.path.name) for head in heads)


def _labels_in_names(paths: Sequence[Path]) -> tuple[str, ...]:
    """`review_positive`, `review_negative`: the one word of feeling in each name, if each has one and they differ."""
    words = [[word for word in re.split(r"[\W_]+", path.name.lower()) if word in _FEELINGS] for path in paths]
    found = tuple(one[0] if len(one) == 1 else "" for one in words)
    return found if all(found) and len(set(found)) > 1 else ()
