"""Scores of written texts: chrF and BLEU as sacrebleu counts them, ROUGE-L as rouge-score does; all as shares of one.

sacrebleu is imported with the first score: it costs the window nothing at its start.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING

from lepton_studio.contract.task import Measure, Report
from lepton_studio.contract.written import Written
from lepton_studio.project.records import RIGHT, Labels, Verdict
from lepton_studio.scripts import HAN_AND_KANA, KANA

if TYPE_CHECKING:
    from sacrebleu.metrics.chrf import CHRF

MEASURES = (Measure("chrf", "chrF"), Measure("bleu", "BLEU"), Measure("rouge_l", "ROUGE-L"))
DIFFERS = "differs"

_CHARACTER = re.compile(f"[{HAN_AND_KANA}]")
_KANA = re.compile(f"[{KANA}]")
_TOKEN = re.compile(rf"[{HAN_AND_KANA}]|[^\W_{HAN_AND_KANA}]+")
_UNSPACED_SHARE = 0.3


def compare(gold: Written, predicted: Written) -> tuple[Verdict, ...]:
    """One verdict: right when it equals one of the references, white space aside."""
    return (Verdict(RIGHT if _equal(gold, predicted) else DIFFERS),)


def quality(gold: Written, predicted: Written) -> float:
    """chrF of the one text."""
    if _equal(gold, predicted):
        return 1.0
    return float(_chrf().sentence_score(predicted.text, list(gold.references)).score) / 100


def score(gold: Sequence[Written], predicted: Sequence[Written], labels: Labels) -> Report:
    """chrF and BLEU of all texts together, and the mean of their ROUGE-L; each against all references.

    chrF: Popović 2015, character n-grams to 6, beta 2 (chrF2). BLEU: Papineni et al. 2002 with the tokenizer of
    `tokenizer_for`; orders of which the texts are too short to have any are left out. Both with sacrebleu's defaults.
    """
    from sacrebleu.metrics.bleu import BLEU

    if not gold:
        return Report(n=0, headline={measure.id: 0.0 for measure in MEASURES})
    texts = [one.text for one in predicted]
    columns = [list(column) for column in zip_longest(*(one.references for one in gold))]
    bleu = BLEU(tokenize=tokenizer_for([one.text for one in gold]), effective_order=True)
    differing = sum(not _equal(truth, guess) for truth, guess in zip(gold, predicted, strict=True))
    return Report(
        n=len(gold),
        headline={
            "chrf": _chrf().corpus_score(texts, columns).score / 100,
            "bleu": min(1.0, bleu.corpus_score(texts, columns).score / 100),
            "rouge_l": sum(map(rouge_l, gold, predicted)) / len(gold),
        },
        errors={DIFFERS: differing},
    )


def tokenizer_for(texts: Sequence[str]) -> str:
    """sacrebleu's tokenizer for BLEU on such texts: "zh" for Chinese, "char" where kana shows Japanese, else "13a"."""
    written = "".join(texts)
    letters = sum(not one.isspace() for one in written)
    if len(_CHARACTER.findall(written)) <= _UNSPACED_SHARE * letters:
        return "13a"
    return "char" if _KANA.search(written) else "zh"


def rouge_l(gold: Written, predicted: Written) -> float:
    """F1 of the longest common subsequence (Lin 2004, summary level as one sequence), of the reference that fits best.

    Tokens are runs of letters and digits in lower case, as rouge-score cuts them, and single Han characters and kana.
    Two texts without any token are equal only when they are the same.
    """
    guess = _tokens(predicted.text)
    return max(_lcs_f1(_tokens(one), guess) for one in gold.references) if guess else float(_equal(gold, predicted))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def _lcs_f1(gold: Sequence[str], guess: Sequence[str]) -> float:
    return 2 * common_length(gold, guess) / (len(gold) + len(guess))


def common_length(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest common subsequence, a row of the table at a time in the bits of one number (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for place, token in enumerate(first):
        places[token] = places.get(token, 0) | 1 << place
    whole = (1 << len(first)) - 1
    row = whole
    for token in second:
        met = row & places.get(token, 0)
        row = ((row + met) | (row - met)) & whole
    return len(first) - row.bit_count()


def _equal(gold: Written, predicted: Written) -> bool:
    guess = "".join(predicted.text.split())
    return any("".join(one.split()) == guess for one in gold.references)


@cache
def _chrf() -> CHRF:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()
