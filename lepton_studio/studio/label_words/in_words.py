"""The words of a label as sentences, and for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lepton_studio.language import tr, trn
from lepton_studio.project.records import SPLITS
from lepton_studio.studio.label_words.finding import LabelWord, WordsOfLabel
from lepton_studio.studio.label_words.suspicious import Mark
from lepton_studio.studio.label_words.units import ADDRESS, MAIL, MARKUP
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.words import shortened, split_name

_LONGEST = 60
"""Characters of a phrase in a sentence."""


def word_title(word: LabelWord, *, most: int = _LONGEST) -> str:
    """The word, with so many characters at most, or what any of its kind is called."""
    if word.text:
        return tr("“{word}”", word=shortened(word.text, most))
    if word.kind == ADDRESS:
        return tr("any web address")
    if word.kind == MAIL:
        return tr("any e-mail address")
    return tr("any HTML") if word.kind == MARKUP else tr("any number")


def basis_words(found: WordsOfLabel) -> str:
    """Of which samples the words are, and how many have the label."""
    parts = [
        tr("{split} {count}", split=split_name(split) if split else _no_split(found), count=f"{found.parts[split]:,}")
        for split in (*SPLITS, None)
        if found.parts.get(split)
    ]
    given = {"label": found.name, "hits": f"{found.hits:,}", "parts": tr(", ").join(parts)}
    if found.run is None:
        said = trn(
            "{hits} of {count:,} labelled sample has “{label}” ({parts}).",
            "{hits} of {count:,} labelled samples have “{label}” ({parts}).",
            found.n,
            **given,
        )
    else:
        said = trn(
            "Run {run} answers “{label}” for {hits} of the {count:,} sample that it has read ({parts}).",
            "Run {run} answers “{label}” for {hits} of the {count:,} samples that it has read ({parts}).",
            found.n,
            run=found.run,
            **given,
        )
    if found.n == found.total:
        return said
    drawn = tr("They are drawn at random from {total}.", total=f"{found.total:,}")
    return tr("{said} {more}", said=said, more=drawn)


def _no_split(found: WordsOfLabel) -> str:
    return split_name(None) if found.run is None else tr("unlabelled")


def told_words(found: WordsOfLabel) -> str:
    """How many words go with the label beyond chance, and why some of them are suspicious: a line each."""
    told = [one for one in found.words if one.is_told]
    if not found.words:
        return tr("There is nothing to tell the texts of this label from the others.")
    if not told:
        return tr("No word goes with it beyond chance: there are too few samples, or its texts say it in many ways.")
    suspicious = [one for one in told if one.is_suspicious]
    if not suspicious:
        return trn(
            "{count} word or phrase goes with it beyond chance, and it does not look suspicious.",
            "{count} words and phrases go with it beyond chance, and none looks suspicious.",
            len(told),
        )
    head = trn(
        "{count} word or phrase looks suspicious: if it has nothing to do with the label, a model that goes by it "
        "fails elsewhere.",
        "{count} words and phrases look suspicious: if they have nothing to do with the label, a model that goes by "
        "them fails elsewhere.",
        len(suspicious),
    )
    return "\n".join([head, *(tr("{word}: {why}.", word=word_title(one), why=why_words(one)) for one in suspicious)])


def why_words(word: LabelWord) -> str:
    """Why it is marked, without a full stop; "" where it is not."""
    return tr("; ").join(_reason(mark, word) for mark in word.marks)


def _reason(mark: Mark, word: LabelWord) -> str:
    match mark:
        case "number":
            return tr("numbers seldom tell what a text is about")
        case "address":
            return tr("addresses seldom tell what a text is about")
        case "markup":
            return tr("HTML, left over from a web page or an e-mail")
        case "template":
            return trn(
                "the same words in {count} text, perhaps from a form or a signature",
                "the same words in {count} texts, perhaps from a form or a signature",
                word.n,
            )
        case "function":
            return tr("a word or mark without a meaning of its own, perhaps a habit of whoever wrote these texts")
        case "name":
            return tr("written with a capital letter inside sentences, so likely a name")
        case "misleads":
            wrong = word.misled
            assert wrong is not None
            return trn(
                "of {count} held-out text with it that people labelled otherwise, {hits} gets this label; of those "
                "without it, {share}",
                "of {count} held-out texts with it that people labelled otherwise, {hits} get this label; of those "
                "without it, {share}",
                wrong.n,
                hits=wrong.hits,
                share=per_cent(wrong.elsewhere, digits=0),
            )


def mark_words(word: LabelWord) -> str:
    """Why it is marked, in a word or two; "" where it is not, "may be chance" where it is not told."""
    if not word.is_told:
        return tr("may be chance")
    titles: dict[Mark, str] = {
        "number": tr("number"),
        "address": tr("address"),
        "markup": tr("HTML"),
        "template": tr("fixed phrase"),
        "function": tr("no meaning of its own"),
        "name": tr("likely a name"),
        "misleads": tr("misleads"),
    }
    return tr(", ").join(titles[mark] for mark in word.marks)


def label_words_facts(found: WordsOfLabel) -> dict[str, Any]:
    """The same for programs."""
    return {
        "label": found.name,
        "by": found.by,
        "run": found.run,
        "samples_with_label": found.hits,
        "n": found.n,
        "total": found.total,
        "parts": {split or "none": count for split, count in found.parts.items()},
        "words": [
            {
                "word": one.text,
                "any": None if one.text else _any_name(one),
                "z": one.z,
                "p": one.p,
                "beyond_chance": one.is_told,
                "with_label": one.hits,
                "n": one.n,
                "labelled_so": one.labelled[0],
                "labelled": one.labelled[1],
                "suspicious": list(one.marks) if one.is_told else [],
                "misled": one.misled and asdict(one.misled),
                "samples": [*one.judged, *one.rest],
            }
            for one in found.words
        ],
    }


def _any_name(word: LabelWord) -> str:
    return {ADDRESS: "address", MAIL: "mail", MARKUP: "markup"}.get(word.kind, "number")
