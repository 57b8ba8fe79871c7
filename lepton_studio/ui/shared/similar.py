"""More like this: the samples most like one, found beside the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import AS_GIVEN, Filter, SampleId, State
from lepton_studio.ui.shared.background import WorkContext

if TYPE_CHECKING:
    from lepton_studio.studio.sample_vectors import SampleVectors
    from lepton_studio.ui.shared.session import Session

_MOST = 200


class SimilarSamples(QObject):
    """Owned by the session; keeps what it knows of the vectors from one question to the next."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._known: SampleVectors | None = None
        self._turn = 0
        session.changed.connect(self._take_changes)

    def find(self, sample: SampleId, show: Callable[[Filter], object], *, state: State = "any") -> None:
        """`show` those samples in this state that are most like this one, the most similar first, itself in front.

        Texts without a vector are read first, in view of the person; while the instant model reads them anyway, those
        that it has read so far must do.
        """
        session, read_vectors = self._session, self.reader(wanted=(sample,))

        def work(progress: WorkContext) -> tuple[SampleVectors, Filter]:
            vectors = read_vectors(progress)
            among = None if state == "any" else progress.project.sample_ids(Filter(state=state))
            found = vectors.nearest(sample, most=_MOST, among=among)
            own = [sample] if among is None or sample in among else []
            return vectors, Filter(state=state, ids=(*own, *(one.sample for one in found)), order=AS_GIVEN)

        def done(answer: tuple[SampleVectors, Filter]) -> None:
            vectors, found = answer
            if not found.ids or found.ids == (sample,):
                session.said.emit(tr("No other samples to compare this one with."), False)
                return
            show(found)
            if vectors.known < len(vectors.samples):
                read, every = f"{vectors.known:,}", f"{len(vectors.samples):,}"
                session.said.emit(
                    tr("Searched the {n} of {all} texts that have been read so far.", n=read, all=every), False
                )

        session.run_in_background(tr("Finding similar samples"), work, done)

    def reader(
        self, *, wanted: tuple[SampleId, ...] = (), complete: bool = True
    ) -> Callable[[WorkContext], SampleVectors]:
        """What gets in a thread the vectors of all samples; of those that are read already, and of `wanted`, while the
        instant model reads the others, or where it is not to be `complete`.
        """
        from lepton_studio.studio.sample_vectors import read_sample_vectors

        instant, children, turn = self._session.instant, self._session.child_owner, self._turn
        read, every = instant.read
        is_reading = instant.is_on and instant.learns == "texts" and not instant.trouble and not read == every > 0

        def get(progress: WorkContext) -> SampleVectors:
            vectors = read_sample_vectors(
                progress.project,
                self._known,
                children=children,
                complete=complete and not is_reading,
                wanted=wanted,
                progress=progress,
                should_stop=progress.should_stop,
                on_wait=progress.wait_for,
            )
            if turn == self._turn:
                self._known = vectors
            return vectors

        return get

    def kept(self) -> Callable[[WorkContext], SampleVectors | None]:
        """What gets in a thread the vectors that are on the disk already; None for none. Nothing is read for it."""
        turn = self._turn

        def get(progress: WorkContext) -> SampleVectors | None:
            # Here, not in the window's thread: the import takes longer than that may stand still.
            from lepton_studio.studio.sample_vectors import kept_vectors

            vectors = kept_vectors(progress.project, self._known, should_stop=progress.should_stop)
            if vectors is not None and turn == self._turn:
                self._known = vectors
            return vectors

        return get

    def _take_changes(self, changes: Changes) -> None:
        if changes.structure:  # samples came, went, or have another text
            self._turn, self._known = self._turn + 1, None
