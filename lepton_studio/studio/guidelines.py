"""The guidelines of a project as one Markdown text: the page that people wrote, then what is known of each label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lepton_studio.language import tr
from lepton_studio.project.guidelines import examples_of
from lepton_studio.project.label_options import is_retired
from lepton_studio.project.records import Label, Labels

_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&:@=$])")


def guidelines_text(page: str, labels: Labels, *, level: int = 1) -> str:
    """All of it; `level`: how deep the heading of the labels stands. "" where nothing is written and no label is
    described. What comes out of samples and labels is never markup.
    """
    parts = [page.strip()] if page.strip() else []
    described = [block for label in labels if (block := "\n".join(_lines(label, level=level + 1)))]
    if described:
        parts += [f"{'#' * level} {tr('Labels')}", *described]
    return "\n\n".join(parts)


def plain(text: str) -> str:
    """A text on one line in which Markdown finds nothing of its own."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))


def _lines(label: Label, *, level: int) -> Iterator[str]:
    examples = examples_of(label)
    if not (label.description or examples.good or examples.bad):
        return
    retired = f" ({tr('retired')})" if is_retired(label) else ""
    yield f"{'#' * level} {plain(label.name)}{retired}"
    if label.description:
        yield f"\n{plain(label.description)}"
    for title, found in ((tr("Examples"), examples.good), (tr("Counter-examples"), examples.bad)):
        if found:
            yield f"\n**{title}**\n"
            yield from (f"- {plain(one.text)}" for one in found)
