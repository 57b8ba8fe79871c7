"""brat's standoff files out: a folder with a text and a file of marks for each sample, and `annotation.conf`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from lepton_studio.formats.base import Loss, OutLabel, Row
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.sources import is_unchanged
from lepton_studio.language import tr
from lepton_studio.project.marks import SpanMark

_NAME = re.compile(r"[\w][\w.-]{0,80}\Z")
_OWN = {"note", "reference", "pieces"}


def write_brat(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """Files are called as the samples are in their source, where that makes a name, else by the sample's number."""
    target.mkdir(parents=True)
    losses = Losses()
    taken: set[str] = set()
    attributes: set[str] = set()
    pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        named = bool(_NAME.match(row.id)) and row.id.casefold() not in taken
        name = row.id if named else f"{row.row:06d}"
        taken.add(name.casefold())
        losses.add(tr("names of samples that cannot be file names"), row, bool(row.id) and not named)
        (target / f"{name}.txt").write_text(row.text, "utf-8", newline="")
        lines = _lines(row, losses, attributes=attributes, pairs=pairs)
        if row.said is not None and isinstance(row.raw, list):
            if is_unchanged(row) and not row.note:
                lines = row.raw
            else:
                losses.add(_of_brat(), row, sum(line.startswith(("E", "*", "N")) for line in row.raw))
        (target / f"{name}.ann").write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="")
    entities = [label.name for label in labels if label.kind == "span"]
    (target / "annotation.conf").write_text(_conf(entities, pairs, attributes), "utf-8", newline="")
    return losses.found()


def _of_brat() -> str:
    return tr("events, equivalences and words of references in documents that were changed (events become relations)")


def _lines(row: Row, losses: Losses, *, attributes: set[str], pairs: dict[str, set[tuple[str, str]]]) -> list[str]:
    spans, lines = row.marks.spans or (), []
    notes = 0
    for number, span in enumerate(spans, start=1):
        kind = _type(span.label)
        losses.add(tr("spaces and special characters in the names of labels"), row, kind != span.label)
        losses.add(tr("scores of marks"), row, span.score is not None)
        lines.append(f"T{number}\t{kind} {_pieces(span, row.text)}\t{_quote(span, row.text)}")
    for number, relation in enumerate(row.marks.relations or (), start=1):
        kind = _type(relation.label)
        losses.add(tr("spaces and special characters in the names of labels"), row, kind != relation.label)
        pairs[kind].add((_type(spans[relation.head].label), _type(spans[relation.tail].label)))
        lines.append(f"R{number}\t{kind} Arg1:T{relation.head + 1} Arg2:T{relation.tail + 1}")
    number = 0
    for place, span in enumerate(spans, start=1):
        for name, value in span.attributes.items():
            if name == "note":
                notes += 1
                lines.append(f"#{notes}\tAnnotatorNotes T{place}\t{' '.join(value.split())}")
            elif name == "reference":
                lines.append(f"N{place}\tReference T{place} {value}")
            elif name not in _OWN:
                number += 1
                attributes.add(_type(name))
                said = "" if value == "yes" else " " + re.sub(r"\s+", "_", value)
                lines.append(f"A{number}\t{_type(name)} T{place}{said}")
    if row.note:
        losses.add(tr("notes on samples without a mark"), row, not spans)
        if spans:
            lines.append(f"#{notes + 1}\tAnnotatorNotes T1\t{' '.join(row.note.split())}")
    return lines


def _type(name: str) -> str:
    """brat's types are one word."""
    return re.sub(r"[\s:;<>|\[\]]+", "_", name.strip()) or "_"


def _pieces(span: SpanMark, text: str) -> str:
    """A mark across line ends is told in pieces, one for each line."""
    found, at = [], span.start
    for piece in re.split(r"(\r?\n|\r)", text[span.start : span.end]):
        if piece.strip("\r\n"):
            found.append(f"{at} {at + len(piece)}")
        at += len(piece)
    return ";".join(found) or f"{span.start} {span.end}"


def _quote(span: SpanMark, text: str) -> str:
    return " ".join(piece for piece in re.split(r"[\r\n]+", text[span.start : span.end]) if piece)


def _conf(entities: Sequence[str], pairs: dict[str, set[tuple[str, str]]], attributes: set[str]) -> str:
    lines = ["[entities]", *dict.fromkeys(map(_type, entities)), "", "[relations]"]
    for kind, found in sorted(pairs.items()):
        heads, tails = ("|".join(sorted({one[side] for one in found})) for side in (0, 1))
        lines.append(f"{kind} Arg1:{heads}, Arg2:{tails}")
    lines += ["", "[events]", "", "[attributes]", *(f"{name} Arg:<ENTITY>" for name in sorted(attributes))]
    return "\n".join(lines) + "\n"
