"""What the window and the child tell each other of a whole project while a person labels: arrays in a folder of theirs.

    texts-1.jsonl     every text, ascending by sample; appended to, and another file where samples are gone
    decisions.npz     what is decided: `samples` [n] and `targets`, as `lepton_studio.quick.linear.fit` takes them;
                      `aside`: samples that nobody needs to be asked about
    by-chance.npz     what is decided of samples that chance chose for the test: `drawn` and `targets`; `asked`: the
                      first samples that were decided by hand and not drawn, the oldest first
    said-7.npy        what the instant model says of each sample: an array of `SAID`, ascending by sample
    held-out-7.npy    the same of decided samples, each said by a model that had not seen its decision
    curve-7.npz       a learning curve: `sizes` [k], `samples` [m] and `right` [k, m]: whether a model of so many
                      decisions is right on each of these samples, which it had not seen
    suspects-7.npz    `said`: the same of samples that are likely decided wrongly, these first; `doubt` [n] of each

and where the decisions are spans

    spans.json        what is decided: `samples`, their `spans` as [start, end, place of the label], and `aside`
    said-7.json       what the instant model says of some samples: a list of `SpansSaid`
    held-out-7.json   the same of decided samples, each said by a model that had not seen its decision

Whoever writes a file writes it whole before it names it to the other. Needs numpy and msgspec only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lepton_studio.private import private_opener

AUDIT_SHARE = 0.1
"""Of all texts, drawn by chance: no model chooses one of them, so that it can be judged by them."""
BEST = 8
"""So many of the likeliest labels are said of a sample."""

SAID = np.dtype(
    [
        ("sample", "<i8"),
        ("labels", "<i2", (BEST,)),
        ("scores", "<f4", (BEST,)),
        ("margin", "<f4"),
        ("entropy", "<f4"),
        ("strange", "<f4"),
        ("drawn", "?"),
    ]
)
"""`labels`: places in the labels of the request, the likeliest first, -1 for none; all -1: nothing can be said yet.
`scores`: their probabilities; of a number `scores[0]` is that. `margin`: how far the first is ahead of the second; of
several labels how far the least sure yes or no is from even. `entropy`: 0 to 1. `strange`: above 1 it is far from all
that is labelled.
"""

Said = NDArray[Any]
"""An array of `SAID`."""


def texts_file(folder: Path, number: int) -> Path:
    """The texts, in the `number`th file of them."""
    return folder / f"texts-{number}.jsonl"


def append_texts(file: Path, rows: Iterable[tuple[int, str, str | None]]) -> list[int]:
    """Write (sample, text, second text) behind those that are there; which samples they were. Raises OSError."""
    samples = []
    with open(file, "a", encoding="utf-8", opener=private_opener) as written:
        for row in rows:
            samples.append(row[0])
            written.write(json.dumps(row) + "\n")
    return samples


def read_texts(file: IO[bytes]) -> list[tuple[int, str, str | None]]:
    """The rows from where the open file stands on. Raises OSError, ValueError."""
    return [(sample, text, second) for sample, text, second in map(json.loads, file)]


def write_decisions(
    folder: Path, samples: NDArray[np.int64], targets: NDArray[Any], *, aside: NDArray[np.int64]
) -> None:
    """In place of those before. Raises OSError."""
    with open(folder / "decisions.npz", "wb", opener=private_opener) as written:
        np.savez(written, samples=samples, targets=targets, aside=aside)


def read_decisions(folder: Path) -> tuple[NDArray[np.int64], NDArray[Any], NDArray[np.int64]]:
    """What `write_decisions` wrote. Raises OSError, ValueError."""
    with np.load(folder / "decisions.npz") as stored:
        return stored["samples"], stored["targets"], stored["aside"]


def write_by_chance(folder: Path, drawn: NDArray[np.int64], targets: NDArray[Any], *, asked: NDArray[np.int64]) -> None:
    """In place of those before. Raises OSError."""
    with open(folder / "by-chance.npz", "wb", opener=private_opener) as written:
        np.savez(written, drawn=drawn, targets=targets, asked=asked)


def take_by_chance(folder: Path) -> tuple[NDArray[np.int64], NDArray[Any], NDArray[np.int64]] | None:
    """(drawn, targets, asked) that `write_by_chance` wrote, and remove the file; None where there is none. Raises
    OSError, ValueError.
    """
    file = folder / "by-chance.npz"
    if not file.exists():
        return None
    with np.load(file) as stored:
        found = stored["drawn"], stored["targets"], stored["asked"]
    file.unlink(missing_ok=True)
    return found


def write_said(folder: Path, name: str, said: Said) -> str:
    """Write an array of `SAID`; the file's name. Raises OSError."""
    file = f"{name}.npy"
    with open(folder / file, "wb", opener=private_opener) as written:
        np.save(written, said)
    return file


