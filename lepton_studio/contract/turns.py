"""A conversation as turns: read from a sample, written for reading, and with the three roles that chat models know."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lepton_studio.contract.task import Input
from lepton_studio.project.marks import TURNS

_ASSISTANTS = {
    "advisor", "agent", "assistant", "bot", "chatbot", "clerk", "doctor", "gpt", "lawyer", "model", "nurse", "operator",
    "support", "客服", "坐席", "助手", "助理", "医生", "律师", "机器人",
}  # fmt: skip
_SYSTEMS = {"system", "developer"}
_CALL, _TOOLS = "function_call", {"tool", "function", "observation"}
"""A call that an assistant makes instead of a reply, and those who answer it."""
_LINE = re.compile("([^\\s:\uff1a][^:\uff1a\n]{0,29}?)(?::\\s+|\uff1a\\s*)(.*)")


@dataclass(frozen=True, slots=True)
class Turn:
    """What one party says; `role` "" where nobody is named."""

    role: str
    content: str


def parse_turns(input: Input) -> tuple[Turn, ...]:
    """The turns of a sample: those of its field TURNS, else the lines "role: text" of its text, else the text as one.

    A line without a role goes on with the turn before. Never raises: a field that holds something else is passed over.
    """
    return _from_json(input.fields.get(TURNS, "")) or _from_lines(input.text)


def render(turns: Sequence[Turn]) -> str:
    """One turn a line, "role: text"."""
    return "\n".join(f"{turn.role}: {turn.content}" if turn.role else turn.content for turn in turns)


def reply_role(turns: Sequence[Turn]) -> str:
    """Who speaks next: the party whose role is an assistant's, else the one who spoke last before the last speaker."""
    aside = {*_SYSTEMS, *_TOOLS, _CALL}
    roles = [turn.role for turn in turns if turn.role.casefold() not in aside]
    for role in roles:
        if role.casefold() in _ASSISTANTS:
            return role
    return next((role for role in reversed(roles) if role != roles[-1]), "assistant")


def told(turns: Sequence[Turn], instruction: str) -> tuple[Turn, ...]:
    """The turns, and before them what the system is told to do with them ("": nothing)."""
    return (Turn("system", instruction), *turns) if instruction else tuple(turns)


def chat_messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """The turns as chat templates want them: system first, then user and assistant by turns, user first.

    Turns of one party in a row become one; what an assistant says before anybody asked becomes part of the first
    question.
    """
    answering = reply_role(turns)
    system = "\n".join(turn.content for turn in turns if turn.role.casefold() in _SYSTEMS)
    messages = [{"role": "system", "content": system}] if system else []
    for turn in turns:
        if turn.role.casefold() in _SYSTEMS:
            continue
        asked = any(one["role"] == "user" for one in messages)
        role = "assistant" if turn.role in (answering, _CALL) and asked else "user"
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += "\n" + turn.content
        else:
            messages.append({"role": role, "content": turn.content})
    return messages


def _from_json(stored: str) -> tuple[Turn, ...]:
    try:
        rows = json.loads(stored) if stored else []
        return tuple(Turn(str(row["role"]), str(row["content"])) for row in rows)
    except (ValueError, TypeError, KeyError):
        return ()


def _from_lines(text: str) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for line in text.strip().splitlines():
        found = _LINE.match(line)
        if found is not None:
            turns.append(Turn(found[1].strip(), found[2].strip()))
        elif turns:
            turns[-1] = Turn(turns[-1].role, f"{turns[-1].content}\n{line}")
        else:
            return (Turn("", text.strip()),)
    return tuple(turns) or (Turn("", ""),)
