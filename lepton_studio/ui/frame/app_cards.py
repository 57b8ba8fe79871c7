"""What the window shows of the app itself: preferences, keys, the tour, about; and what the settings make of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.hub.places import HubName
from lepton_studio.language import said_in, tr
from lepton_studio.project.history import is_named, user_name
from lepton_studio.settings import take_environment
from lepton_studio.studio.earlier_version import EarlierVersion
from lepton_studio.ui.frame.about_card import AboutCard
from lepton_studio.ui.frame.hub_card import HubCard
from lepton_studio.ui.frame.keys_card import KeysCard
from lepton_studio.ui.frame.models_card import ModelsCard
from lepton_studio.ui.frame.network_card import NetworkCard
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.frame.pages import PAGES, START
from lepton_studio.ui.frame.preferences_card import PreferencesCard
from lepton_studio.ui.frame.tour_card import TourCard
from lepton_studio.ui.frame.window import Window
from lepton_studio.ui.shared.hub_desk import HubDesk
from lepton_studio.ui.shared.model_desk import ModelDesk
from lepton_studio.widgets.theme import Scheme, apply_theme
from lepton_studio.widgets.zoom import USUAL, zoom_of_texts

if TYPE_CHECKING:
    from lepton_studio.ui.manual.window import ManualWindow

Card = TypeVar("Card", bound=Overlay)


class AppCards:
    """One for the window; all methods belong to its thread."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._hub: HubDesk | None = None
        self._manual: ManualWindow | None = None
        self._tour: TourCard | None = None
        self._models = ModelDesk(window.toast.host)
        """For when no project is open."""
        window.header.person.show_person(user_name())
        window.header.person.clicked.connect(self.choose_person)
        zoom_of_texts().choose(window.settings.zoom)

    def show_preferences(self) -> None:
        """What holds for the app and not for a project."""

        def connect(card: PreferencesCard) -> None:
            card.chosen.connect(self.choose)
            card.keys_asked.connect(self.change_keys)
            card.network_asked.connect(self.show_network)
            card.trackers_asked.connect(self.show_trackers)

        self._card(PreferencesCard, connect).open_with(self._window.settings)

    def show_network(self) -> None:
        """Offline mode, the folder of models, the address of the Hub, the token."""
        hub = self.hub
        card = self._card(
            NetworkCard, lambda card: card.chosen.connect(self.choose), make=lambda host: NetworkCard(host, hub)
        )
        card.open_with(self._window.settings)

    def show_trackers(self) -> None:
        """Where runs are written to besides the project."""
        from lepton_studio.ui.frame.tracking_card import TrackingCard

        self._card(TrackingCard, lambda card: card.chosen.connect(self.choose)).open_with(self._window.settings)

    def show_hub(self, model: str = "") -> None:
        """Models from the Hub; `model`: what to look for."""

        def connect(card: HubCard) -> None:
            card.chosen.connect(self._tune_with)
            card.settings_asked.connect(self.show_network)

        hub = self.hub
        card = self._card(HubCard, connect, make=lambda host: HubCard(host, hub))
        card.open_with(self._window.session, model=model)

    def close(self) -> None:
        """End what the cards began."""
        if self._hub is not None:
            self._hub.close()
        if self._manual is not None:
            self._manual.close()

    @property
    def hub(self) -> HubDesk:
        """The way to the Hub, made on first use."""
        if self._hub is None:
            self._hub = HubDesk(lambda: self._window.settings, self._window.toast.host)
            self._hub.fetched.connect(self._take_fetched)
            self._hub.fault_found.connect(self._raise)
        return self._hub

    def _take_fetched(self, name: HubName) -> None:
        if self._window.session is not None:
            self._window.session.model_fetched.emit(name.id)
        self._window.toast.say(tr("{name} is on this computer now.", name=name.id), seconds=6)

    def _tune_with(self, model: str) -> None:
        if self._window.session is not None:
            self._window.open_page("tune")
            self._window.session.model_chosen.emit(model)

    def _raise(self, error: Exception) -> None:
        raise error  # into the excepthook: log, banner, report

    def show_models(self) -> None:
        """The models that come with the app."""
        session, host = self._window.session, self._window.toast.host
        desk = self._models if session is None else session.models
        card = host.findChild(ModelsCard, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if card is None or card.desk is not desk:
            if card is not None:
                card.deleteLater()
            card = ModelsCard(host, desk)
            card.chosen.connect(self.choose)
            card.hub_asked.connect(lambda: self.show_hub())
        card.open_with(session, mirror=self._window.settings.mirror)

    def choose_person(self) -> None:
        """Another person goes on labelling."""
        from lepton_studio.ui.frame.person_card import PersonCard

        session = self._window.session
        if session is not None:
            card = PersonCard.over(self._window.toast.host)
            card.ask(user_name(), known=session.project.people(), chosen=self._take_person)

    def when_named(self, go_on: Callable[[], object]) -> None:
        """Call `go_on`; before, ask who sits here where nobody has said so, as the work of several comes together."""
        from lepton_studio.ui.frame.person_card import PersonCard

        session = self._window.session
        if session is None or is_named():
            go_on()
            return

        def chosen(name: str) -> None:
            self._take_person(name)
            go_on()

        why = tr(
            "The work of several people comes together now. Everything you label from now on is kept under this name; "
            "what you labelled so far stays under “{name}”.",
            name=user_name() or tr("unknown"),
        )
        PersonCard.over(self._window.toast.host).ask(
            user_name(), known=session.project.people(), chosen=chosen, why=why
        )

    def _take_person(self, name: str) -> None:
        self.choose({"annotator": name})
        self._window.toast.say(tr("Now labelling as {name}.", name=name), seconds=4)

    def change_keys(self) -> None:
        """Other keys for what can be done now."""

        def connect(card: KeysCard) -> None:
            card.chosen.connect(lambda keys: self.choose({"keys": keys}))

        self._card(KeysCard, connect).open_with(self._window.usual_actions(), self._window.settings.keys)

    def show_manual(self) -> None:
        """The manual, open at what is in view."""
        from lepton_studio.ui.manual.window import ManualWindow

        if self._manual is None:
            self._manual = ManualWindow(self._window.toast.host)
        self._manual.open_at(self._page_of_manual())

    def _page_of_manual(self) -> str:
        cards = self._window.toast.host.window().findChildren(Overlay)
        open_card = next((one.manual for one in cards if one.isVisible() and one.manual), "")
        return open_card or next((entry.manual for entry in PAGES if entry.id == self._window.page_id), START)

    def show_about(self) -> None:
        """Version and licences."""
        AboutCard.over(self._window.toast.host).open_with()

    def offer_step_back(self, earlier: EarlierVersion) -> None:
        """Go back to the version before an update."""
        from lepton_studio.ui.frame.restarting import StepBackCard

        StepBackCard.over(self._window.toast.host).ask(self._window, earlier)

    def start_self_test(self) -> None:
        """Whether the window opens and a model trains here, with a report."""
        from lepton_studio.ui.frame.self_test_card import SelfTestCard

        SelfTestCard.over(self._window.toast.host).start()

    def start_tour(self) -> None:
        """What each page is for, at the real one."""
        if self._tour is None:
            self._tour = TourCard(self._window.toast.host, self._pointed_at)
            self._tour.page_wanted.connect(self._window.open_page)
        self._tour.start(page=self._window.page_id)

    def end_tour(self) -> None:
        """Leave it, where it is shown."""
        if self._tour is not None:
            self._tour.leave()

    def _pointed_at(self, page: str) -> QWidget | None:
        shown = self._window.page
        if shown is None or self._window.page_id != page:
            return None
        part = shown.pointed_at()
        return part if part is not shown else self._window.rail.button_of(page)

    def _card(
        self, kind: type[Card], connect: Callable[[Card], object], *, make: Callable[[QWidget], Card] | None = None
    ) -> Card:
        """The window's card of this kind, made (by `make`) and connected when it is first shown."""
        host = self._window.toast.host
        card = host.findChild(kind, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if card is None:
            card = (make or kind)(host)
            connect(card)
        return card

    def tour_once(self) -> None:
        """The tour, on the first start; not where nothing that it points at can be done."""
        session = self._window.session
        if not self._window.settings.toured and session is not None and not session.project.read_only:
            self.choose({"toured": True})
            self.start_tour()

    def _restart(self) -> None:
        from lepton_studio.ui.frame.restarting import restart

        restart(self._window)

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
        take_environment(settings, before=before)
        if settings.theme != before.theme:
            apply_theme(cast(QApplication, QApplication.instance()), scheme=cast(Scheme, settings.theme))
        if (settings.keys, settings.annotator) != (before.keys, before.annotator):  # one of them says who labels
            self._window.show_actions()
        self._window.header.person.show_person(user_name())
        if settings.scale != before.scale:
            self._window.toast.say(
                tr("Interface size {number}%: from the next start.", number=settings.scale),
                action=tr("Restart now"),
                run=self._restart,
                seconds=20,
            )
        if settings.language != before.language:
            said = said_in(settings.language, "The language changes the next time you start Lepton Studio.")
            self._window.toast.say(said, seconds=6)
