"""The Map page: all texts on a plane, similar ones close together; what a line is drawn around is labelled at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QStackedLayout, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.changes import Changes
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.records import Filter
from lepton_studio.ui.bulk.actions import BulkActions, Chosen
from lepton_studio.ui.map.colour_choice import ColourChoice
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.background import Work, WorkContext
from lepton_studio.ui.shared.looking import Look
from lepton_studio.ui.shared.page import Page
from lepton_studio.ui.shared.read_only import grey_if_only_read
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.bar_rows import BarRow, BarRows
from lepton_studio.widgets.empty_state import EmptyState, NextStep
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.plain_text import show_tool_tip
from lepton_studio.widgets.point_map import PointMap
from lepton_studio.widgets.theme import CAPTION

if TYPE_CHECKING:
    from lepton_studio.studio.colouring import Colouring
    from lepton_studio.studio.sample_map import SampleMap

_RECOLOUR = 400
"""Milliseconds from a change to other colours."""
_LEGEND, _BOTTOM = 240, 44


class MapPage(Page):
    """Two views: why there is no map yet, and the map with its legend."""

    shows_samples = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.map: SampleMap | None = None
        self.colouring: Colouring | None = None
        self._alone: int | None = None
        self._search = ""
        self._work: Work | None = None
        self.points = PointMap(name=tr("Map of the texts"))
        self.points.selected.connect(self._show_selection)
        self.points.clicked.connect(self._open)
        self.points.hovered.connect(self._show_text)
        self.colours = ColourChoice(session)
        self.colours.chosen.connect(self._colour)
        self.legend = BarRows(name=tr("Legend"))
        self.legend.setFixedWidth(_LEGEND)
        self.legend.row_clicked.connect(self._isolate)
        self._amount = words("", size=CAPTION, muted=True)
        self._says = words("", size=CAPTION, muted=True, wrap=True)
        self.work_through = button(tr("Work through them"))
        self.work_through.clicked.connect(self._work_through)
        self.more = button(tr("Label or change…"), role="primary")
        self.more.clicked.connect(self._open_menu)
        grey_if_only_read(session.project, self.more)
        self.bulk = BulkActions(session, self)
        self._empty = EmptyState("map", "", sentence="")
        full = QWidget()
        top = row(words(tr("Colour"), muted=True), self.colours, None, self._amount, gap=12)
        middle = row(self.points, self.legend, gap=16)
        middle.setStretch(0, 1)
        said = row(self._says, self.work_through, self.more, gap=12)
        said.setStretch(0, 1)
        bottom = QWidget()
        bottom.setLayout(said)
        bottom.setFixedHeight(_BOTTOM)  # the map stays as large as it is while points are selected
        whole = column(top, middle, bottom, gap=12, margins=(24, 16, 24, 16))
        whole.setStretch(1, 1)
        full.setLayout(whole)
        self._views = QStackedLayout(self)
        self._views.addWidget(self._empty)
        self._views.addWidget(full)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_RECOLOUR)
        self._soon.timeout.connect(self._colour)
        self._coloured = Look(session, tr("Colouring the map"))
        self._searched = Look(session, tr("Searching the samples"))
        session.instant.changed.connect(self._take_instant)
        self.setFocusProxy(self.points)
        self._show_selection()

    # ------------------------------------------------------------------------------------------------- what is shown

    def refresh(self) -> None:
        if self.session.project.count() == 0:
            to_data = NextStep(tr("Go to Data"), lambda: self.session.open_page("data"))
            self._say_empty(tr("Nothing to draw yet"), tr("Import some texts first."), [to_data])
        elif self._work is None:
            self._open_kept()

    def show_changes(self, changes: Changes) -> None:
        if changes.structure:
            self.refresh()
        else:
            self._soon.start()

    @property
    def search_text(self) -> str:
        return self._search

    def search(self, text: str) -> bool:
        self._search = text

        def show(ids: Sequence[int]) -> None:
            import numpy as np

            if self.map is not None:
                self.points.select(np.flatnonzero(np.isin(self.map.samples, np.array(ids, np.int64))))

        if self.map is not None and text:
            self._searched.ask(lambda project: project.sample_ids(Filter(search=text)), show)
        elif self.map is not None:
            self.points.select(())
        return True

    def actions_of_page(self) -> Sequence[Action]:
        def has_map() -> bool:
            return self.map is not None

        def has_selection() -> bool:
            return self.map is not None and bool(len(self.points.selection))

        return (
            Action("map.through", tr("Work through the selected samples"), self._work_through, "Return", "label",
                   has_selection),
            Action("map.change", tr("Label or change the selected samples…"), self._open_menu, "Ctrl+L", "label",
                   has_selection),
            Action("map.all", tr("Show the whole map"), self.points.show_all, "", "view", has_map),
            Action("map.anew", tr("Draw the map anew"), lambda: self.draw(anew=True), "", "view", has_map),
        )  # fmt: skip

    def keys_of_page(self) -> Sequence[tuple[str, str]]:
        return self.points.keys()

    # ------------------------------------------------------------------------------------------------------- the map

    def draw(self, *, anew: bool = False) -> None:
        """Read the texts that nobody has read yet, and draw the map in a process of its own, in view of the person."""
        self._draw(tr("Drawing the map of the texts"), anew=anew, only_kept=False)

    def _open_kept(self) -> None:
        self._draw(tr("Opening the map"), anew=False, only_kept=True)

    def _draw(self, title: str, *, anew: bool, only_kept: bool) -> None:
        from lepton_studio.studio.sample_map import draw_map

        session, children = self.session, self.session.child_owner
        get_vectors = session.similar.reader(complete=not only_kept)

        def work(progress: WorkContext) -> SampleMap | None:
            vectors = get_vectors(progress)
            return draw_map(
                vectors,
                anew=anew,
                only_kept=only_kept,
                children=children,
                progress=progress,
                should_stop=progress.should_stop,
                on_wait=progress.wait_for,
            )

        if self._work is None:
            if self.map is None:
                sentence = tr("The map appears here once it is drawn. You can go on labelling meanwhile.")
                self._say_empty(title, sentence, [])
            self._work = session.run_in_background(
                title, work, self._take_map, failed=lambda _error: self._take_map(None), quiet=only_kept
            )

    def _take_map(self, found: SampleMap | None) -> None:
        is_kept, self._work = self._work is not None and self._work.quiet, None
        if found is None or not len(found):
            if self.map is None:
                self._say_empty(
                    tr("A map of your texts"),
                    tr(
                        "Similar texts stand close together, so you see what kinds of texts there are and can label "
                        "whole groups at once. Drawing it takes some seconds for a thousand texts, some minutes for a "
                        "hundred thousand. It is kept and opens at once the next time."
                    ),
                    [NextStep(tr("Draw the map"), self.draw)],
                )
            return
        self.map = found
        self._views.setCurrentIndex(1)
        self.points.show_points(found.places)
        every = self.session.project.count()
        shown = tr("Samples: {n}", n=amount(len(found)))
        missing = tr("{n} of {all} samples", n=amount(len(found)), all=amount(every))
        self._amount.setText(shown if every <= len(found) else missing)
        self.colours.show_choices()
        self._colour()
        if is_kept and len(found) < every:
            self.draw()  # samples have come since

    def _say_empty(self, title: str, sentence: str, steps: list[NextStep]) -> None:
        self.map = None
        self._empty.set_words(title, sentence=sentence)
        self._empty.set_steps(steps)
        self._views.setCurrentIndex(0)

    # -------------------------------------------------------------------------------------------------------- colours

    def _take_instant(self) -> None:
        if self.is_active and self.map is not None:
            self.colours.show_choices()
            if self.colours.choice == "suggestion" and not self._soon.isActive():
                self._soon.start()

    def _colour(self) -> None:
        if self.map is None or not self.session.is_open:
            return
        shown = self.map
        colour = self.colours.colouring()

        def show(found: Colouring) -> None:
            if self.map is shown:
                self._show_colours(found)

        self._coloured.ask(lambda project: colour(project, shown.samples), show)

    def _show_colours(self, found: Colouring) -> None:
        if self.colouring is None or [one.title for one in found.groups] != [g.title for g in self.colouring.groups]:
            self._alone = None
        self.colouring = found
        self.points.show_alone(self._alone)
        self.points.show_groups(found.codes, [one.color for one in found.groups])
        rows = [
            BarRow(place, group.title, count, group.color or "#9a9a9a", part=None if self._is_lit(place) else 0)
            for place, (group, count) in enumerate(zip(found.groups, found.counts, strict=True))
        ]
        self.legend.show_rows(rows)

    def _is_lit(self, place: int) -> bool:
        return self._alone is None or self._alone == place

    def _isolate(self, place: object) -> None:
        """Show this group alone; all of them where it is already."""
        assert isinstance(place, int)
        self._alone = None if self._alone == place else place
        if self.colouring is not None:
            self._show_colours(self.colouring)

    # ------------------------------------------------------------------------------------------------ what is selected

    def _chosen(self) -> Chosen | None:
        if self.map is None or not len(self.points.selection):
            return None
        ids = self.map.ids(self.points.selection)
        return Chosen(Filter(ids=ids), len(ids), "filter")

    def _show_selection(self) -> None:
        count = len(self.points.selection)
        self.more.setVisible(bool(count))
        self.work_through.setVisible(bool(count))
        self._says.setText(
            trn("{count} sample selected", "{count} samples selected", count)
            if count
            else tr(
                "Draw around points to select them, with Shift to add more. Click a point to open its sample. "
                "The wheel zooms, a drag with the right button moves the map."
            )
        )

    def _work_through(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.session.show_samples(chosen.which)

    def _open_menu(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            menu = self.bulk.menu(chosen, self)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.more.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _open(self, number: int) -> None:
        if self.map is not None:
            self.session.sample_requested.emit(int(self.map.samples[number]))

    def _show_text(self, number: int, spot: QPoint) -> None:
        said = ""
        if number >= 0 and self.map is not None:
            try:
                sample = self.session.sample(int(self.map.samples[number]))
                said = sample.caption
            except NoSuchSample:
                said = tr("This sample is no longer in the project.")
            if self.colouring is not None:
                said += f"\n{self.colouring.groups[self.colouring.codes[number]].title}"
        show_tool_tip(said, at=spot, over=self.points)
