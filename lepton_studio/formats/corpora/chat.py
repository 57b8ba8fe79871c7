"""Conversations in JSON: ShareGPT's `conversations`, OpenAI's `messages`, Gemini's `contents`, ChatGPT's own export;
prompts with completions as lists of messages; with preferences (chosen, rejected)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row
from lepton_studio.formats.corpora.conversations import (
    ASSISTANTS,
    Turns,
    as_sample,
    reply_role,
    said,
    turns_from_json,
    turns_in,
    unwanted,
)
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.tables.json_objects import JsonObject, each_record, extra_columns, peek, share
from lepton_studio.formats.tools.exports import inner
from lepton_studio.language import tr
from lepton_studio.project.marks import QUESTION, TURNS, Marks

_KEYS = ("messages", "conversations", "chosen_messages", "conversation", "contents")
_REPLIES = ("chosen", "completion")
_SYSTEMS = ("system", "systemInstruction", "system_instruction")
_USED = frozenset(
    {*_KEYS, *_REPLIES, *_SYSTEMS, "rejected_messages", "rejected", "text", "id", "mapping", "current_node"}
)
_TO_SHAREGPT = {"user": "human", "assistant": "gpt"}


@dataclass(frozen=True, slots=True)
class _Talk:
    """A conversation: its turns, and as many objects, those of the file with all that it says of them."""

    turns: Turns
    objects: tuple[object, ...]
    used: frozenset[str] = frozenset()


def detect(head: FileStart) -> float:
    """Lists of turns under one of the usual names."""
    return 0.975 if share(head, lambda one: _talk(one) is not None) > 0.8 else 0.0


def _talk(one: JsonObject) -> _Talk | None:
    """What is said up to the reply, the chosen one where several are given: one that is a whole conversation stands
    for it. None where there is no list of turns."""
    base = next((found for key in _KEYS if (found := _listed(one.get(key)))), None) or _listed(_branch(one))
    prompt = _listed(one.get("prompt"))
    chosen = next((one[key] for key in _REPLIES if one.get(key)), None)
    reply = _listed([chosen] if isinstance(chosen, Mapping) else chosen)
    if reply is not None and reply.turns[0][0] not in ASSISTANTS:
        base, prompt = reply, None
    else:
        asked = prompt or base
        if asked is None and reply is not None and isinstance(one.get("prompt"), str):
            prompt = asked = _spoken("user", one["prompt"])
        if reply is None and asked is not None and isinstance(chosen, str):
            reply = _spoken("assistant", chosen)
        base = _joined(asked, reply)
    system = next((words for key in _SYSTEMS if (words := said(one.get(key)))), "")
    if base is not None and system and base.turns[0][0] != "system":
        base = _joined(_spoken("system", system), base)
    return None if base is None else replace(base, used=frozenset({"prompt"} if prompt else ()))


def _listed(found: object) -> _Talk | None:
    """A list of objects that are turns."""
    if not isinstance(found, list) or not found or not all(isinstance(turn, Mapping) for turn in found):
        return None
    turns = turns_in(found)
    return None if turns is None else _Talk(turns, tuple(found))


def _branch(one: JsonObject) -> list[dict[str, object]]:
    """The messages of ChatGPT's own export, which keeps a tree of them: from the newest up to the first."""
    nodes = found if isinstance(found := one.get("mapping"), dict) else {}
    name, seen = one.get("current_node", next(reversed(nodes), None)), set[str]()
    messages: list[dict[str, object]] = []
    while isinstance(name, str) and name not in seen and isinstance(node := nodes.get(name), dict):
        seen.add(name)
        name, message = node.get("parent"), node.get("message")
        author, content = (inner(message, key) for key in ("author", "content"))
        words = content.get("parts", content.get("text"))
        if author.get("role") and words not in (None, "", [], [""]):
            messages.append({"role": str(author["role"]), "content": words})
    return messages[::-1]


def _spoken(role: str, words: str) -> _Talk:
    return _Talk(((role, words),), ({"role": role, "content": words},))


def _joined(first: _Talk | None, then: _Talk | None) -> _Talk | None:
    if first is None or then is None:
        return first
    return _Talk((*first.turns, *then.turns), (*first.objects, *then.objects))


def describe(head: FileStart) -> Guess:
    """The text is what stands before the reply; what else there is are extra fields."""
    objects = peek(head).objects
    used = _USED.union(*(talk.used for one in objects if (talk := _talk(one))))
    columns = ("text", *extra_columns(objects, used))
    return Guess(format="chat", paths=(head.path,), encoding=head.encoding, columns=columns, text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per conversation: its last reply, or the chosen one, is what to learn. A rejected reply, and one whose
    label says that nobody wants it, is an extra field."""
    return each_record(path, guess.encoding, partial(_record, path=path, guess=guess))


def _record(number: int, one: JsonObject, *, path: Path, guess: Guess) -> Record | Problem:
    talk = _talk(one)
    if talk is None:
        return Problem(str(path), number, tr("It has no turns with a role and a text."))
    cells = {key: value for key, value in one.items() if key not in _USED | talk.used}
    text, stored, targets = as_sample(talk.turns, wants=guess.wants)
    rejected = one.get("rejected", one.get("rejected_messages"))
    remark = ""
    if rejected:
        cells["rejected"] = _reply(rejected)
    if one.get("label") is False and targets:
        cells["rejected"], targets = targets[0], None
        remark = unwanted()
    cells["text"] = text
    if guess.by_turn:
        cells[TURNS] = list(talk.objects)
    elif stored:
        cells[TURNS] = stored
    identity = one.get("id", "")
    return Record(number, cells, raw=one, marks=Marks(targets=targets), remark=remark, id=str(identity))


def _reply(found: object) -> str:
    """The words of a reply: a string, a turn, or the last turn of several."""
    talk = _listed([found] if isinstance(found, Mapping) else found)
    return talk.turns[-1][1] if talk else said(found)


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """A JSON list of `{"conversations": [{"from", "value"}, ...]}` with the extra fields beside. A sample without turns
    is one question of a person. Raises OSError."""
    losses = Losses()
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for number, row in enumerate(rows):
            turns = list(turns_from_json(row.fields.get(TURNS, ""))) or [("user", row.text)]
            losses.add(
                tr("texts that differ from their turns"), row, as_sample(tuple(turns), wants=("label",))[0] != row.text
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
