"""The one way a sentence reaches a person: `tr` looks it up in the catalogue of their language (gettext)."""

from __future__ import annotations

import gettext
import locale
import os

from lepton_studio.resources import resource_path

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""What there is to choose from, each by its own name."""

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(language: str | None = None) -> str:
    """Load the catalogue for `language` ("en", "zh_CN"), or for the system's when None; return the one in use.

    Call it once at start-up, before the first sentence. An unknown language falls back to English, the source language.
    """
    global _catalogue
    wanted = language or os.environ.get("LEPTON_LANGUAGE") or locale.getlocale()[0] or "en"
    _catalogue = gettext.translation(
        "lepton_studio", localedir=resource_path("translations"), languages=[wanted], fallback=True
    )
    return language_in_use()


def language_in_use() -> str:
    """The language of the sentences now: "en", or that of the catalogue loaded."""
    return _catalogue.info().get("language", "en")


def tr(sentence: str, **values: object) -> str:
    """The sentence in the person's language, its `{names}` filled from `values`."""
    translated = _catalogue.gettext(sentence)
    return translated.format(**values) if values else translated
