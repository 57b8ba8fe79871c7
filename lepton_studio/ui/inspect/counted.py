"""Words are counted beside the window, once for a run and a state of the labels: another label is shown at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_studio.language import tr
from lepton_studio.project.records import LabelId, RunRecord
from lepton_studio.ui.shared.background import Work, WorkContext
from lepton_studio.ui.shared.session import Session

if TYPE_CHECKING:
    from lepton_studio.studio.label_words.finding import By, CountedWords, Shown
    from lepton_studio.ui.inspect.label_words import LabelWordsView


class CountedHere:
    """Fills a view with the words of its label. The newest question counts; older work is cancelled."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._work: Work | None = None
        self._key: tuple[object, ...] = ()
        self._counted: CountedWords | None = None

    def show(self, run: RunRecord, view: LabelWordsView) -> None:
        """Show the words of the label that the view names, for this run."""
        session, by, label = self._session, view.by, view.label
        project = session.project
        key = (run.id, by, project.write_count())
        known = self._counted if key == self._key else None
        if self._work is not None:
            session.background.cancel(self._work)

        def done(answer: tuple[CountedWords | None, Shown]) -> None:
            if work is self._work:
                self._work, self._key = None, key
                self._counted, shown = answer
                view.show_words(shown)

        work = session.run_in_background(
            tr("Counting words"),
            lambda progress: _words(progress, run, by, label, known=known),
            done,
            quiet=True,
            is_awaited=False,
        )
        self._work = work


# Imported where it runs: in the window's thread the import would take longer than it may stand still.


def _words(
    progress: WorkContext, run: RunRecord, by: By, label: LabelId | None, *, known: CountedWords | None
) -> tuple[CountedWords | None, Shown]:
    from lepton_studio.studio.label_words.finding import NoLabelWords, Shown, count_words, shown_words

    try:
        counted = known or count_words(progress.project, run, by=by, should_stop=progress.should_stop)
    except NoLabelWords as why:
        return None, Shown((), None, str(why))
    return counted, shown_words(counted, label)
