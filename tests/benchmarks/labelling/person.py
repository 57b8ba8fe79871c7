"""A scripted person at the real window: looks up the true label of the text in view, and gives it by keys alone.

Enter where the suggestion is right; else the label's own key, or with many labels a few letters of its name and the
digit beside it. The script decides faster than people do, so it waits until the instant model has learnt (nearly) all
that was decided, and each decision is logged with the seconds that a person would have needed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt

from lepton_studio.project.records import LabelId, SampleId
from lepton_studio.studio.instant.asking import DRAWN
from lepton_studio.ui.frame.main_window import MainWindow
from tests.benchmarks.labelling.pace import seconds_for
from tests.ui.driving import label_page, own_editor, press, wait_until

_UNLEARNT = 0.01
"""Of all decisions at most so many are not learnt yet when the next one is made: a fit takes less than a person."""
_FIRST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision: whether it is for the test, whether Enter took a suggestion, how many keys it took."""

    sample: SampleId
    is_drawn: bool
    is_accepted: bool
    keys: int
    seconds: float


@dataclass
class Person:
    """Works on the samples that the Label page of this window offers. `label_of`: the true label of each."""

    window: MainWindow
    label_of: Mapping[SampleId, LabelId]

    def begin(self, *, seconds: float) -> None:
        """Wait until the instant model has read all texts, for so long at most."""
        assert self.window.session is not None
        instant = self.window.session.instant
        self._page = label_page(self.window)
        instant.start()
        wait_until(lambda: 0 < instant.read[1] == instant.read[0] and instant.model is not None, seconds=seconds)
        self._page.show_samples(self._page.queue.filter)  # what was read ahead meanwhile was not chosen yet
        self._taught = 0

    def decide(self, count: int) -> list[Decided]:
        """Label so many texts, or those there are."""
        done = []
        for _ in range(count):
            if self._page.queue.current is None:
                break
            done.append(self._decide_one())
        return done

    def _decide_one(self) -> Decided:
        page, current = self._page, self._page.queue.current
        assert current is not None
        wanted, is_drawn = self.label_of[current.id], page.queue.why == DRAWN
        suggestion, seconds = page.deciding.suggestion, seconds_for(current.text)
        page.deciding.saving._since = time.monotonic() - seconds  # as if it had been in view for so long
        is_accepted = suggestion is not None and suggestion.labels == (wanted,)
        keys = self._accept() if is_accepted else self._choose(wanted)
        self._taught += not is_drawn
        wait_until(lambda: page.queue.current is None or page.queue.current.id != current.id)
        wait_until(self._has_learnt, seconds=120)
        return Decided(current.id, is_drawn, is_accepted, keys, seconds)

    def _has_learnt(self) -> bool:
        session = self.window.session
        assert session is not None
        model = session.instant.model
        return model is not None and model.decisions >= self._taught * (1 - _UNLEARNT)

    def _accept(self) -> int:
        press(self.window, Qt.Key.Key_Return)
        return 1

    def _choose(self, wanted: LabelId) -> int:
        picker = own_editor(self._page).picker
        if not picker.is_many:
            press(self.window, next(one.key for one in picker.bar.shown if one.id == wanted))
            return 1
        name = next(one.name for one in picker.bar.shown if one.id == wanted)
        typed = 0
        while (place := [one.id for one in picker.bar.shown].index(wanted)) >= _FIRST_DIGITS:
            press(self.window, name[typed])
            typed += 1
        press(self.window, str(place + 1))
        return typed + 1