def take_said(folder: Path, file: str) -> Said:
    """Read an array of `SAID` and remove its file. Raises OSError, ValueError."""
    found: Said = np.load(folder / file)
    (folder / file).unlink(missing_ok=True)
    return found


@dataclass(frozen=True, slots=True)
class SpansSaid:
    """What is said of a sample: `spans` as (start, end, place of the label) in code points, the end exclusive, and how
    `sure` each is; how sure it is that these are all, and right; the `doubt` of a word on average, 0 to 1.
    """

    sample: int
    spans: tuple[tuple[int, int, int], ...]
    sure: tuple[float, ...]
    whole: float
    doubt: float


@dataclass(frozen=True, slots=True)
class SpansDecided:
    """What is decided: the `spans` of each of `samples`, as of `SpansSaid`. Nobody needs to be asked about `aside`."""

    samples: tuple[int, ...]
    spans: tuple[tuple[tuple[int, int, int], ...], ...]
    aside: tuple[int, ...] = ()


def write_decided_spans(folder: Path, decided: SpansDecided) -> None:
    """In place of those before. Raises OSError."""
    _write_json(folder / "spans.json", decided)


def read_decided_spans(folder: Path) -> SpansDecided:
    """What `write_decided_spans` wrote. Raises OSError, ValueError."""
    return msgspec.json.decode((folder / "spans.json").read_bytes(), type=SpansDecided)


def write_spans(folder: Path, name: str, said: Sequence[SpansSaid]) -> str:
    """Write what is said; the file's name. Raises OSError."""
    file = f"{name}.json"
    _write_json(folder / file, said)
    return file


def take_spans(folder: Path, file: str) -> tuple[SpansSaid, ...]:
    """Read what `write_spans` wrote and remove its file. Raises OSError, ValueError."""
    found = msgspec.json.decode((folder / file).read_bytes(), type=tuple[SpansSaid, ...])
    (folder / file).unlink(missing_ok=True)
    return found


def _write_json(file: Path, content: object) -> None:
    with open(file, "wb", opener=private_opener) as written:
        written.write(msgspec.json.encode(content))


def write_suspects(folder: Path, name: str, said: Said, doubt: NDArray[np.float32]) -> str:
    """Write likely label errors; the file's name. Raises OSError."""
    file = f"{name}.npz"
    with open(folder / file, "wb", opener=private_opener) as written:
        np.savez(written, said=said, doubt=doubt)
    return file


def take_suspects(folder: Path, file: str) -> tuple[Said, NDArray[np.float32]]:
    """(said, doubt) that `write_suspects` wrote; removes its file. Raises OSError, ValueError."""
    with np.load(folder / file) as stored:
        found = stored["said"], stored["doubt"]
    (folder / file).unlink(missing_ok=True)
    return found


def write_curve(
    folder: Path, name: str, *, sizes: NDArray[np.int64], samples: NDArray[np.int64], right: NDArray[np.bool_]
) -> str:
    """Write a learning curve; the file's name. Raises OSError."""
    file = f"{name}.npz"
    with open(folder / file, "wb", opener=private_opener) as written:
        np.savez(written, sizes=sizes, samples=samples, right=right)
    return file


def take_curve(folder: Path, file: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """(sizes, samples, right) that `write_curve` wrote; removes its file. Raises OSError, ValueError."""
    with np.load(folder / file) as stored:
        found = stored["sizes"], stored["samples"], stored["right"]
    (folder / file).unlink(missing_ok=True)
    return found
