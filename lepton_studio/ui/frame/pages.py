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
    PageEntry("data", "Data", "data", "lepton_studio.ui.data.page:DataPage"),
    PageEntry("label", "Label", "label", "lepton_studio.ui.label.page:LabelPage"),
    PageEntry("tune", "Tune", "tune", "lepton_studio.ui.tune.page:TunePage"),
    PageEntry("inspect", "Inspect", "inspect", "lepton_studio.ui.inspect.page:InspectPage"),
    PageEntry("export", "Export", "out", "lepton_studio.ui.export.page:ExportPage"),
    PageEntry("map", "Map", "map", "lepton_studio.ui.map.page:MapPage"),  # last: the keys of the others are known
)
