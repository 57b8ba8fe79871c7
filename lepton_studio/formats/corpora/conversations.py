"""Turns of conversations in the shapes that files have, as the JSON of the field `turns` and as a text for reading."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from lepton_studio.language import tr

Turns = tuple[tuple[str, str], ...]
"""(role, what is said) of each turn."""

CALL = "function_call"
"""Who speaks where an assistant calls a tool and says nothing else; what is said is the call as its file has it."""
_ROLES = {
    "human": "user", "customer": "user", "gpt": "assistant", "chatgpt": "assistant", "bot": "assistant",
    "model": "assistant",
}  # fmt: skip
ASSISTANTS = frozenset({"assistant", CALL, "agent", "system_reply"})
_NO_REPLIES = frozenset({"system", "developer", "observation", "tool", "function", "user"})
"""Parties whose last word is no reply to learn."""
_ROLE_KEYS = ("role", "from", "speaker", "sender", "author", "user")
_CONTENT_KEYS = ("content", "value", "text", "utterance", "message", "utt", "parts")
_CALL_KEYS = ("tool_calls", "function_call")
_CALL_PIECES = ("functionCall", "functionResponse", "function_call", "function_response")
_LINE = re.compile(r"(?:\A|\n)([^\W\d_][\w .'-]{0,30}|#\w+#|\[\w+\])\s*[:\uff1a]\s+")
PARTIES = ("A", "B")
"""Who speaks in turns where a file names nobody."""


def turns_in(cell: object) -> Turns | None:
    """The turns that a cell holds: a list of objects or strings, the same as JSON, or lines that begin with a name."""
    if isinstance(cell, str):
        if cell.lstrip().startswith("["):
            try:
                return turns_in(json.loads(cell))
            except (ValueError, RecursionError):
                return None
        return _from_lines(cell)
    if not isinstance(cell, (list, tuple)) or not cell:
        return None
    if all(isinstance(one, str) for one in cell):
        return tuple((PARTIES[place % 2], str(one)) for place, one in enumerate(cell))
    found = [_turn(one) for one in cell]
    turns = tuple(one for one in found if one is not None)
    return turns if len(turns) == len(found) and any(words for _, words in turns) else None


def _turn(one: object) -> tuple[str, str] | None:
    """Who says what; None for what is no turn. One that only calls a tool is of `CALL`; what was left empty is ""."""
    if not isinstance(one, Mapping):
        return None
    role = next((one[key] for key in _ROLE_KEYS if isinstance(one.get(key), str)), None)
    content = next((one[key] for key in _CONTENT_KEYS if key in one), None)
    calls = next((one[key] for key in _CALL_KEYS if one.get(key)), None)
    if role is None or (content is None and calls is None and not {"role", "from"} & one.keys()):
        return None
    words = said(content)
    if calls is None:
        return party(role), words
    call = json.dumps(calls, ensure_ascii=False)
    return (party(role), f"{words}\n{call}") if words else (CALL, call)


def beside_turns(cell: object) -> tuple[Mapping[str, object], ...]:
    """What the objects of a list of turns say beside who says what (an intent, entities), for each turn; () where the
    cell is no such list."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            return ()
    if not isinstance(cell, (list, tuple)) or not all(isinstance(one, Mapping) for one in cell):
        return ()
    found = []
    for one in cell:
        used = {next((key for key in keys if key in one), "") for keys in (_ROLE_KEYS, _CONTENT_KEYS)}
        found.append({key: value for key, value in one.items() if key not in used})
    return tuple(found)


def party(role: str) -> str:
    """What a party that a file calls so is called here."""
    return _ROLES.get(role, role)


def said(content: object) -> str:
    """What a turn says: a string, or a list of typed pieces. Of these the text is kept, calls of tools and what came
    of them stay as they are, and other pieces (images) are named."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping) and "parts" in content:
        return said(content["parts"])
    if isinstance(content, (list, tuple)):
        return "".join(map(_piece, content))
    return "" if content is None else json.dumps(content, ensure_ascii=False)


def _piece(one: object) -> str:
    if not isinstance(one, Mapping):
        return "" if one is None else str(one)
    words, kind = one.get("text", one.get("value")), str(one.get("type", ""))
    if isinstance(words, str):
        return words
    if kind.startswith("tool_") or any(key in one for key in _CALL_PIECES):
        return json.dumps(one, ensure_ascii=False)
    return f"[{kind or next(iter(one), '')}]"


def unwanted() -> str:
    """The remark on a sample whose reply must not be learnt."""
    return tr("Its reply is marked as unwanted and is kept as the field “rejected”.")


def turns_json(turns: Sequence[tuple[str, str]]) -> str:
    """The value of the field `turns`."""
    return json.dumps([{"role": role, "content": content} for role, content in turns], ensure_ascii=False)


def turns_from_json(stored: str) -> Turns:
    """What `turns_json` wrote; none for anything else."""
    try:
        return turns_in(json.loads(stored)) or () if stored else ()
    except ValueError:
        return ()


def as_lines(turns: Sequence[tuple[str, str]]) -> str:
    """For reading: one turn a line, "role: text"."""
    return "\n".join(f"{role}: {content}" if role else content for role, content in turns)


def before_reply(turns: Turns) -> tuple[Turns, str | None]:
    """The conversation up to the last reply of an assistant (the last turn where nobody is called so), and the reply;
    None where the last word is the other party's, or empty. A conversation of one turn has no reply."""
    if len(turns) > 1 and turns[-1][0] not in _NO_REPLIES:
        return turns[:-1], turns[-1][1] if turns[-1][1].strip() else None
    return turns, None


def as_sample(turns: Turns, *, wants: Sequence[str]) -> tuple[str, str, tuple[str, ...] | None]:
    """(text, JSON of the turns, targets) of a whole conversation: up to the last reply, which is to be learnt, for a
    task that wants it; all of it for others. What one party says alone needs no name before it."""
    context, reply = before_reply(turns) if not wants or {"turns", "target"} & set(wants) else (turns, None)
    alone = len(context) == 1 and context[0][0] in ("user", PARTIES[0])
    text = context[0][1] if alone else as_lines(context)
    stored = "" if alone and wants and "turns" not in wants else turns_json(context)
    return text, stored, None if reply is None else (reply,)


def reply_role(turns: Sequence[tuple[str, str]]) -> str:
    """Who answers: the party that is an assistant, else the one that did not speak last."""
    roles = [role for role, _ in turns if role not in _NO_REPLIES - {"user"} and role != CALL]
    known = next((role for role in roles if role in ASSISTANTS), None)
    other = next((role for role in reversed(roles) if role != roles[-1] and role != "user"), None)
    return known or other or (PARTIES[1] if roles and roles[-1] == PARTIES[0] else "assistant")


def _from_lines(text: str) -> Turns | None:
    found = list(_LINE.finditer(text))
    if len(found) < 2 or found[0].start() != 0 or len({one[1] for one in found}) > max(8, len(found) // 2):
        return None
    ends = [*(one.start() for one in found[1:]), len(text)]
    return tuple((one[1].strip(), text[one.end() : end].strip()) for one, end in zip(found, ends, strict=True))
