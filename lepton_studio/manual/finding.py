"""Pages of the manual that hold some words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lepton_studio.manual.pages import ManualPage

_MARKUP = re.compile(r"!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|[*_`#|\[]+")


def pages_with(words: str, pages: Sequence[ManualPage]) -> list[ManualPage]:
    """Those in which each of the words stands, as part of a word too: titles first, then by how thick they stand."""
    wanted = words.casefold().split()
    found = []
    for page in pages:
        said, title = _MARKUP.sub(" ", page.text).casefold(), page.title.casefold()
        if all(one in said for one in wanted):
            thick = sum(said.count(one) for one in wanted) / len(said)
            found.append((sum(title.count(one) for one in wanted) + thick, page))
    return [page for _count, page in sorted(found, key=lambda one: -one[0])]
