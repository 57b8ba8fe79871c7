"""The one way a sentence reaches a person: `tr`, and `trn` for counted things, look it up in the catalogue of their
language (gettext)."""

from __future__ import annotations

import gettext
import locale
import os
import re
from collections.abc import Sequence
from functools import cache

from lepton_studio.resources import resource_path

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""What there is to choose from, each by its own name."""

_TRADITIONAL = {"hant", "traditional", "tw", "hk", "mo", "taiwan", "hong", "macao", "macau"}

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(language: str | None = None, *, system: str | None = None) -> str:
    """Load the catalogue for `language` ("en", "zh_CN"), or for the system's when None; return the one in use.

    `system` is the system's language where the caller knows it (Qt asks the desktop); otherwise the environment says.
    Call it once at start-up, before the first sentence. An unknown language falls back to English, the source language.
    """
    global _catalogue
    wanted = language or os.environ.get("LEPTON_LANGUAGE") or system or _language_of_environment()
    _catalogue = _catalogue_of(_catalogue_name(wanted))
    return language_in_use()


def language_in_use() -> str:
    """The language of the sentences now: "en", or that of the catalogue loaded."""
    return _catalogue.info().get("language", "en")


def tr(sentence: str, **values: object) -> str:
    """The sentence in the person's language, its `{names}` filled from `values`."""
    translated = _catalogue.gettext(sentence)
    return translated.format(**values) if values else translated


def trn(one: str, many: str, count: int, **values: object) -> str:
    """The sentence for `count` things: `one` where the language says it as of one thing, else `many`.

    `{count}` is filled in, with the other names from `values`: trn("{count} sample", "{count} samples", 1).
    """
    return _catalogue.ngettext(one, many, count).format(count=count, **values)


def retold(stored: str, sentences: Sequence[str]) -> str:
    """A sentence that was stored in the language of then, in that of now, where it is one of `sentences`."""
    for code in LANGUAGES:
        catalogue = _catalogue_of(code)
        for sentence in sentences:
            if stored == catalogue.gettext(sentence):
                return tr(sentence)
    return stored


def said_in(language: str, sentence: str) -> str:
    """The sentence in another language than the one in use; "" for the system's."""
    return _catalogue_of(_catalogue_name(language or _language_of_environment())).gettext(sentence)


@cache
def _catalogue_of(name: str) -> gettext.NullTranslations:
    return gettext.translation(
        "lepton_studio", localedir=resource_path("translations"), languages=[name], fallback=True
    )


def _language_of_environment() -> str:
    """The variables that gettext knows (Linux, a terminal of macOS), else the locale of the process (Windows)."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.split(":")[0]
    try:
        return locale.getlocale()[0] or "en"
    except ValueError:  # a locale that Python has no name for
        return "en"


def _catalogue_name(language: str) -> str:
    """Simplified Chinese as systems write it (zh_CN.UTF-8, zh-Hans-CN, Chinese (Simplified)_China) is "zh_CN"."""
    words = set(re.split(r"[^a-z]+", language.lower()))
    if words & {"zh", "chinese"} and ("hans" in words or not words & _TRADITIONAL):
        return "zh_CN"
    return language
