"""The pages of the window, in the order of the rail. Each is imported and built when it is first opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page by name: `title` is the English source sentence, `path` "module:Class", `icon` a file of icons/."""

    id: str
    title: str
    icon: str
    path: str


PAGES: tuple[PageEntry, ...] = (
    PageEntry("data", "Data", "data", "lepton_studio.ui.pages.data:DataPage"),
    PageEntry("label", "Label", "label", "lepton_studio.ui.pages.label:LabelPage"),
    PageEntry("tune", "Tune", "tune", "lepton_studio.ui.pages.tune:TunePage"),
    PageEntry("inspect", "Inspect", "inspect", "lepton_studio.ui.pages.inspect:InspectPage"),
    PageEntry("out", "Out", "out", "lepton_studio.ui.pages.out:OutPage"),
)
