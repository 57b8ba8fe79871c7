"""The few sentences of the first start, in the language of the system: English or Chinese.

The app's own catalogue is in its wheel, which is not installed yet.
"""

from __future__ import annotations

import locale
import os
import sys

from lepton_start.words_zh import CHINESE


def speaks_chinese(environment: dict[str, str] | None = None) -> bool:
    """Whether the system's language is Chinese."""
    of = os.environ if environment is None else environment
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if of.get(name):
            return of[name].lower().startswith("zh")
    if sys.platform == "win32" and environment is None:
        import ctypes

        return ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 0x04  # type: ignore[attr-defined,unused-ignore]
    return (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese"))


def say(sentence: str, **values: object) -> str:
    """The sentence in the person's language, with the values in their places."""
    return (CHINESE.get(sentence, sentence) if _CHINESE else sentence).format(**values)


def amount(size: float) -> str:
    """Bytes as people read them: 84 MB, 1.3 GB. A megabyte has a million bytes, as on the disk's box."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6))} MB"


_CHINESE = speaks_chinese()
