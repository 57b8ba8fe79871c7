"""What other models wrote for a run's training texts, as data/rewritten.jsonl: a line for each, so that a person can
look at them, and a run that goes on, or again, has none written twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lepton_studio.runs.folder import RunFolder


@dataclass(frozen=True, slots=True)
class Rewritten:
    """`copy`: counted from 0 for each text. `through`: what was written on the way, in another language. `dropped`: why
    it is not learned from (`methods.rewriting.keeping.Reason`), "" where it is.
    """

    text: str
    copy: int
    rewritten: str
    through: tuple[str, ...] = ()
    dropped: str = ""


def rewritten_file(folder: RunFolder) -> Path:
    """Where they are."""
    return folder.data_file("rewritten")


def add_rewritten(folder: RunFolder, lines: Sequence[Rewritten]) -> None:
    """Append lines, all with one write. Raises OSError."""
    content = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in lines)
    with rewritten_file(folder).open("ab", buffering=0) as file:
        # A line that was torn when the process was killed ends here.
        file.write((("\n" if file.tell() else "") + content).encode())


def read_rewritten(folder: RunFolder) -> Iterator[Rewritten]:
    """All lines that are whole."""
    if not rewritten_file(folder).exists():
        return
    for line in rewritten_file(folder).read_bytes().split(b"\n"):
        try:
            content = json.loads(line)
            yield Rewritten(
                str(content["text"]),
                int(content["copy"]),
                str(content["rewritten"]),
                tuple(map(str, content["through"])),
                str(content["dropped"]),
            )
        except (ValueError, KeyError, TypeError):
            continue
