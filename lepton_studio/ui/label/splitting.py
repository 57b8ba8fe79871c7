"""The samples of a label that is being split, sorted by which of the new labels they look most like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lepton_studio.project.errors import NoSuchLabel
from lepton_studio.project.label_options import split_into
from lepton_studio.project.records import Filter, LabelId, Sample, Suggestion
from lepton_studio.studio.instant.asking import SPLIT, Asked
from lepton_studio.studio.instant.model import INSTANT, InstantModel
from lepton_studio.ui.shared.session import Session


class Splitting:
    """What the instant model says of the samples of such a label, of the new labels only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sorted: tuple[InstantModel | None, LabelId, tuple[LabelId, ...], Sequence[Asked]] | None = None

    def into(self, which: Filter) -> tuple[LabelId, ...]:
        """The new labels, where these samples are those of a label that is being split; else ()."""
        if which.label is None or self._session.task.linear != "choice":
            return ()
        try:
            return split_into(self._session.project.label(which.label))
        except NoSuchLabel:
            return ()

    def asked(self, which: Filter) -> Sequence[Asked]:
        """All that it can say something of, those it is surest of first, label by label."""
        into, model = self.into(which), self._model
        if not into or model is None or which.label is None:
            return ()
        known = self._sorted
        if known is None or known[0] is not model or known[1:3] != (which.label, into):
            ids = self._session.project.sample_ids(Filter(label=which.label))
            order = [Asked(sample, SPLIT) for sample in model.sorted_among(ids, into)]
            self._sorted = known = (model, which.label, into, order)
        return known[3]

    @property
    def _model(self) -> InstantModel | None:
        model = self._session.instant.model
        return model if isinstance(model, InstantModel) else None

    def suggestion(self, sample: Sample, into: tuple[LabelId, ...]) -> Suggestion[Any] | None:
        """Which of the new labels the sample looks like; None where the model cannot say yet."""
        model, make = self._model, self._session.task.from_labels
        found = {} if model is None else model.scores_among(sample.id, into)
        if not found or make is None:
            return None
        best = next(iter(found))
        return Suggestion(sample.id, INSTANT, make((best,)), labels=(best,), score=found[best], scores=found)
