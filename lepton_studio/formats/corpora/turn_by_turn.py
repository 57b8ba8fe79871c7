"""Conversations turn by turn: each turn of chosen parties is a record of its own, beside it what was said before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lepton_studio.formats.base import Conversation, Problem, Record
from lepton_studio.formats.corpora.conversations import Turns, as_lines, beside_turns, turns_in
from lepton_studio.formats.guessing.column_roles import conversation_column
from lepton_studio.formats.guessing.roles import guess_roles
from lepton_studio.language import tr
from lepton_studio.project.marks import TURNS, Marks

TEXT, CONTEXT, ROLE, PLACE = "text", "context", "role", "turn"
"""The columns of a turn: what it says, the turns before it for reading, who says it, and its number from 1."""
_BEFORE = 30
"""So many turns before it at most: else what is kept grows with the square of a long conversation."""
_OWN = (TEXT, CONTEXT, ROLE, PLACE)
_MOST_PARTIES = 8
_SEVERAL = 0.1
"""The share of conversations that have several turns, at least."""
_ENOUGH = 3
"""Conversations of different lengths, before as many words as turns are taken for a value for each turn."""


def find_talk(columns: Sequence[str], records: Sequence[Record]) -> Conversation | None:
    """The conversations of a file, by its first records; None where hardly any has several turns, or where more is
    marked on them than a reply: such marks have their places in the whole."""
    if any(one.marks is not None and one.marks != Marks(targets=one.marks.targets) for one in records):
        return None
    rows = [record.cells for record in records]
    column = TURNS if any(TURNS in cells for cells in rows) else conversation_column(columns, rows)
    if column is None:
        return None
    talks = [turns_in(cells.get(column)) or () for cells in rows]
    if sum(_goes_on(cells.get(column), turns) for cells, turns in zip(rows, talks, strict=True)) < _SEVERAL * len(
        talks
    ):
        return None
    who = Counter(role for turns in talks for role, _ in turns)
    usual = {role for role, _ in who.most_common(_MOST_PARTIES)}
    along = (name for name in columns if name not in (column, TEXT) and _goes_along(name, rows, talks))
    return Conversation(column, tuple(role for role in who if role in usual), tuple(along))


def by_turn(whole: Record | Problem, talk: Conversation, *, source: str) -> Iterator[Record | Problem]:
    """A record for each turn that `talk` takes: the cells of the conversation, those of the turn over them. `source`:
    the path being read."""
    if isinstance(whole, Problem):
        yield whole
        return
    cell = whole.cells.get(talk.column)
    if cell is None and talk.column == TURNS:  # a format that gives no turns where one party says it all
        cell = [{"role": "user", "content": whole.cells.get(TEXT)}]
    turns = turns_in(cell)
    if turns is None:
        yield Problem(whole.source or source, whole.row, tr("It has no turns with a role and a text."))
        return
    beside = beside_turns(cell) or ({},) * len(turns)
    shared, along = _cells(whole, talk, turns)
    remark = whole.remark
    for place, (role, content) in enumerate(turns):
        if not talk.takes(role):
            continue
        own = {name: value for name, value in beside[place].items() if name not in _OWN}
        own |= {name: values[place] for name, values in along.items()}
        turn = {CONTEXT: as_lines(turns[max(0, place - _BEFORE) : place]), ROLE: role, PLACE: place + 1, TEXT: content}
        yield Record(
            whole.row,
            {**turn, **shared, **own},
            raw={**own, ROLE: role, TEXT: content},
            source=whole.source,
            split=whole.split,
            skipped=whole.skipped,
            remark=remark,
            id=whole.id,
        )
        remark = ""  # said once


def columns_of_turns(records: Iterable[Record]) -> tuple[str, ...]:
    """All columns that records of turns have."""
    return tuple(dict.fromkeys((*_OWN, *(name for record in records for name in record.cells))))


def label_of_turns(records: Sequence[Record]) -> str | None:
    """The column that labels turns: one that says something of each, not of the whole conversation, and no weight."""
    rows = [record.cells for record in records]
    told = [name for name in said_of_turns(records) if not any(isinstance(cells.get(name), float) for cells in rows)]
    return guess_roles(told, rows).label


def said_of_turns(records: Iterable[Record]) -> tuple[str, ...]:
    """The text of turns, and the columns that say something of each."""
    told = (record.raw for record in records if isinstance(record.raw, Mapping))
    return tuple(dict.fromkeys((TEXT, *(name for one in told for name in one if name not in _OWN))))


def _cells(whole: Record, talk: Conversation, turns: Turns) -> tuple[dict[str, object], dict[str, list[object]]]:
    """What is said of the conversation, and what of each turn in their order. A column called as one of ours keeps its
    cells under another name; the text of a conversation that a format made of its turns is not needed."""
    shared: dict[str, object] = {}
    along: dict[str, list[object]] = {}
    for name, cell in whole.cells.items():
        pieces = _pieces(cell) if name in talk.along else []
        if len(pieces) == len(turns):
            along[name] = pieces
        elif name == TEXT and talk.column == TURNS:
            continue
        elif name != talk.column:
            shared[f"conversation.{name}" if name in _OWN else name] = cell
    return shared, along


def _goes_on(cell: object, turns: Turns) -> bool:
    """Whether there are several turns; of lines that begin with a name (From: Subject:), whether one speaks again."""
    are_lines = isinstance(cell, str) and not cell.lstrip().startswith("[")
    return len(turns) > (len({role for role, _ in turns}) if are_lines else 1)


def _goes_along(name: str, rows: Sequence[Mapping[str, object]], talks: Sequence[Turns]) -> bool:
    """Whether the cells of a column have as many parts as there are turns, in nearly every row."""
    pairs = [(cell, len(turns)) for row, turns in zip(rows, talks, strict=True) if (cell := row.get(name)) and turns]
    are_lists = all(isinstance(cell, (list, tuple)) for cell, _ in pairs)
    if not pairs or (not are_lists and len({count for _, count in pairs}) < _ENOUGH):
        return False
    return sum(len(_pieces(cell)) == count for cell, count in pairs) >= 0.95 * len(pairs)


def _pieces(cell: object) -> list[object]:
    return list(cell) if isinstance(cell, (list, tuple)) else [*cell.split()] if isinstance(cell, str) else []
