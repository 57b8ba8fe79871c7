"""What the source of a sample said of it, on the way out: names, scores and attributes of the marks that still stand as
they came, and the record itself where it goes back to the format it is of.

`Row.raw` with `Row.said` beside it is such a record; a writer keeps of it what it does not have to change.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from lepton_studio.formats.base import Row
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.marks_json import BadMarks, questions_from_json, relations_from_json, spans_from_json
from lepton_studio.formats.misshapen import MISSHAPEN
from lepton_studio.formats.offsets import SCHEMES, Repaired, repair
from lepton_studio.project.connection import one_line
from lepton_studio.project.marks import Marks, QuestionMark, RelationMark, SpanMark

Said = Literal["labels", "spans", "relations", "questions", "targets", "rating"]
"""What marks say something of."""
_ALL: tuple[Said, ...] = ("labels", "spans", "relations", "questions", "targets", "rating")


@dataclass(slots=True)
class Sources:
    """The sources of the samples that go out to one file of the format `format_id`, "" for none.

    `scheme` is how the offsets of the last source were counted whose marks all stand still: most likely that of the
    next one; None: no such source yet.
    """

    format_id: str = ""
    scheme: str | None = None

    def told(self, row: Row, raw: object) -> Row:
        """The row with what `raw`, the source row of its sample, says of marks that still stand as they came; and with
        `raw` and `said` where it is a record of the format.

        A record is not given back where its marks were all taken away: it would bring them again.
        """
        found = _record_of(raw, row.text)
        if found is None:
            return row
        source, said = found
        said, self.scheme = _placed(said, row, known=self.scheme)
        marks = _named(row.marks, said)
        emptied = _says_nothing(marks) and not _says_nothing(said)
        if source != self.format_id or emptied:
            return replace(row, marks=marks)
        return replace(row, marks=marks, raw=raw, said=said)


def unchanged(row: Row) -> frozenset[Said]:
    """What `Row.raw` says as the row does, and what the row says nothing of."""
    said = row.said
    if said is None:
        return frozenset()
    return frozenset(
        part for part in _ALL if getattr(row.marks, part) is None or _part(row.marks, part) == _part(said, part)
    )


def is_unchanged(row: Row) -> bool:
    """Whether the record of the row says all that the row says, and has rejected the same."""
    return len(unchanged(row)) == len(_ALL) and row.said is not None and row.marks.rejected == row.said.rejected


def other_fields(row: Row, cells: Mapping[str, object]) -> dict[str, str]:
    """The fields of the row that do not stand in the cells of its record."""
    return {name: value for name, value in row.fields.items() if name not in cells}


def _says_nothing(marks: Marks) -> bool:
    return all(getattr(marks, part) is None for part in _ALL)


def _record_of(raw: object, text: str) -> tuple[str, Marks] | None:
    """(the format that it is a record of, "" for a table; what it says), where it says anything."""
    if raw is None:
        return None
    for one in all_formats().values():
        if one.marks_of is not None and (marks := _tried(one.marks_of, raw, text)) is not None:
            return one.id, marks
    if isinstance(raw, Mapping) and (marks := _tried(_of_table, raw, text)) is not None:
        return "", marks
    return None


def _tried(marks_of: Callable[[Any, str], Marks | None], raw: object, text: str) -> Marks | None:
    try:
        return marks_of(raw, text)
    except (BadMarks, *MISSHAPEN):
        return None  # its import has said so


def _of_table(raw: Mapping[str, Any], _text: str) -> Marks | None:
    """The columns of a table of ours, or of one that names them alike."""
    cells = {name: _cell(raw.get(name)) for name in ("spans", "relations", "questions")}
    if not any(isinstance(cell, list) for cell in cells.values()):
        return None
    spans, relations, questions = (cell if isinstance(cell, list) else None for cell in cells.values())
    return Marks(
        spans=None if spans is None else spans_from_json(spans),
        relations=None if relations is None else relations_from_json(relations),
        questions=None if questions is None else questions_from_json(questions),
    )


def _cell(cell: object) -> object:
    return json.loads(cell) if isinstance(cell, str) and cell.startswith("[") else cell


# ------------------------------------------------------------------------------------------------------ what is alike

_Key = tuple[int, int, str]


def _key(span: SpanMark) -> _Key:
    return span.start, span.end, _name(span.label)


def _name(label: str) -> str:
    """What a project makes of a name."""
    return one_line(label)


def _placed(said: Marks, row: Row, *, known: str | None) -> tuple[Marks, str | None]:
    """`said` in code points: counted in the `known` way where that brings one of the row's marks, else in the way that
    brings most of them; and the way that is known from now on."""
    wanted = _places(row.marks)
    found = repair(row.text, said, scheme=known or "")
    if _stands(found, wanted):
        return found.marks, known or ""
    if not wanted or not _places(said) or (known is not None and _places(found.marks) & wanted):
        return found.marks, known
    tried = {name: repair(row.text, said, scheme=name) for name in SCHEMES}
    best = max(SCHEMES, key=lambda name: (len(_places(tried[name].marks) & wanted), name == known))
    return tried[best].marks, best if _stands(tried[best], wanted) else known


def _stands(found: Repaired, wanted: set[tuple[object, ...]]) -> bool:
    """Whether there are marks, and all of them are among those wanted."""
    places = _places(found.marks)
    return bool(places) and places <= wanted and not found.left_out


def _places(marks: Marks) -> set[tuple[object, ...]]:
    spans = {_key(span) for span in marks.spans or ()}
    return spans | {(one.question, at.start, at.end) for one in marks.questions or () for at in one.answers}


def _part(marks: Marks, part: Said) -> object:
    """What marks say of one thing, so that what is alike is equal; None: nothing."""
    value = getattr(marks, part)
    if value is None:
        return None
    if part == "labels":
        return {_name(one) for one in value}
    if part == "spans":
        return {_key(span) for span in value}
    if part == "relations":
        return {_ends(marks, one) for one in value}
    if part == "questions":
        return [_asked(one) for one in value]
    return value


def _ends(marks: Marks, relation: RelationMark) -> tuple[_Key, _Key, str]:
    spans = marks.spans or ()
    return _key(spans[relation.head]), _key(spans[relation.tail]), _name(relation.label)


def _asked(question: QuestionMark) -> tuple[object, ...]:
    places = tuple((at.start, at.end) for at in question.answers)
    return " ".join(question.question.split()), places, question.impossible


def _named(marks: Marks, said: Marks) -> Marks:
    """The marks with the names, scores and attributes that `said` has for those that stand in it too."""
    spans: dict[_Key, list[SpanMark]] = defaultdict(list)
    for span in said.spans or ():
        spans[_key(span)].append(span)
    links = {_ends(said, one): one.id for one in said.relations or ()}
    asked = {" ".join(one.question.split()): one.id for one in said.questions or ()}
    kept = None if marks.spans is None else tuple(_like(span, spans.get(_key(span), ())) for span in marks.spans)
    relations, questions = marks.relations, marks.questions
    if relations is not None and links:
        relations = tuple(replace(one, id=one.id or links.get(_ends(marks, one), "")) for one in relations)
    if questions is not None and asked:
        questions = tuple(replace(one, id=one.id or asked.get(" ".join(one.question.split()), "")) for one in questions)
    return replace(marks, spans=kept, relations=relations, questions=questions)


def _like(span: SpanMark, known: list[SpanMark] | tuple[()]) -> SpanMark:
    if not known:
        return span
    first = known[0]
    return replace(span, id=first.id, score=first.score, attributes=first.attributes)
