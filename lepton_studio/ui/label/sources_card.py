"""Where suggestions come from: how good each source is, which one suggests, and on how many samples it is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from lepton_studio.language import tr
from lepton_studio.studio.scores_in_words import per_cent, predictor_name
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.label.sources import Sources
from lepton_studio.ui.shared.read_only import grey_if_only_read
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import CAPTION, TITLE

if TYPE_CHECKING:
    from lepton_studio.studio.sources import Source

_HIDDEN = (0.0, 0.02, 0.05, 0.1, 0.2)


class SourcesCard(Overlay):
    """`show_sources(...)`; what is chosen holds at once."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=600)
        self._sources: Sources | None = None
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._choose)
        self._keys: list[str] = []
        self._shown: tuple[tuple[Source, ...], str] | None = None
        self._rows = column(gap=10)
        self.hidden = ChoiceBox()
        self.hidden.setAccessibleName(tr("On how many samples suggestions are hidden"))
        for one in _HIDDEN:
            self.hidden.addItem(tr("on none") if not one else tr("on {share}", share=per_cent(one, digits=0)), one)
        self.hidden.currentIndexChanged.connect(lambda _place: self._hide_on())
        self.agreement = words("", wrap=True)
        explained = tr("On these, drawn at random, you answer first. That shows how far suggestions sway you.")
        self.close_it = button(tr("Close"), role="primary")
        self.close_it.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Sources of suggestions"), size=TITLE, bold=True))
        self.card_layout.addLayout(self._rows)
        self.card_layout.addLayout(row(words(tr("Hide the suggestion until you have answered")), self.hidden, None))
        self.card_layout.addWidget(words(explained, size=CAPTION, muted=True, wrap=True))
        self.card_layout.addWidget(self.agreement)
        self.card_layout.addLayout(row(None, self.close_it))

    def show_sources(self, sources: Sources) -> None:
        """Show them as they were measured last, and measure them anew."""
        if self._sources is None:
            self._sources = sources
            sources.changed.connect(self._show)
            grey_if_only_read(sources.project, self.hidden)
        self._show()
        sources.measure()
        self.open_over()

    @property
    def choices(self) -> Sequence[QRadioButton]:
        """One for each source, behind the one that is right most often."""
        return [one for one in self._group.buttons() if isinstance(one, QRadioButton)]

    def _show(self) -> None:
        from lepton_studio.studio.swaying import agreement_words

        sources = self._sources
        if sources is None:
            return
        self._show_rows(sources)
        self.hidden.blockSignals(True)
        place = min(range(len(_HIDDEN)), key=lambda at: abs(_HIDDEN[at] - sources.settings.hidden))
        self.hidden.setCurrentIndex(place)
        self.hidden.blockSignals(False)
        said = agreement_words(sources.agreement)
        self.agreement.setText(said)
        self.agreement.setVisible(bool(said))

    def _show_rows(self, sources: Sources) -> None:
        from lepton_studio.studio.sources import key_of, source_words

        if self._shown == (sources.measured, sources.chosen):
            return
        self._shown = sources.measured, sources.chosen
        for one in self._group.buttons():
            self._group.removeButton(one)
        clear(self._rows)
        self._keys = [""]
        self._add(tr("The one that is right most often"), tr("The usual choice, for each sample anew."), "")
        for source in sources.measured:
            self._keys.append(key_of(source.predictor))
            name = predictor_name(source.predictor)
            is_own_name = source.predictor.kind == "imported"
            self._add(name if is_own_name else name[:1].upper() + name[1:], source_words(source), self._keys[-1])
        if not sources.measured:
            nothing = tr("Nothing suggests yet. Label some samples, tune a model, or choose a word list.")
            self._rows.addWidget(words(nothing, muted=True, wrap=True))

    def _add(self, name: str, said: str, key: str) -> None:
        choice = QRadioButton(name)
        choice.setAccessibleDescription(said)
        choice.setChecked(self._sources is not None and self._sources.chosen == key)
        self._group.addButton(choice, len(self._keys) - 1)
        if self._sources is not None:
            grey_if_only_read(self._sources.project, choice)
        self._rows.addLayout(column(choice, words(said, size=CAPTION, muted=True, wrap=True), gap=2))

    def _choose(self, place: int) -> None:
        if self._sources is not None:
            self._sources.set(replace(self._sources.settings, source=self._keys[place]))

    def _hide_on(self) -> None:
        if self._sources is not None:
            self._sources.set(replace(self._sources.settings, hidden=float(self.hidden.currentData())))
