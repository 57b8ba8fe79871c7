"""What the window remembers for the next start, as far as it can be written down."""

from __future__ import annotations

from collections.abc import Callable

from lepton_studio.language import tr
from lepton_studio.settings import Settings


class Remembering:
    """The settings in force. Where they cannot be saved (a full disk, a read-only home) that is said, once."""

    def __init__(self, settings: Settings, *, save: Callable[[Settings], None], said: Callable[[str], object]) -> None:
        self.settings = settings
        self._save = save
        self._said = said
        self._has_said = False

    def keep(self, settings: Settings) -> None:
        """Use these settings from now on, and save them if that is possible."""
        self.settings = settings
        try:
            self._save(settings)
        except OSError:
            if not self._has_said:
                self._has_said = True
                self._said(tr("Settings cannot be saved right now. Changes to them are lost when you quit."))
