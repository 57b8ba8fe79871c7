"""What files in and out are about: rows, problems, losses, the guess how a file is to be read, and what a format must
say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.refusal import UnreadableFile as UnreadableFile
from lepton_studio.formats.tables.escapes import Escapes
from lepton_studio.formats.tables.label_cells import LabelForm
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import Split


@dataclass(frozen=True, slots=True)
class Row:
    """One text on its way in or out, with what is marked on it.

    `marks` has label names as spelled in the file, or what its table of names says for its numbers; offsets are code
    points of `text`, repaired as the guess says. `source` is the path as given; `row` is 1-based: the row a spreadsheet
    shows for tables (header counted), else the line or record; on the way out it is the sample's id. `raw` is the
    source row as read, JSON-able; on the way out it is only given to the format it is of, with `said`, the marks in it
    (see `formats.sources`). `remark` is a sentence where something of the row was not taken over. `skipped`: the file
    says that a person put it aside. `id` is its name in its file, "" for none.
    """

    text: str
    marks: Marks = Marks()
    split: Split | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    row: int = 0
    raw: object | None = None
    remark: str = ""
    skipped: bool = False
    note: str = ""
    id: str = ""
    said: Marks | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the whole text."""
        return self.marks.labels or ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be taken; `reason` is a sentence for the person, `cells` what could be read of it."""

    source: str
    row: int
    reason: str
    cells: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One row as its format sees it, before anyone asks which cell is the text: column name -> cell.

    Cells are str, or JSON values (list, dict, int, float, bool, None) where the format has types. A format of an
    annotation tool gives `marks` with offsets as they stand in the file; a table leaves it None and `Guess` says which
    columns are what. `source`: where it differs from the path being read (folders of files).
    """

    row: int
    cells: Mapping[str, object]
    raw: object | None = None
    source: str = ""
    marks: Marks | None = None
    split: Split | None = None
    skipped: bool = False
    remark: str = ""
    id: str = ""


ALL_TURNS = "*"
"""In `Conversation.each_of`: the turns of everybody."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The conversations of a file: the column that holds them, who speaks in them, the columns with a value for each
    turn, and whose turns are samples by themselves (none: a conversation is one sample); then `columns` are those of
    the file, and those of the guess are of a turn."""

    column: str
    parties: tuple[str, ...]
    along: tuple[str, ...] = ()
    each_of: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def takes(self, role: str) -> bool:
        """Whether a turn of this party is a sample."""
        return role in self.each_of or ALL_TURNS in self.each_of


ALL_TABLES = "*"
"""As `Guess.table`: all tables with the same columns (no sheet of a workbook can be called so)."""


