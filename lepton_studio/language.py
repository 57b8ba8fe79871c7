"""The one way a sentence reaches a person: `tr`, and `trn` for counted things, look it up in the catalogue of their
language (gettext)."""

from __future__ import annotations

import gettext
import json
import locale
import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from lepton_studio.resources import resource_path

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""What there is to choose from, each by its own name."""

_TRADITIONAL = {"hant", "traditional", "tw", "hk", "mo", "taiwan", "hong", "macao", "macau"}

_STRAIGHT = re.compile('"([^"]*)"')
"""Quotation marks as sentences had them in early projects; those of the catalogues are curly."""

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


class Said(str):
    """A sentence in the person's language that knows what it was said from, so that it can be kept: see `to_keep`."""

    __slots__ = ("source", "values")
    source: tuple[str, ...]
    values: Mapping[str, object]

    @classmethod
    def of(cls, text: str, source: tuple[str, ...], values: Mapping[str, object]) -> Said:
        """The text as it reads now, said from one sentence, or from the pair that `trn` takes."""
        said = cls(text)
        said.source, said.values = source, values
        return said


def tr(sentence: str, **values: object) -> str:
    """The sentence in the person's language, its `{names}` filled from `values`."""
    translated = _catalogue.gettext(sentence)
    return Said.of(translated.format(**values) if values else translated, (sentence,), values)


def trn(one: str, many: str, count: int, **values: object) -> str:
    """The sentence for `count` things: `one` where the language says it as of one thing, else `many`.

    `{count}` is filled in, with the other names from `values`: trn("{count} sample", "{count} samples", 1).
    """
    return _counted(one, many, {"count": count, **values})


def _counted(one: str, many: str, values: Mapping[str, Any]) -> Said:
    said = _catalogue.ngettext(one, many, values["count"]).format(**values)
    return Said.of(said, (one, many), values)


def to_keep(sentence: str) -> str:
    """What to store of a sentence that is to be read later, maybe in another language: JSON of its source and values.

    A text that was not made by `tr` or `trn` is kept as it is.
    """
    if not isinstance(sentence, Said):
        return sentence
    values = {name: one if isinstance(one, int | float) else str(one) for name, one in sentence.values.items()}
    return json.dumps({"source": sentence.source, "values": values}, ensure_ascii=False)


def kept(stored: str) -> str:
    """The sentence that `to_keep` stored, in the language of now; any other text as it is."""
    if not stored.startswith('{"source":'):
        return stored
    try:
        content = json.loads(stored)
        source, values = [_STRAIGHT.sub("“\\1”", one) for one in content["source"]], content["values"]
        return tr(source[0], **values) if len(source) == 1 else _counted(source[0], source[1], values)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return stored


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
