"""Texts that speak of a woman in place of a man, and the other way round: pronouns, forms of address, first names.

English and Chinese, by lists of our own. What cannot be told from the words alone is guessed by the next word: "her"
is "his" before a noun and "him" elsewhere.
"""

from __future__ import annotations

import re

_PAIRS = """
he she; himself herself; man woman; men women; mr mrs; sir madam; gentleman lady; gentlemen ladies; boy girl;
boys girls; husband wife; father mother; dad mum; son daughter; sons daughters; brother sister; brothers sisters;
uncle aunt; grandfather grandmother; boyfriend girlfriend; male female
"""
_ONE_WAY = {"ms": "mr", "miss": "mr", "mom": "dad", "him": "her", "hers": "his"}
_NAMES = """
James Mary; Robert Patricia; Michael Jennifer; David Linda; William Elizabeth; Richard Barbara; Joseph Susan;
Thomas Jessica; Charles Sarah; Daniel Karen; Matthew Lisa; Anthony Nancy; Andrew Margaret; Paul Sandra; Steven Ashley;
Kevin Emily; Brian Michelle; George Amanda; Edward Melissa; Peter Anna; Henry Helen; Samuel Laura; Ahmed Fatima;
Carlos Maria; Ivan Olga; Hans Ingrid; Pierre Claire; Omar Leila; Raj Priya; Luca Giulia
"""
_CHINESE = """
他 她; 先生 女士; 男性 女性; 父亲 母亲; 爸爸 妈妈; 丈夫 妻子; 老公 老婆; 儿子 女儿; 哥哥 姐姐; 弟弟 妹妹; 爷爷 奶奶;
叔叔 阿姨; 男孩 女孩; 男人 女人; 男友 女友
"""
_NO_NOUNS = """
a about after again all and any are as at back because been before but by can could did do does down every for from had
has have here how i if in into is it just me my no not now of off on or our out over please so some than that the their
them then there these they this those through to today tomorrow too under until up very was we were what when where
which who why will with would yesterday yet you your
"""
"""Words that do not begin what belongs to somebody."""


def _both_ways(pairs: str) -> dict[str, str]:
    found = [tuple(pair.split()) for pair in pairs.replace("\n", " ").split(";")]
    return {one: other for first, second in found for one, other in ((first, second), (second, first))}


_WORDS = {**_both_ways(_PAIRS), **_ONE_WAY}
_OF_NAME = _both_ways(_NAMES)
_OF_CHINESE = _both_ways(_CHINESE)
_NOT_A_NOUN = frozenset(_NO_NOUNS.split())
_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile(
    "(?<!其)他(?![人国乡日杀律])|"
    + "|".join(sorted((one for one in _OF_CHINESE if one != "他"), key=len, reverse=True))
)
"""其他 is "other", and 他人 "others"."""


def with_other_pronouns(text: str) -> str:
    """The text with pronouns and forms of address of the other gender; as it is where there are none."""
    text = _HAN.sub(lambda found: _OF_CHINESE[found[0]], text)
    return _WORD.sub(lambda found: _as_written(_swapped(found, text), like=found[0]), text)


def with_other_names(text: str) -> str:
    """The text with first names of the other gender, of some sixty; as it is where there are none."""
    return _WORD.sub(lambda found: _as_written(_OF_NAME.get(_titled(found[0]), found[0]), like=found[0]), text)


def _titled(word: str) -> str:
    """A name is written large: "mark" and "will" are other words."""
    return word.capitalize() if word[0].isupper() else word


def _swapped(found: re.Match[str], text: str) -> str:
    word = found[0].casefold()
    if word in ("his", "her"):
        following = re.compile(r"[ \t]+([^\W\d_]+)").match(text, found.end())
        belongs = following is not None and following[1].casefold() not in _NOT_A_NOUN
        return ("her" if belongs else "hers") if word == "his" else ("his" if belongs else "him")
    return _WORDS.get(word, found[0])


def _as_written(word: str, *, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
