"""The pages of the window, in the order of the rail. Each is imported and built when it is first opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page by name: `title` is the English source sentence, `path` "module:Class", `icon` a file of icons/.

    `manual`: the page of the manual that F1 opens there.
    """

    id: str
    title: str
    icon: str
    path: str
    manual: str


PAGES: tuple[PageEntry, ...] = (  # the map is last: the keys of the others are known
    PageEntry("data", "Data", "data", "lepton_studio.ui.data.page:DataPage", "window-data"),
    PageEntry("label", "Label", "label", "lepton_studio.ui.label.page:LabelPage", "window-label"),
    PageEntry("tune", "Tune", "tune", "lepton_studio.ui.tune.page:TunePage", "window-tune"),
    PageEntry("inspect", "Inspect", "inspect", "lepton_studio.ui.inspect.page:InspectPage", "window-inspect"),
    PageEntry("export", "Export", "out", "lepton_studio.ui.export.page:ExportPage", "window-export"),
    PageEntry("map", "Map", "map", "lepton_studio.ui.map.page:MapPage", "window-map"),
)
START = "window-start"
"""The page of the manual about the start page."""