@dataclass(frozen=True, slots=True)
class OutLabel:
    """A label as a file tells it: `kind` is "label", "span" or "relation", `color` "#rrggbb" or "" for none."""

    name: str
    color: str = ""
    key: str = ""
    description: str = ""
    kind: str = "label"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question that a guess leaves open: nothing comes in until a person has answered it.

    `about` is what a person names to answer it: a field of `Guess` ("label", "split_column", "table"...). `sentence`
    says what may be wrong, with figures; it must make sense beside a check box "import it as it is".
    """

    about: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Guess:
    """How a set of files is read. Every field may be changed with `dataclasses.replace`, then `formats.refresh`.

    `header_rows`: the last of them has the names of the columns, 0 for none; `table` is one of `tables`, or ALL_TABLES.
    `escapes` says what a backslash in a cell means, `missing` are words that mean an empty cell where a text or a label
    is expected. `odd_splits` are words of the split column that name no split, `split_words` says what they
    mean. `splits` and `file_labels` have one entry per path. Empty `encoding` or `delimiter`: the format has none to
    choose.
    `roles` names the columns that a table has beside text and label, by what a task wants (`Task.wants`): "target"
    (with "target 2"... for further ones), "second_text", "question", "answer", "rating", "spans", "turns", "media" (a
    file beside this one, which stands for the text where it is the column of the text too); "tags" where
    the text is a list of tokens, "texts" where it is one of texts, each a sample; "pairs" and "relation" where each
    text has two spans marked by signs; and what only tables of ours have: "relations", "questions", "more_targets",
    "rejected", "skipped". "suggestion" is what a model said, with how sure it was as "confidence": see
    `formats.foreign`. `label_columns` are columns of yes and no, one for each label; `more_labels` are further
    columns with a label each, `label_form` says what the cells of the label are. `fold`: rows with the same text are
    one sample with all that they say. `offsets` is how the file counts its spans, a key of `formats.offsets.SCHEMES`,
    "" for code points with the end exclusive; `wants` is what the reader's task can use. `talk`: the files hold
    conversations, and the task learns no replies; where turns are samples, the columns are those of a turn. `labels`
    are those that the files declare, used or not.
    `answered` names what a person has chosen, as `Doubt.about` does; `doubts`: what a person must say yes to, or
    change, before the rows come in.
    """

    format: str
    paths: tuple[Path, ...]
    encoding: str = ""
    delimiter: str = ""
    quoting: bool = True
    escapes: Escapes = ""
    missing: frozenset[str] = frozenset()
    header_rows: int = 0
    table: str = ""
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    text: str | None = None
    more_text: tuple[str, ...] = ()
    joiner: str = "\n"
    label: str | None = None
    more_labels: tuple[str, ...] = ()
    label_form: LabelForm = ""
    label_separator: str = ""
    label_names: Mapping[str, str] = field(default_factory=dict)
    split_column: str | None = None
    split_words: Mapping[str, Split | None] = field(default_factory=dict)
    odd_splits: tuple[str, ...] = ()
    splits: tuple[Split | None, ...] = ()
    file_labels: tuple[str, ...] = ()
    verdict: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    label_columns: tuple[str, ...] = ()
    fold: bool = False
    offsets: str = ""
    wants: tuple[str, ...] = ()
    talk: Conversation | None = None
    labels: tuple[OutLabel, ...] = ()
    answered: tuple[str, ...] = ()
    preview: tuple[Row | Problem, ...] = ()
    notices: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def by_turn(self) -> bool:
        """Whether turns of conversations are samples by themselves."""
        return self.talk is not None and bool(self.talk.each_of)

    @property
    def of_file(self) -> Guess:
        """The same with the columns of the file, for its reader."""
        return replace(self, columns=self.talk.columns) if self.talk is not None and self.by_turn else self

    def with_split(self, split: Split | None) -> Guess:
        """The same, with every row in `split`, whatever the file or its name says."""
        return replace(self, split_column=None, splits=(split,) * len(self.paths))


@dataclass(frozen=True, slots=True)
class Loss:
    """What a file out cannot hold: a sentence part ("relations between spans"), how often, and one sample it is of."""

    what: str
    count: int
    example: int | None = None


Part = Literal[
    "labels", "several_labels", "spans", "nested_spans", "relations", "questions", "several_questions", "targets",
    "several_targets", "rating", "second_text", "turns", "fields", "split", "note", "spacing", "rejected", "skipped",
    "attributes", "id",
]  # fmt: skip
"""What a file can hold beside the text. `spacing`: the text comes back to the last character. `attributes`: what a
file says of a span beside its label; `id`: the name of a sample in the file it came from."""

Write = Callable[[Path, Iterable[Row], Sequence[OutLabel]], tuple[Loss, ...]]
"""Write rows, streamed, to a path that does not exist yet (a file, or a folder to make), and return what is left out
though the format holds such parts. What it does not hold at all is left out without a word: `formats.writing.write`
counts it, and makes sure that the file appears whole or not at all."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a model of another program said of a text: what its file calls the model, its marks, and how sure it was in
    0..1, None where the file does not say.
    """

    by: str
    marks: Marks
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. A module of this package that defines `FORMAT = Format(...)` is found by `all_formats`.

    detect(head) -> confidence in 0..1; 0 for "not mine". Looks at the head only.
    describe(head) -> Guess with encoding, delimiter, columns...; may leave text and label None for `roles` to find.
        Raises UnreadableFile.
    records(path, guess) -> the rows of one file, streamed. Raises UnreadableFile, also mid-way.
    columns(path, guess) -> the column names under the guess's present settings (after the person changed them).
    of_table(head, name) -> the guess for another of its tables (a sheet, a list), one of `Guess.tables`. Raises
        UnreadableFile, where there is none of this name. None: only the columns change.
    notices(path, guess) -> what a person should know of how this file is read, in sentences.
    doubts(path, guess) -> what a person must answer before it is read.
    has_offsets -> whether its marks are places that the file counts, and may have counted otherwise than we do.
    marks_of(raw, text) -> what a source row (`Row.raw`) of this format says of this text, offsets as they stand in it;
        None where it is none. Only for formats of tools, whose records have a shape of their own.
    foreign_of(raw, text, wants) -> what a model said of this text in a source row, offsets as they stand in it; None
        where none did.
    write, holds, suffix -> how to write it, what it can hold, and its usual file ending ("" for a folder); None: the
        format is only read.
    """

    id: str
    title: str
    detect: Callable[[FileStart], float]
    describe: Callable[[FileStart], Guess]
    records: Callable[[Path, Guess], Iterator[Record | Problem]]
    columns: Callable[[Path, Guess], tuple[str, ...]] = lambda path, guess: guess.columns
    of_table: Callable[[FileStart, str], Guess] | None = None
    notices: Callable[[Path, Guess], Sequence[str]] = lambda path, guess: ()
    doubts: Callable[[Path, Guess], Sequence[Doubt]] = lambda path, guess: ()
    has_offsets: bool = True
    marks_of: Callable[[Any, str], Marks | None] | None = None
    foreign_of: Callable[[Any, str, Sequence[str]], Foreign | None] | None = None
    write: Write | None = None
    holds: frozenset[Part] = frozenset()
    suffix: str = ""
