"""Training texts beside what other models wrote for them, before tuning began."""

from __future__ import annotations

from lepton_studio.methods.hooks import RewrittenCopies
from lepton_studio.methods.rewriting import RewritingSettings


class RewritingHooks(RewrittenCopies):
    """What was written is the same in every epoch."""

    settings: RewritingSettings
