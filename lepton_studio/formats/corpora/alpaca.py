"""Instructions in JSON: `instruction`, `input`, `output`, with a system prompt and earlier turns (Alpaca)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row
from lepton_studio.formats.corpora.conversations import as_lines, turns_from_json, turns_json
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.tables.json_objects import JsonObject, each_record, extra_columns, peek, share
from lepton_studio.formats.values import as_text
from lepton_studio.language import tr
from lepton_studio.project.marks import QUESTION, TURNS, Marks

_USED = frozenset({"output", "history", "system", "text", "chosen", "rejected", "id"})
_JOINER = "\n"


def detect(head: FileStart) -> float:
    """An instruction and what is written for it."""
    return (
        0.97 if share(head, lambda one: "instruction" in one and bool({"output", "chosen"} & set(one))) > 0.8 else 0.0
    )


def describe(head: FileStart) -> Guess:
    """The text is the instruction with its input, which are extra fields where there are both."""
    columns = ("text", *extra_columns(peek(head).objects, _USED))
    return Guess(format="alpaca", paths=(head.path,), encoding=head.encoding, columns=columns, text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per instruction; a system prompt and earlier turns make it a conversation."""
    return each_record(path, guess.encoding, partial(_record, guess=guess))


def _record(number: int, one: JsonObject, *, guess: Guess) -> Record:
    instruction, given = as_text(one.get("instruction")), as_text(one.get("input"))
    text = instruction + _JOINER + given if given else instruction
    cells = {key: value for key, value in one.items() if key not in (*_USED, "instruction", "input")}
    if given:
        cells |= {"instruction": instruction, "input": given}
    written = one.get("output", one.get("chosen"))
    if one.get("rejected"):
        cells["rejected"] = as_text(one["rejected"])
    turns = [("system", as_text(one["system"]))] if one.get("system") else []
    for pair in one.get("history") or ():
        turns += [("user", as_text(pair[0])), ("assistant", as_text(pair[1]))]
    if turns or "turns" in guess.wants:
        cells[TURNS] = turns_json([*turns, ("user", text)])
        text = as_lines([*turns, ("user", text)]) if turns else text
    targets = (as_text(written),) if written else None
    cells["text"] = text
    return Record(number, cells, raw=one, marks=Marks(targets=targets), id=as_text(one.get("id")))


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """A JSON list of instructions; turns before the last question become `system` and `history`. Raises OSError."""
    losses = Losses()
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for number, row in enumerate(rows):
            stream.write((",\n" if number else "\n") + json.dumps(_object(row, losses), ensure_ascii=False))
        stream.write("\n]\n")
    return losses.found()


def _object(row: Row, losses: Losses) -> dict[str, object]:
    fields = {name: value for name, value in row.fields.items() if name not in (TURNS, QUESTION)}
    instruction, given = fields.pop("instruction", ""), fields.pop("input", "")
    if row.text != instruction + _JOINER + given:
        for name, value in (("instruction", instruction), ("input", given)):
            losses.add(tr("extra fields"), row, bool(value) and name in row.fields)
        instruction, given = row.text, ""
    one: dict[str, object] = {"instruction": instruction, "input": given, "output": (row.marks.targets or ("",))[0]}
    turns = list(turns_from_json(row.fields.get(TURNS, "")))
    if turns and turns[-1][0] == "user":
        instruction_turn = turns.pop()
        if instruction_turn[1] != row.text:
            one |= {"instruction": instruction_turn[1], "input": ""}
    if turns and turns[0][0] == "system":
        one["system"] = turns.pop(0)[1]
    pairs = [turns[place : place + 2] for place in range(0, len(turns), 2)]
    if all(len(pair) == 2 and pair[0][0] == "user" for pair in pairs):
        one |= {"history": [[asked[1], answered[1]] for asked, answered in pairs]} if pairs else {}
    else:
        losses.add(tr("turns that do not alternate between question and answer"), row, len(turns))
    return {**one, **({"id": row.id} if row.id else {}), **fields}


FORMAT = Format(
    id="alpaca",
    title="Instructions (Alpaca)",
    detect=detect,
    describe=describe,
    records=records,
    has_offsets=False,
    write=write,
    holds=frozenset({"targets", "turns", "second_text", "fields", "spacing", "id"}),
    suffix=".json",
)
