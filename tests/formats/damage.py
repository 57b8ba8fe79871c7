"""Files of every format, made in code, and small damages to them: what a reader must answer with rows or a sentence."""

from __future__ import annotations

import json
import random
import traceback
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from lepton_studio.formats import UnreadableFile, read, sniff_all, write, writers_for
from lepton_studio.tasks import all_tasks
from tests.formats.round_trip_rows import SETS

NATIVE = {"excel", "datasets", "spacy_docbin"}
_ROWS = 6
_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 7.5, float("inf"), float("nan"), 1e308, 10**30, "", "x", "\x00", "\ud800", "9" * 5000,
    [], {}, [[]], [None], [0, 1], {"": None}, {"text": []}, [{"text": "x"}], ["x", ["y"]], {"labels": {"x": {}}},
)  # fmt: skip
_ODD_JSON = ("1e400", "-1e400", "9" * 5000, "[" * 5000, "[" * 900 + "]" * 900, '{"a":' * 5000, "NaN", '"\\ud800"', "")
_ODD_BYTES = (b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"\n", b"\r", b",", b"\t", b"{", b"[" * 3000, b"\x80" * 9)
_TOOLS: dict[str, Any] = {
    "squad.json": {"data": [{"title": "t", "paragraphs": [{"context": "Ana ran far.", "qas": [
        {"id": "1", "question": "Who?", "answers": [{"text": "Ana", "answer_start": 0}]},
        {"id": "2", "question": "Why?", "is_impossible": True, "answers": []}]}]}]},
    "studio.json": [{"id": 1, "data": {"text": "Ana ran far."}, "annotations": [{"result": [
        {"id": "a", "from_name": "label", "to_name": "text", "type": "labels",
         "value": {"start": 0, "end": 3, "text": "Ana", "labels": ["PER"]}},
        {"from_name": "kind", "to_name": "text", "type": "choices", "value": {"choices": ["good"]}},
        {"type": "relation", "from_id": "a", "to_id": "a", "direction": "right", "labels": ["self"]}]}]}],
    "prodigy.jsonl": [{"text": "Ana ran far.", "spans": [{"start": 0, "end": 3, "label": "PER"}], "answer": "accept",
                       "tokens": [{"text": "Ana", "start": 0, "end": 3, "id": 0}], "meta": {"score": 0.5}},
                      {"text": "Nobody.", "accept": ["a"], "options": [{"id": "a", "text": "A"}], 
                       "answer": "ignore"}],
    "doccano.jsonl": [{"id": 1, "text": "Ana ran far.", "label": [[0, 3, "PER"]], "Comments": []},
                      {"id": 2, "text": "x y", "entities": [
                          {"id": 1, "start_offset": 0, "end_offset": 1, "label": "a"}],
                       "relations": [{"from_id": 1, "to_id": 1, "type": "r"}], "cats": ["a"]}],
    "chat.jsonl": [{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}] * 3,
    "spacy.json": [{"id": 0, "paragraphs": [{"raw": "Ana ran", "sentences": [{"tokens": [
        {"id": 0, "orth": "Ana", "ner": "U-PER"}, {"id": 1, "orth": "ran", "ner": "O"}]}], "cats": [
        {"label": "a", "value": 1.0}]}]}],
    "table.jsonl": [{"text": "Ana ran far.", "label": ["a", "b"], "spans": [{"start": 0, "end": 3, "label": "PER"}],
                     "question": "Who?", "answers": {"text": ["Ana"], "answer_start": [0]}, "rating": 3}] * 3,
    "potato.jsonl": [{"id": 1, "displayed_text": "x", "label_annotations": {"good": {"good": "1"}},
                      "span_annotations": []}],
    "argilla.json": [{"id": "1", "fields": {"text": "Ana"}, "responses": {"l": [{"value": "a"}]}, "metadata": {},
                      "suggestions": {"l": {"value": "a", "score": 0.5}}}],
}  # fmt: skip


