"""How a verb answers: facts for machines, text for people; progress on stderr."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lepton_studio.errors import StudioError
from lepton_studio.words import duration_left

_REDRAW_SECONDS = 0.1
_LINE_SECONDS = 10.0
"""Where stderr is no terminal, a line of progress this often."""
_SURE_SECONDS = 3.0
"""Of a pace that tells how long it still takes."""


class Refused(StudioError):
    """A known failure that only the command line has; its text is a sentence for the person."""


class Misused(Refused):
    """An argument that no project could make right: wrong usage."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`facts` is what --json prints, `text` what it prints otherwise.

    A `failure` is a sentence for stderr, and makes the exit code 1.
    """

    facts: Mapping[str, object]
    text: str
    failure: str = ""


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What moves a terminal's cursor, its colours or the order of its letters; line feed and tab are harmless."""


def visible(text: str) -> str:
    """The text with control characters written out: what a label or a file is called must not steer a terminal.

    The escapes are those of JSON, so that a JSON text says the same after it.
    """
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say(sentence: str) -> None:
    """A line of progress on stderr."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    print(visible(sentence), file=sys.stderr, flush=True)


class ProgressLine:
    """A line that is redrawn in place on a terminal, and printed now and then elsewhere. A callable (done, total)."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._last = time.monotonic() if not sys.stderr.isatty() else 0.0
        self._first: tuple[int, float] | None = None
        """What was done when it was first heard of, and when; before it much may have to be loaded."""

    def __call__(self, done: int, total: int | None) -> None:
        """Show `done` of `total`; None: the total is not known."""
        left = self._left(done, total)
        self.show(f"{self.title} {done:,}" + (f" / {total:,}" if total else "") + (f" · {left}" if left else ""))

    def show(self, line: str) -> None:
        """Draw this line if the last one is old enough."""
        terminal = sys.stderr.isatty()
        now = time.monotonic()
        if now - self._last < (_REDRAW_SECONDS if terminal else _LINE_SECONDS):
            return
        self._last = now
        shown = visible(line)
        sys.stderr.write(f"\r\033[K{shown}" if terminal else f"{shown}\n")
        sys.stderr.flush()

    def _left(self, done: int, total: int | None) -> str:
        now = time.monotonic()
        if not done or not total:
            return ""
        if self._first is None or done < self._first[0]:  # another stage begins anew
            self._first = done, now
        gone, spent = done - self._first[0], now - self._first[1]
        return duration_left(spent / gone * (total - done)) if gone and spent > _SURE_SECONDS else ""

    def done(self) -> None:
        """Take the line away."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Aligned columns, the first to the left and the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)
