"""What the Label page says of the instant model, in one quiet line."""

from __future__ import annotations

from lepton_studio.language import tr
from lepton_studio.studio.instant.model import score_sentence
from lepton_studio.ui.shared.instant import Instant
from lepton_studio.ui.shared.wording import amount


def instant_words(instant: Instant) -> tuple[str, str]:
    """(a line, its tool tip): why it does not go on, how far it has read, or how good it is; "" for nothing."""
    if not instant.is_on:
        return "", ""
    if instant.trouble:
        return instant.trouble, instant.trouble
    read, every = instant.read
    if read < every:
        return tr("{n} of {all} texts read", n=amount(read), all=amount(every)), ""
    score = None if instant.model is None else instant.model.score
    if score is None:
        return "", ""
    explained = tr(
        "How often suggestions are right: each labelled sample judged by a model that had not seen its label."
    )
    return score_sentence(score), explained
