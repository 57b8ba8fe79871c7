"""What the window shows of the app itself: preferences, keys, the tour, about; and what the settings make of it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from lepton_studio.language import said_in, tr
from lepton_studio.settings import Settings
from lepton_studio.ui.frame.about_card import AboutCard
from lepton_studio.ui.frame.keys_card import KeysCard
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.frame.preferences_card import PreferencesCard
from lepton_studio.ui.frame.tour_card import TourCard
from lepton_studio.ui.frame.window import Window
from lepton_studio.widgets.theme import Scheme, apply_theme
from lepton_studio.widgets.zoom import USUAL, zoom_of_texts

Card = TypeVar("Card", bound=Overlay)


class AppCards:
    """One for the window; all methods belong to its thread."""

    def __init__(self, window: Window) -> None:
        self._window = window
        zoom_of_texts().choose(window.settings.zoom)

    def show_preferences(self) -> None:
        """What holds for the app and not for a project."""

        def connect(card: PreferencesCard) -> None:
            card.chosen.connect(self.choose)
            card.keys_asked.connect(self.change_keys)

        self._card(PreferencesCard, connect).open_with(self._window.settings)

    def change_keys(self) -> None:
        """Other keys for what can be done now."""

        def connect(card: KeysCard) -> None:
            card.chosen.connect(lambda keys: self.choose({"keys": keys}))

        self._card(KeysCard, connect).open_with(self._window.usual_actions(), self._window.settings.keys)

    def show_about(self) -> None:
        """Version and licences."""
        AboutCard.over(self._window.toast.host).open_with()

    def start_tour(self) -> None:
        """What each page is for."""
        self._card(TourCard, lambda card: card.page_wanted.connect(self._window.open_page)).start()

    def _card(self, kind: type[Card], connect: Callable[[Card], object]) -> Card:
        """The window's card of this kind, connected when it is made."""
        host = self._window.toast.host
        is_new = host.findChild(kind, options=Qt.FindChildOption.FindDirectChildrenOnly) is None
        card = kind.over(host)
        if is_new:
            connect(card)
        return card

    def tour_once(self) -> None:
        """The tour, on the first start."""
        if not self._window.settings.toured and self._window.session is not None:
            self.choose({"toured": True})
            self.start_tour()

    def zoom(self, steps: int) -> None:
        """Show the texts of samples larger by so many steps; 0: as they come."""
        zoom = zoom_of_texts()
        percent = zoom.step(steps) if steps else zoom.choose(USUAL)
        self._window.remember(dataclasses.replace(self._window.settings, zoom=percent))
        self._window.toast.say(tr("Text size: {number}%", number=percent), seconds=2)

    def choose(self, chosen: dict[str, Any]) -> None:
        """Take new values of settings, and let them hold as far as they can at once."""
        before = self._window.settings
        settings = dataclasses.replace(before, **chosen)
        self._window.remember(settings)
        take_environment(settings)
        if settings.theme != before.theme:
            apply_theme(cast(QApplication, QApplication.instance()), scheme=cast(Scheme, settings.theme))
        if settings.keys != before.keys:
            self._window.show_actions()
        if settings.language != before.language:
            said = said_in(settings.language, "The language changes the next time you start Lepton Studio.")
            self._window.toast.say(said, seconds=6)


def take_environment(settings: Settings) -> None:
    """Tell this process and its children who sits here and where models of the Hub are kept."""
    for name, value in (("LEPTON_ANNOTATOR", settings.annotator), ("HF_HUB_CACHE", settings.models)):
        if value:
            os.environ[name] = value
        elif name == "LEPTON_ANNOTATOR":
            os.environ.pop(name, None)
