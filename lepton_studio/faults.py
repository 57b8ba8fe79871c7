"""The traceback of a fault for the log and the report: where it happened and of what kind, without people's texts."""

from __future__ import annotations

import re
import traceback

from lepton_studio.words import shortened

_LONGEST = 200
_NAMES = (AttributeError, TypeError, NameError, ImportError)
"""Their messages quote names of the program."""
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|“[^”]*”|‘[^’]*’|«[^»]*»""")


def traceback_of(error: BaseException) -> str:
    """As Python prints it, with its causes; what a message quotes is left out, as it may be a text of the project."""
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in chain:
        chain.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    parts = []
    for one in reversed(chain):
        frames = "".join(traceback.format_tb(one.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{type(one).__qualname__}: {_message(one)}\n")
    return "\nThat led to:\n\n".join(parts)


def _message(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return f"[Errno {error.errno}] {error.strerror}"
    message = (str(error).splitlines() or [""])[0]
    kept = message if isinstance(error, _NAMES) else _QUOTED.sub("'…'", message)
    return shortened(kept, _LONGEST)
