"""How much suggestions sway the people who see them: agreement with a suggestion in view, and with a hidden one."""

from __future__ import annotations

from lepton_studio.language import tr
from lepton_studio.project.agreement import Agreement
from lepton_studio.studio.certainty import LEVEL, fisher
from lepton_studio.studio.scores_in_words import per_cent


def sways(agreement: Agreement) -> bool:
    """Whether people agree more often with what they see, beyond chance."""
    if not agreement.shown or not agreement.hidden:
        return False
    gap = agreement.agreed / agreement.shown - agreement.agreed_hidden / agreement.hidden
    one = agreement
    return gap > 0 and fisher(one.agreed, one.shown, other_hits=one.agreed_hidden, other_n=one.hidden) < LEVEL


def agreement_words(agreement: Agreement) -> str:
    """For a person, with what it divides by; "" before there is anything to compare."""
    if not agreement.shown or not agreement.hidden:
        return ""
    words = tr(
        "With the suggestion in view you agreed with {shown} (n = {n}), without it with {hidden} (n = {n_hidden}).",
        shown=per_cent(agreement.agreed / agreement.shown, digits=0),
        n=f"{agreement.shown:,}",
        hidden=per_cent(agreement.agreed_hidden / agreement.hidden, digits=0),
        n_hidden=f"{agreement.hidden:,}",
    )
    if sways(agreement):
        words += " " + tr("Suggestions seem to sway your answers: read the text first, then look at the suggestion.")
    return words
