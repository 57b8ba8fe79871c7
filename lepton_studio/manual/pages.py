"""A page of the manual in the person's language, ready to be shown, printed or searched."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from lepton_studio.language import language_in_use, tr
from lepton_studio.manual.contents import page_names
from lepton_studio.resources import resource_path

CONTROL = re.compile(r"\*\*(.+?)\*\*")
"""What the window shows, in bold: by its English source sentence, in the pages of every language."""
STEP = " \u203a "
"""Between a menu and what stands in it: a small angle."""
_HAN = "\u4e00-\u9fff"
# The signs of Chinese: comma, full stop, semicolon, colon, the comma of lists, exclamation and question mark.
_SIGNS = "\uff0c\u3002\uff1b\uff1a\u3001\uff01\uff1f"
_TIGHT = (
    (re.compile(rf"(?<=[{_HAN}{_SIGNS}\uff08]) \*\*(?=[{_HAN}])"), "**"),
    (re.compile(rf"(?<=[{_HAN}])\*\* (?=[{_HAN}])"), "**"),
    (re.compile(rf"\*\* (?=[{_SIGNS}\uff09])"), "**"),
)
"""Where no space stands in Chinese; one beside a control that ends with "…" must stay, or Markdown sees no bold."""
_OF_DEVELOPERS = re.compile(r"\[([^\]]+)\]\((?:\.\./)+(docs/[^)#]+\.md)[^)]*\)")
"""A link to a document of the repository, which neither the wheel nor the site has: its name is said instead."""
_MADE = {
    "reference-command-line": "command_line",
    "reference-settings": "settings",
    "reference-formats": "formats",
}
"""Pages made by a function of `lepton_studio.manual.reference`, which costs half a second of imports."""


class NoSuchPage(ValueError):
    """The manual has no page of this name; the text says which there are."""


@dataclass(frozen=True, slots=True)
class ManualPage:
    """`text` is Markdown: the first line is the title, links are "NAME.md", pictures lie where `picture_path` says."""

    name: str
    title: str
    text: str


def manual_page(name: str) -> ManualPage:
    """A page, with the controls called as the window calls them. Raises NoSuchPage, OSError."""
    if name not in page_names():
        raise NoSuchPage(
            tr("The manual has no page “{name}”. Its pages are: {pages}.", name=name, pages=", ".join(page_names()))
        )
    made = _MADE.get(name)
    if made is None:
        return ManualPage(name, title_of(name), with_controls(source_file(name).read_text("utf-8")))
    make: Callable[[], str] = getattr(import_module("lepton_studio.manual.reference"), made)
    return ManualPage(name, title_of(name), make())


def is_made(name: str) -> bool:
    """Whether a page is made from definitions, and so takes a moment the first time."""
    return name in _MADE


def title_of(name: str) -> str:
    """What a page is called, without making it. Raises OSError."""
    if name in _MADE:
        return {
            "reference-command-line": tr("The command line"),
            "reference-settings": tr("Settings of a run"),
            "reference-formats": tr("File formats"),
        }[name]
    with source_file(name).open(encoding="utf-8") as page:
        return page.readline().strip().lstrip("# ")


def source_file(name: str) -> Path:
    """The Markdown of a page in the language in use; in English where that language has no manual."""
    file = resource_path("manual") / language_in_use() / f"{name}.md"
    return file if file.is_file() else resource_path("manual") / "en" / f"{name}.md"


def with_controls(source: str) -> str:
    """Markdown with the controls in it as the window calls them in the language in use."""
    text = CONTROL.sub(lambda found: f"**{STEP.join(tr(one) for one in found[1].split(STEP))}**", source)
    for pattern, tight in _TIGHT:
        text = pattern.sub(tight, text)
    return _OF_DEVELOPERS.sub(r"\1 (\2)", text)


def picture_path(address: str) -> Path:
    """The file of a picture, as pages name it: one of `dev.py screenshots`, in the wheel or in the checkout."""
    packaged = resource_path("screenshots")
    folder = packaged if packaged.is_dir() else resource_path("").parent / "docs" / "screenshots"
    return folder / Path(address).name
