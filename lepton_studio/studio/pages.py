"""A page that can be sent on, as a plain value, and as the HTML and the Markdown of it. No value in it is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from lepton_studio.language import language_in_use

_CSS = """
body { font-family: Inter, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  margin: 0; color: #1b1b1f; }
h1 { font-size: 22px; margin-bottom: 4px; } h2 { font-size: 16px; margin-top: 28px; }
p { line-height: 140%; } .lead { font-size: 17px; } .muted { color: #5c5c66; } .caution { color: #8a5a00; }
table { border-collapse: collapse; } td, th { padding: 3px 10px; text-align: right; border-bottom: 1px solid #ddd; }
td.word, th.word { text-align: left; }
pre { background: #f4f4f6; padding: 12px; white-space: pre-wrap; }
"""
_IN_BROWSERS = """
:root { color-scheme: light dark; }
@media screen { body { max-width: 760px; margin: 32px auto; padding: 0 16px; overflow-wrap: break-word; } }
td, th { vertical-align: baseline; } th, .word ~ .word { word-break: keep-all; }
td[bgcolor] { color: #1b1b1f; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
img { max-width: 100%; height: auto; }
.wide { overflow-x: auto; }
@media screen and (prefers-color-scheme: dark) {
  body { background: #1c1c20; color: #e6e6ea; } .muted { color: #a6a6b0; } .caution { color: #e3b04b; }
  td, th { border-color: #3d3d45; } pre { background: #2a2a30; } a { color: #7ab8ff; }
  img { background: #fff; border-radius: 6px; }
}
@media print {
  .wide { overflow: visible; }
  h2 { break-after: avoid; } tr, li, pre, img { break-inside: avoid; }
}
"""
"""A sheet of its own: Qt leaves out all of one in which it does not know something."""


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph. `kind`: "lead", "muted", "caution" or ""."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `words`: the columns that are no numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of a program."""

    lines: str
    language: str = "python"


@dataclass(frozen=True, slots=True)
class Link:
    """A paragraph that ends with an address, which must be one of ours: nothing of a person's."""

    text: str
    address: str


Block = Said | Points | Grid | Code | Link


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`about`: one line below the title."""

    title: str
    about: str
    sections: tuple[Section, ...]


def as_html(page: Page) -> str:
    """A whole document, in the person's language."""
    parts = [f"<h1>{escape(page.title)}</h1>", paragraph(page.about, "muted")]
    for section in page.sections:
        parts += [heading(section.title), *map(_html, section.blocks)]
    return document(page.title, parts)


def as_markdown(page: Page) -> str:
    """As GitHub and the Hub read it."""
    parts = [f"# {_inline(page.title)}", _inline(page.about)]
    for section in page.sections:
        parts += [f"## {_inline(section.title)}", *map(_markdown, section.blocks)]
    return "\n\n".join(parts) + "\n"


# ---------------------------------------------------------------------------------------------------------- as HTML


def document(title: str, parts: Iterable[str]) -> str:
    """HTML that a browser shows alone, and simple enough for Qt to print. `parts` are HTML, the title is text."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language_in_use().replace("_", "-")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_CSS}</style><style>{_IN_BROWSERS}</style></head><body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def heading(title: str) -> str:
    """HTML of the heading of a section."""
    return f"<h2>{escape(title)}</h2>"


def paragraph(sentence: str, kind: str = "") -> str:
    """HTML of a paragraph; `kind` as in `Said`."""
    return f'<p class="{kind}">{escape(sentence)}</p>' if kind else f"<p>{escape(sentence)}</p>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: Sequence[int] = (0,)) -> str:
    """HTML of a table; `words`: the columns that are no numbers."""

    def line(cells: Sequence[str], tag: str) -> str:
        kinds = [' class="word" align="left"' if place in words else ' align="right"' for place in range(len(cells))]
        return (
            "<tr>"
            + "".join(f"<{tag}{kind}>{escape(cell)}</{tag}>" for kind, cell in zip(kinds, cells, strict=True))
            + "</tr>"
        )

    return framed(line(head, "th"), "".join(line(row, "td") for row in rows))


def framed(head: str, rows: str) -> str:
    """HTML of a table of these rows. The head comes again on each page; where a window is narrow the table scrolls."""
    return f"<div class='wide'><table cellspacing='0'><thead>{head}</thead><tbody>{rows}</tbody></table></div>"


def _html(block: Block) -> str:
    match block:
        case Said(text, kind):
            return paragraph(text, kind)
        case Points(items):
            return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in items)}</ul>"
        case Grid(head, rows, words):
            return table(head, rows, words=words)
        case Code(lines):
            return f"<pre>{escape(lines.strip())}</pre>"
        case Link(text, address):
            return f'<p>{escape(text)} <a href="{escape(address)}">{escape(address)}</a></p>'


# ------------------------------------------------------------------------------------------------------ as Markdown

_SIGNS = re.compile(r"[\\`*_\[\]<>|~&$]|^[#+\-=]|(?<=^\d)[.)](?=\s)|(?<=^\d\d)[.)](?=\s)|(?<=:)//|(?<=www)\.")
"""What could be markup in a line of text: signs anywhere, others where the line begins, and bare addresses."""


def _inline(text: str) -> str:
    """A text on one line in which Markdown finds nothing of its own."""
    return _SIGNS.sub(r"\\\g<0>", " ".join(text.split()))


def _markdown(block: Block) -> str:
    match block:
        case Said(text):
            return _inline(text)
        case Points(items):
            return "\n".join(f"- {_inline(one)}" for one in items)
        case Grid(head, rows, words):
            marks = ["---" if place in words else "---:" for place in range(len(head))]
            lines = [_cells(map(_inline, head)), _cells(marks), *(_cells(map(_inline, row)) for row in rows)]
            return "\n".join(lines)
        case Code(lines, language):
            fence = "`" * max(3, 1 + max((len(one) for one in re.findall("`+", lines)), default=0))
            return f"{fence}{language}\n{lines.strip()}\n{fence}"
        case Link(text, address):
            return f"{_inline(text)} <{address}>"


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
