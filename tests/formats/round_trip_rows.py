"""Rows with everything that a text can have, and what of them a file keeps: for the test and the benchmark."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lepton_studio.formats import Format, Loss, OutLabel, Part, Problem, Row, UnreadableFile, read, sniff_all, write
from lepton_studio.formats.losses import part_title
from lepton_studio.project.marks import (
    QUESTION,
    SECOND_TEXT,
    TURNS,
    AnswerMark,
    Marks,
    QuestionMark,
    RelationMark,
    SpanMark,
)
from lepton_studio.project.records import SPLITS

LABELS = [OutLabel("good", "#118833", "g"), OutLabel("NA"), OutLabel("C#, or so"), OutLabel("1.0")]
SPAN_LABELS = [OutLabel(name, kind="span") for name in ("PER", "ORG", "LOC")]
RELATION_LABELS = [OutLabel("works_for", kind="relation")]
TEXTS = (
    "Maria Lopez joined Acme Labs 🚀 in Lyon.",
    "القاهرة مدينة كبيرة , ومن أكبر مدن العالم",
    "北京大学 in 北京 , since 1898",
    "e\u0301tude of a \u2028 line and\u00a0more 👩‍👩‍👧 of it",
    '  two lines\nand a "quote", a \ttab  ',
    "CR LF\r\nand # signs ; | all of them",
)
SIGNS = (
    "__label__x is it", "[Mara](nom) said", "a | b [x](y)", "# not a title", "- no point of a list", "1. first, it is",
    "* starred ** bold **", 'back \\ slash \\n "q"', "tab\tin it", "<b>tag</b> &amp; &lt;", "' one, \"two\"",
    "=1+1 is it", "-DOCSTART- O", "`code` ``` of it", '{"text": 1}', "O B-PER", "#id: 3", "text;label;more of it",
    "-X- _ _ O", "a\\ b", "--- of it", "::: x", "%s {x} $y",
)  # fmt: skip
"""Texts with the signs by which one format or another tells its parts."""


def _spans(text: str) -> tuple[SpanMark, ...]:
    """The first and the third word, and the word behind."""
    words, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        words.append((start, at))
    return tuple(SpanMark(*words[place], label) for place, label in ((0, "PER"), (2, "ORG"), (3, "LOC")))


def _answer(text: str) -> AnswerMark:
    span = _spans(text)[1]
    return AnswerMark(span.start, span.end, text[span.start : span.end])


def _rows(make: Callable[[int, str], Row], texts: Sequence[str] = TEXTS) -> list[Row]:
    return [make(number, text) for number, text in enumerate(texts, start=1)]


def _first_word(number: int, text: str) -> Row:
    return _marked(number, text, Marks(spans=(SpanMark(0, len(text.split()[0]), "PER"),)))


def _labels(number: int, text: str) -> Row:
    return Row(text, Marks(labels=(LABELS[number % 4].name,)), split="train", row=number)


def _several(number: int, text: str) -> Row:
    names = tuple(label.name for label in LABELS[: number % 4])
    return Row(text, Marks(labels=names), split="train", row=number)


def _nested(number: int, text: str) -> Row:
    first, *others = _spans(text)
    outer = SpanMark(first.start, others[0].end, "ORG")
    return Row(text, Marks(spans=(outer, first, *others)), split="train", row=number)


def _relations(number: int, text: str) -> Row:
    relations = (RelationMark(0, 1, "works_for"), RelationMark(2, 0, "works_for"))
    return _marked(number, text, Marks(spans=_spans(text), relations=relations))


def _questions(number: int, text: str) -> Row:
    answered = QuestionMark("Which one?", (_answer(text),), id=f"q{number}")
    impossible = QuestionMark("Why, then?", impossible=True, id=f"r{number}")
    return _marked(number, text, Marks(questions=(answered, impossible)), {QUESTION: "Which one?\nWhy, then?"})


def _talk(number: int, text: str) -> Row:
    turns = [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Hello, how can I help?"}]
    turns.append({"role": "user", "content": text})
    said = "\n".join(f"{turn['role']}: {turn['content']}" for turn in turns)
    stored = json.dumps(turns, ensure_ascii=False)
    return _marked(number, said, Marks(targets=(f"Reply {number}",)), {TURNS: stored})


def _about(number: int, text: str) -> Row:
    fields = {"source": "a, b", "channel": "phone"}
    split = SPLITS[number % 3]
    return Row(text, Marks(labels=("good",)), split, fields, note="a note", id=f"id-{number}", row=number)


def _attributed(number: int, text: str) -> Row:
    first = _spans(text)[0]
    return _marked(number, text, Marks(spans=(replace(first, attributes={"sure": "no"}),)))


def _written(number: int, text: str) -> Row:
    return _marked(number, text, Marks(targets=(f"Out {number}, “{text.split()[0]}”",)))


def _marked(number: int, text: str, marks: Marks, fields: Mapping[str, str] | None = None) -> Row:
    return Row(text, marks, "train", fields or {}, row=number)


SETS: Mapping[str, tuple[tuple[str, ...], list[Row]]] = {
    "one label": (("label",), _rows(_labels)),
    "several labels": (("label",), _rows(_several)),
    "rejected labels": (("label",), _rows(lambda n, text: _marked(n, text, Marks(rejected=("good",))))),
    "skipped": (("label",), _rows(lambda n, text: Row(text, Marks(), "train", skipped=n % 2 == 0, row=n))),
    "pair": (
        ("label", "second_text"),
        _rows(lambda n, text: _marked(n, text, Marks(labels=("good",)), {SECOND_TEXT: f"Other {n}, too."})),
    ),
    "rating": (("rating",), _rows(lambda n, text: _marked(n, text, Marks(rating=n / 2)))),
    "spans": (("spans",), _rows(lambda n, text: _marked(n, text, Marks(spans=_spans(text))))),
    "nested spans": (("spans",), _rows(_nested)),
    "attributes": (("spans",), _rows(_attributed)),
    "relations": (("spans",), _rows(_relations)),
    "questions": (("question", "answer"), _rows(_questions)),
    "written": (("target",), _rows(_written)),
    "two written": (("target",), _rows(lambda n, text: _marked(n, text, Marks(targets=(f"Out {n}", f"Or {n}"))))),
    "turns": (("turns", "target"), _rows(_talk)),
    "fields, note, id, splits": (("label",), _rows(_about)),
    "signs, labels": (("label",), _rows(_labels, SIGNS)),
    "signs, spans": (("spans",), _rows(_first_word, SIGNS)),
    "signs, written": (("target",), _rows(_written, SIGNS)),
}
"""Name -> (what the task that reads it wants, rows)."""


def content(row: Row) -> dict[Part, object]:
    """What a row says, part by part, so that equal contents compare equal; what it says nothing of is absent."""
    marks, spans = row.marks, row.marks.spans or ()
    places = [(span.start, span.end, span.label) for span in spans]
    about = [(place, sorted(span.attributes.items()), span.score) for place, span in zip(places, spans, strict=True)]
    asked = [
        (one.question, one.impossible, [(at.start, at.end) for at in one.answers]) for one in marks.questions or ()
    ]
    found: dict[Part, object] = {
        "spacing": row.text,
        "labels": sorted(marks.labels or ()),
        "rejected": sorted(marks.rejected),
        "spans": sorted(places),
        "attributes": sorted(one for one in about if one[1] or one[2] is not None),
        "relations": sorted((places[one.head], places[one.tail], one.label) for one in marks.relations or ()),
        "questions": asked,
        "targets": list(marks.targets or ()),
        "rating": marks.rating,
        "second_text": row.fields.get(SECOND_TEXT),
        "turns": json.loads(row.fields.get(TURNS) or "null"),
        "fields": {name: value for name, value in row.fields.items() if name not in _NO_FIELDS},
        "split": row.split,
        "note": row.note or row.fields.get("note"),
        "skipped": row.skipped,
        "id": row.id or None,
    }
    return {part: said for part, said in found.items() if said not in (None, [], {}, False, "")}


_NO_FIELDS = {QUESTION, SECOND_TEXT, TURNS, "note", "id", "file"}
"""Fields that are told by themselves, and the name of a document, which brat gives every text."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What came of a set of rows that went out and in again: `equal` parts, `lost` parts that a line of losses names,
    and `silent` ones that none does."""

    equal: tuple[Part, ...]
    lost: Mapping[Part, int]
    silent: tuple[Part, ...]
    losses: tuple[Loss, ...]


_NAMED_BY: Mapping[Part, tuple[Part, ...]] = {
    "labels": ("labels", "several_labels"),
    "spans": ("spans", "nested_spans"),
    "relations": ("relations", "spans", "nested_spans"),
    "attributes": ("attributes", "spans"),
    "questions": ("questions", "several_questions"),
    "targets": ("targets", "several_targets"),
}


def trip(one: Format, rows: Sequence[Row], *, wants: Sequence[str], folder: Path) -> Trip:
    """Write the rows in this format to a new file in the folder, and read it as anybody would."""
    target = folder / f"out{one.suffix}"
    losses = write(one.id, target, rows=iter(rows), labels=[*LABELS, *SPAN_LABELS, *RELATION_LABELS])
    try:
        back = [row for guess in sniff_all([target], wants=wants) for row in read(guess)]
    except UnreadableFile:
        back = []  # nothing was written, which the losses must say
    problems = [row for row in back if isinstance(row, Problem)]
    assert not problems, (one.id, problems[:2])
    before, after = contents(rows), contents(row for row in back if isinstance(row, Row))
    counts = Counter({loss.what: loss.count for loss in losses})
    equal, silent, lost = [], [], {}
    for part in before:
        if before[part] == after.get(part, []):
            equal.append(part)
            continue
        said = sum(counts[part_title(name)] for name in _NAMED_BY.get(part, (part,)))
        own = sum(counts.values()) - sum(counts[part_title(name)] for name in _PARTS)
        if said or own:
            lost[part] = said or own
        else:
            silent.append(part)
    return Trip(tuple(equal), lost, tuple(silent), losses)


_PARTS: tuple[Part, ...] = (
    "labels", "several_labels", "spans", "nested_spans", "relations", "questions", "several_questions", "targets",
    "several_targets", "rating", "second_text", "turns", "fields", "split", "note", "spacing", "rejected", "skipped",
    "attributes", "id",
)  # fmt: skip


def contents(rows: Iterable[Row]) -> dict[Part, list[str]]:
    """Part -> what all rows say of it, in an order of its own."""
    found: dict[Part, list[str]] = {}
    for row in rows:
        for part, said in content(row).items():
            found.setdefault(part, []).append(repr(said))
    return {part: sorted(said) for part, said in found.items()}
