"""The run that is going on, as the header shows it, and the way to its page."""

from __future__ import annotations

from lepton_studio.ui.frame.window import Window
from lepton_studio.ui.shared.session import Session


class RunInHeader:
    """One for the window."""

    def __init__(self, window: Window) -> None:
        self._window = window
        window.header.run_asked.connect(self.open)

    def follow(self, session: Session) -> None:
        """Show the runs of this session."""
        session.run_active_changed.connect(self.show)
        session.run_events_arrived.connect(lambda _run, _events: self.show())

    def show(self) -> None:
        """Show how far the active run is, or nothing."""
        session = self._window.session
        run = session.active_run if session is not None else None
        if run is None or session is None:
            self._window.header.run.hide()
            return
        step = session.scheduler.last_step
        share = step.step / step.total_steps if step and step.total_steps else None
        self._window.header.run.show_run(run.number, share)

    def open(self) -> None:
        """Open the Tune page on the active run."""
        session = self._window.session
        run = session.active_run if session is not None else None
        self._window.open_page("tune")
        if run is not None and self._window.page is not None:
            self._window.page.show_run(run.id)  # type: ignore[attr-defined]
