"""CoNLL out: two columns, token and IOB2 tag, with the text in a comment so that its spaces survive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from lepton_studio.formats.base import Loss, OutLabel, Row
from lepton_studio.formats.corpora.flat_spans import flat_spans
from lepton_studio.formats.corpora.tag_schemes import TokenSpan, bio_tags
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.tokens import cut
from lepton_studio.language import tr

_ENDS_A_LINE = re.compile(r"[\r\n]")


def write_conll(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """A sentence per sample: `# id`, `# split` and `# text` (`# text_json` where it has several lines), then a line for
    each token. Tokens are cut at the edges of spans. Raises OSError."""
    losses = Losses()
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(_sentence(row, losses) + "\n")
    return losses.found()


def _sentence(row: Row, losses: Losses) -> str:
    spans = flat_spans(row.marks.spans or ())
    places = cut(row.text, (edge for span in spans for edge in (span.start, span.end)))
    found = []
    for span in spans:
        inside = [number for number, (start, end) in enumerate(places) if span.start <= start and end <= span.end]
        if inside:
            found.append(TokenSpan(inside[0], inside[-1], _tag_label(span.label)))
        trimmed = not inside or (places[inside[0]][0], places[inside[-1]][1]) != (span.start, span.end)
        losses.add(tr("white space at the edges of spans"), row, trimmed)
        losses.add(tr("white space in the names of labels"), row, _tag_label(span.label) != span.label)
    comments = [f"# id = {row.id}"] if row.id and not _ENDS_A_LINE.search(row.id) else []
    comments += [f"# split = {row.split}"] if row.split else []
    is_one_line = not _ENDS_A_LINE.search(row.text) and row.text == row.text.strip()
    comments.append(
        f"# text = {row.text}" if is_one_line else f"# text_json = {json.dumps(row.text, ensure_ascii=False)}"
    )
    tags = bio_tags(found, len(places))
    tokens = [f"{row.text[start:end]}\t{tag}" for (start, end), tag in zip(places, tags, strict=True)]
    return "\n".join([*comments, *tokens]) + "\n"


def _tag_label(label: str) -> str:
    return re.sub(r"\s+", "_", label.strip())
