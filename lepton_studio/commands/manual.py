"""`manual`: the pages of the manual, as Markdown."""

from __future__ import annotations

from argparse import Namespace

from lepton_studio.commands.console import Answer, Misused
from lepton_studio.language import tr
from lepton_studio.manual.contents import page_names
from lepton_studio.manual.finding import pages_with
from lepton_studio.manual.pages import NoSuchPage, manual_page, title_of


def manual(options: Namespace) -> Answer:
    """Print a page, or list the pages there are."""
    if options.page is not None:
        try:
            page = manual_page(options.page)
        except NoSuchPage as error:
            raise Misused(str(error)) from error
        return Answer({"name": page.name, "title": page.title, "text": page.text}, page.text)
    names = page_names()
    if options.find is not None:
        names = tuple(one.name for one in pages_with(options.find, [manual_page(name) for name in names]))
    width = max((len(name) for name in names), default=0)
    lines = [f"{name.ljust(width)}  {title_of(name)}" for name in names]
    return Answer(
        {"pages": [{"name": name, "title": title_of(name)} for name in names]},
        "\n".join(lines) or tr("No page has these words."),
    )
