"""Training texts beside their back-translations, made before tuning began."""

from __future__ import annotations

from lepton_studio.methods.back_translation import BackTranslationSettings
from lepton_studio.methods.hooks import RewrittenCopies


class BackTranslationHooks(RewrittenCopies):
    """What was written is the same in every epoch."""

    settings: BackTranslationSettings
