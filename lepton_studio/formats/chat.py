"""Conversations in JSON: ShareGPT's `conversations`, OpenAI's `messages`, with preferences (chosen, rejected)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row
from lepton_studio.formats.conversations import (
    Turns,
    as_sample,
    reply_role,
    said,
    turns_from_json,
    turns_in,
)
from lepton_studio.formats.head import Head
from lepton_studio.formats.json_objects import JsonObject, extra_columns, peek, read_objects, share
from lepton_studio.formats.losses import Losses
from lepton_studio.language import tr
from lepton_studio.project.marks import QUESTION, TURNS, Marks

_KEYS = ("messages", "conversations", "chosen_messages", "conversation")
_USED = frozenset({*_KEYS, "rejected_messages", "chosen", "rejected", "system", "text", "id"})
_TO_SHAREGPT = {"user": "human", "assistant": "gpt"}


def detect(head: Head) -> float:
    """Lists of turns under one of the usual names."""
    return 0.975 if share(head, lambda one: _turns(one) is not None) > 0.8 else 0.0


def _key(one: JsonObject) -> str | None:
    return next((key for key in _KEYS if isinstance(one.get(key), list) and one[key]), None)


def _turns(one: JsonObject) -> Turns | None:
    key = _key(one)
    if key is None or not all(isinstance(turn, Mapping) for turn in one[key]):
        return None
    return turns_in(one[key])


def describe(head: Head) -> Guess:
    """The text is what stands before the reply; what else there is are extra fields."""
    columns = ("text", *extra_columns(peek(head).objects, _USED))
    return Guess(format="chat", paths=(head.path,), encoding=head.encoding, columns=columns, text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per conversation: its last reply, or the chosen one, is what to learn. A rejected reply, and one whose
    label says that nobody wants it, is an extra field."""
    for item in read_objects(path, guess.encoding):
        if isinstance(item, Problem):
            yield item
            continue
        number, one = item
        turns = _turns(one)
        if not turns:
            yield Problem(str(path), number, tr("It holds no turns with a role and a text."))
            continue
        yield _record(number, one, turns, guess)


def _record(number: int, one: JsonObject, turns: Turns, guess: Guess) -> Record:
    cells = {key: value for key, value in one.items() if key not in _USED}
    if isinstance(one.get("system"), str) and one["system"] and turns[0][0] != "system":
        turns = (("system", one["system"]), *turns)
    remark = ""
    if "chosen" in one:
        turns = (*turns, ("assistant", _reply(one["chosen"])))
    text, stored, targets = as_sample(turns, wants=guess.wants)
    rejected = one.get("rejected", (one.get("rejected_messages") or (None,))[-1])
    if rejected is not None:
        cells["rejected"] = _reply(rejected)
    if one.get("label") is False and targets:
        cells["rejected"], targets = targets[0], None
        remark = tr("Its reply is marked as one that nobody wants; it is kept as the field “rejected”.")
    cells["text"] = text
    if guess.by_turn:
        cells[TURNS] = _objects(one, turns)
    elif stored:
        cells[TURNS] = stored
    identity = one.get("id", "")
    return Record(number, cells, raw=one, marks=Marks(targets=targets), remark=remark, id=str(identity))


def _objects(one: JsonObject, turns: Turns) -> list[object]:
    """The turns as objects, those of the file with all that it says of them."""
    given = one[_key(one) or ""]
    plain = [{"role": role, "content": content} for role, content in turns]
    first = len(turns) - len(given) - ("chosen" in one)
    return [*plain[:first], *given, *plain[first + len(given) :]]


def _reply(found: object) -> str:
    turns = turns_in([found]) if isinstance(found, Mapping) else None
    return turns[0][1] if turns else said(found)


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """A JSON list of `{"conversations": [{"from", "value"}, ...]}` with the extra fields beside. A sample without turns
    is one question of a person. Raises OSError."""
    losses = Losses()
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for number, row in enumerate(rows):
            turns = list(turns_from_json(row.fields.get(TURNS, ""))) or [("user", row.text)]
            losses.add(
                tr("texts that are not their turns"), row, as_sample(tuple(turns), wants=("label",))[0] != row.text
            )
            if row.marks.targets:
                turns.append((reply_role(turns), row.marks.targets[0]))
            said_by = [{"from": _TO_SHAREGPT.get(role, role), "value": content} for role, content in turns]
            extra = {
                name: value for name, value in row.fields.items() if name not in (TURNS, QUESTION, "conversations")
            }
            one = {**({"id": row.id} if row.id else {}), "conversations": said_by, **extra}
            stream.write((",\n" if number else "\n") + json.dumps(one, ensure_ascii=False))
        stream.write("\n]\n")
    return losses.found()


FORMAT = Format(
    id="chat",
    title="Conversations (ShareGPT, messages)",
    detect=detect,
    describe=describe,
    records=records,
    has_offsets=False,
    write=write,
    holds=frozenset({"targets", "turns", "second_text", "fields", "spacing", "id"}),
    suffix=".json",
)
