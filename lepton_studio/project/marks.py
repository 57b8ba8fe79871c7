"""What a file says of one text, by label name: the common tongue of the formats and the tasks. All frozen; no I/O.

A format makes `Marks`, a task makes its value of them (`Task.from_marks`) and gives them back (`Task.to_marks`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

SECOND_TEXT = "second_text"
"""The field of a sample that holds the second text of a pair."""
QUESTION = "question"
"""The field that holds the question asked of the text; several, one a line."""
TURNS = "turns"
"""The field that holds a conversation as `[{"role": ..., "content": ...}, ...]` in JSON; the text is for reading."""
MEDIA = "media"
"""The field that names the file of a sample (a picture): in a row on its way as its source does, `cats/1.png`; in a
project with the SHA-256 of its content before that, `DIGEST/cats/1.png`. See `lepton_studio.project.media`."""

REJECTED = "rejected"
"""The field that keeps the labels that a file says do *not* hold, as a list in JSON."""


_STORED = re.compile(r"([0-9a-f]{64})/(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SpanMark:
    """Code points `start` to `end` (exclusive) of the text. `quote`: what the file says stands there, "" for nothing.

    `id` is the mark's name in its file, `score` what a model gave it, `attributes` what else the file says of it.
    """

    start: int
    end: int
    label: str
    quote: str = ""
    id: str = ""
    score: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)


NOWHERE = -1
"""The end of a relation whose file names a mark that it does not have; reading leaves such a relation out."""


@dataclass(frozen=True, slots=True)
class RelationMark:
    """From `head` to `tail`, each a place (from 0) in `Marks.spans`."""

    head: int
    tail: int
    label: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class AnswerMark:
    """An answer that stands in the text, in code points, `end` exclusive."""

    start: int
    end: int
    quote: str = ""


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """A question asked of the text. Neither answers nor `impossible`: not answered yet."""

    question: str
    answers: tuple[AnswerMark, ...] = ()
    impossible: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """All that can be marked on a text. None: the file says nothing of it; an empty tuple: it says there is none.

    `targets` are reference texts (translations, summaries, replies), the first the one to learn. `rating` is a number
    on the project's scale. `rejected` are labels that somebody said do *not* hold.
    """

    labels: tuple[str, ...] | None = None
    spans: tuple[SpanMark, ...] | None = None
    relations: tuple[RelationMark, ...] | None = None
    questions: tuple[QuestionMark, ...] | None = None
    targets: tuple[str, ...] | None = None
    rating: float | None = None
    rejected: tuple[str, ...] = ()


def media_digest(fields: Mapping[str, str]) -> str:
    """Of the file of a sample with these fields; "" where it has none."""
    stored = _STORED.fullmatch(fields.get(MEDIA, ""))
    return stored[1] if stored else ""


def media_name(fields: Mapping[str, str]) -> str:
    """What its source calls the file of a sample, or of a row on its way in; "" where there is none."""
    field = fields.get(MEDIA, "")
    stored = _STORED.fullmatch(field)
    return stored[2] if stored else field