def seeds(folder: Path) -> list[Path]:
    """A file or folder of each format for each set of rows that it holds, and of tools whose files are only read."""
    found = []
    for one in writers_for(()):
        for place, (_, rows) in enumerate(SETS.values()):
            target = folder / one.id / str(place) / f"seed{one.suffix}"
            target.parent.mkdir(parents=True)
            write(one.id, target, rows=iter(list(rows)[:_ROWS]), labels=[])
            if target.is_file() or any(target.rglob("*")):
                found.append(target)
    for name, content in _TOOLS.items():
        target = folder / name
        lines = name.endswith("l")
        target.write_text("\n".join(map(json.dumps, content)) if lines else json.dumps(content), "utf-8")
        found.append(target)
    return found


def damages(chance: random.Random, seed: Path, *, target: Path) -> Iterator[Path]:
    """Copies of the seed with one thing in them made odd, one after the other in the same place."""
    while True:
        if seed.is_dir():
            files = sorted(one for one in seed.rglob("*") if one.is_file())
            hurt = chance.choice(files)
            for file in files:
                copy = target / file.relative_to(seed)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(_damaged(chance, file.read_bytes()) if file == hurt else file.read_bytes())
            yield target
        else:
            copy = target.with_name(f"damaged{seed.suffix}")
            copy.write_bytes(_damaged(chance, seed.read_bytes()))
            yield copy


def fault(path: Path, chance: random.Random) -> str:
    """What it raises in place of rows and sentences, as a traceback; "" where all is well."""
    wants = chance.choice([(), *(task.wants for task in all_tasks().values())])
    try:
        for guess in sniff_all([path], wants=wants):
            for row in islice(read(guess), 2000):
                str(row)
    except UnreadableFile as refused:
        return "" if _is_sentence(str(refused)) else f"no sentence: {refused}"
    except Exception:  # this is what is looked for
        return traceback.format_exc()
    return ""


def _is_sentence(words: str) -> bool:
    return words.endswith((".", "?")) and "Error" not in words and "Traceback" not in words


def _damaged(chance: random.Random, content: bytes) -> bytes:
    if content[:1] in (b"{", b"[") and chance.random() < 0.7:
        return _odd_json(chance, content.decode("utf-8", "replace")).encode("utf-8", "surrogatepass")
    if not content:
        return chance.choice(_ODD_BYTES)
    at = chance.randrange(len(content))
    way = chance.randrange(5)
    if way == 0:
        return content[:at]
    if way == 1:
        return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
    if way == 2:
        return content[:at] + content[at + chance.randrange(1, 40) :]
    if way == 3:
        return content[:at] + content[max(0, at - chance.randrange(1, 200)) :]
    return content[:at] + chance.choice(_ODD_BYTES) + content[at:]


def _odd_json(chance: random.Random, content: str) -> str:
    lines = content.splitlines() if "\n" in content and content.lstrip().startswith("{") else [content]
    place = chance.randrange(len(lines))
    try:
        whole = json.loads(lines[place])
    except ValueError:
        return content[: chance.randrange(len(content))]
    marker = "\x01odd\x01"
    use_text = chance.random() < 0.3
    changed = _with(chance, whole, marker if use_text else chance.choice(_ODD))
    lines[place] = json.dumps(changed)
    if use_text:
        lines[place] = lines[place].replace(json.dumps(marker), chance.choice(_ODD_JSON))
    return "\n".join(lines)


def _with(chance: random.Random, value: Any, odd: Any) -> Any:
    """The value with one part of it, at any depth, replaced."""
    if isinstance(value, (dict, list)) and value and chance.random() < 0.85:
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = chance.choice(list(keys))
        copy: Any = dict(value) if isinstance(value, dict) else list(value)
        if isinstance(copy, dict) and chance.random() < 0.1:
            del copy[key]
        else:
            copy[key] = _with(chance, value[key], odd)
        return copy
    return odd
