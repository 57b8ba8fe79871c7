"""Which column of a file is the text, which the label, which the split: guessed from the names and the cells."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lepton_studio.formats.guessing import names_elsewhere
from lepton_studio.formats.guessing.no_labels import are_moments, is_identity, is_near_unique
from lepton_studio.formats.splits import split_named
from lepton_studio.formats.values import as_text

_TEXT_NAMES = [
    "text",
    "texts",
    "sentence",
    "sentences",
    "review",
    "reviews",
    "content",
    "contents",
    "question",
    "tweet",
    "message",
    "messages",
    "comment",
    "body",
    "utterance",
    "query",
    "title",
    "headline",
    "news_title",
    "description",
    "sms",
    "post",
    "document",
    "doc",
    "abstract",
    "article",
    "input",
    "prompt",
    "content_text",
    "column_data",
    "v2",
    "raw_text",
    "text_a",
    "sentence1",
    "文本",
    "内容",
    "评论",
    "句子",
    "正文",
    "标题",
    "问题",
]
_LABEL_NAMES = [
    "label",
    "labels",
    "category",
    "categories",
    "class",
    "classes",
    "target",
    "intent",
    "sentiment",
    "topic",
    "emotion",
    "tag",
    "gold",
    "gold_label",
    "y",
    "annotation",
    "label_desc",
    "label_name",
    "label_text",
    "coarse_label",
    "column_label",
    "cats",
    "cat",
    "polarity",
    "is_spam",
    "v1",
    "choice",
    "标签",
    "类别",
    "分类",
    "情感",
]
_SPLIT_NAMES = {"split", "splits", "set", "subset", "partition", "fold", "part", "数据集"}
_NUMBER = re.compile(r"\s*[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?\s*$")
_LONGEST_LABEL = 80
_PLAINLY_NAMED = 0.3
"""A name that is, or holds, a usual one of labels; "topic_id" may be numbers of topics."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Names out of the columns given; None where no column fits."""

    text: str | None = None
    label: str | None = None
    split: str | None = None
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    """What the sampled cells of one column look like. Lengths in characters; shares in 0..1 of the cells not empty."""

    name: str
    filled: int
    share_filled: float
    mean_length: float
    longest: int
    distinct: int
    share_numbers: float
    share_wordy: float
    values: frozenset[str]
    nested: bool
    share_splits: float = 0.0
    splits: int = 0


def guess_roles(
    columns: Sequence[str], rows: Sequence[Mapping[str, object]], *, constant: Collection[str] = ()
) -> Roles:
    """The roles of the columns, from up to a few thousand sampled rows; those that are `constant` are no labels."""
    seen = [_look(name, rows) for name in columns]
    split = next((column.name for column in seen if _is_split(column)), None)
    verdict = next((column.name for column in seen if _is_verdict(column)), None)
    rest = [column for column in seen if column.name not in (split, verdict) and column.filled]
    texts = sorted(rest, key=_text_score, reverse=True)
    text = texts[0].name if texts and _text_score(texts[0]) > 0 else None
    candidates = [column for column in rest if column.name not in (text, *constant)]
    label = None if _one_hot(candidates) else _best_label(candidates, rows)
    return Roles(text, label, split, verdict)


def _look(name: str, rows: Sequence[Mapping[str, object]]) -> _Column:
    cells = [row.get(name) for row in rows]
    lists = (cell for cell in cells if isinstance(cell, (list, tuple)))
    nested = any(isinstance(part, (list, tuple, dict)) for one in lists for part in one)
    nested = nested or any(isinstance(cell, dict) for cell in cells)
    texts = [as_text(cell) for cell in cells if cell not in (None, "", [], {})]
    count = len(texts) or 1
    return _Column(
        name=name,
        filled=len(texts),
        share_filled=len(texts) / (len(rows) or 1),
        mean_length=sum(map(len, texts)) / count,
        longest=max(map(len, texts), default=0),
        distinct=len(set(texts)),
        share_numbers=sum(bool(_NUMBER.match(text)) for text in texts) / count,
        share_wordy=sum(" " in text.strip() or not text.isascii() for text in texts) / count,
        values=frozenset(texts[:2000]),
        nested=nested,
        share_splits=sum(split_named(text) is not None for text in texts) / count,
        splits=len({split_named(text) for text in set(texts[:2000])} - {None}),
    )


def knows_column(name: str) -> bool:
    """Whether this is a usual name of a column with texts, labels or splits."""
    plain = name.strip().lower()
    named = plain in _TEXT_NAMES or plain in _LABEL_NAMES or plain in _SPLIT_NAMES
    return named or plain in names_elsewhere.TEXT_NAMES or plain in names_elsewhere.LABEL_NAMES


def names_label(name: str) -> bool:
    """Whether this is a usual name of a column with labels."""
    plain = name.strip().lower().rsplit(".", 1)[-1]
    return plain in _LABEL_NAMES or plain in names_elsewhere.LABEL_NAMES


def _rank(name: str, known: Sequence[str]) -> float:
    """1 for the first known name, less for later ones; half for a name that contains one; 0 for others."""
    plain = name.strip().lower().rsplit(".", 1)[-1]
    if plain in known:
        return 1 - 0.3 * known.index(plain) / len(known)
    if plain in (names_elsewhere.TEXT_NAMES if known is _TEXT_NAMES else names_elsewhere.LABEL_NAMES):
        return 0.6
    words = re.split(r"[\W_]+", plain)
    return max((0.5 - 0.1 * known.index(word) / len(known) for word in words if word in known), default=0.0)


def _text_score(column: _Column) -> float:
    """Long, wordy, hardly ever repeated, never numbers; a known name counts as much as all that."""
    if column.nested:
        return 0.0
    if column.share_numbers > 0.9:
        return 0.1 * (_rank(column.name, _TEXT_NAMES) == 1)  # only what is plainly called "text"
    varied = column.distinct / (column.filled or 1)
    length = min(1.0, column.mean_length / 80)
    looks = 0.9 * length + 0.5 * column.share_wordy + 0.5 * varied
    return (looks + 1.3 * _rank(column.name, _TEXT_NAMES) - 0.8 * _rank(column.name, _LABEL_NAMES)) * (
        0.3 + 0.7 * column.share_filled
    )


def _best_label(columns: Sequence[_Column], rows: Sequence[Mapping[str, object]]) -> str | None:
    scored = sorted(columns, key=_label_score, reverse=True)
    if not scored or _label_score(scored[0]) <= 0.35:
        return None
    best = scored[0]
    for other in scored[1:]:
        numbered = best.share_numbers > 0.9 > other.share_numbers and _label_score(other) > 0.35
        if numbered and _tell_the_same(best.name, other.name, rows):
            return other.name  # numbers beside their names: the names
    return best.name


def _label_score(column: _Column) -> float:
    """Short, few distinct values, often repeated; a known name counts most."""
    if column.longest > _LONGEST_LABEL or column.nested or not column.filled:
        return 0.0
    repeated = 1 - column.distinct / column.filled
    named = _rank(column.name, _LABEL_NAMES)
    if column.name.strip().lower().startswith("is_"):
        named = max(named, 0.7)
    if not named and (repeated < 0.5 or column.share_filled < 0.5 or column.mean_length > 40):
        return 0.0
    if column.name.strip().lower() in {"id", "index", "idx", "sheet", "date", "year", "language", "lang", "length"}:
        return 0.0
    if are_moments(column.values):
        return 0.0
    if named < _PLAINLY_NAMED and (
        is_identity(column.name, column.values) or is_near_unique(distinct=column.distinct, filled=column.filled)
    ):
        return 0.0
    return named + 0.6 * repeated + 0.1 * (column.share_numbers < 0.5)


def _tell_the_same(numbers: str, names: str, rows: Sequence[Mapping[str, object]]) -> bool:
    """Whether each number has exactly one name and each name one number."""
    pairs = {(as_text(row.get(numbers)), as_text(row.get(names))) for row in rows} - {("", "")}
    if any(not name for _, name in pairs):
        return False
    return 1 < len(pairs) == len({first for first, _ in pairs}) == len({second for _, second in pairs})


def _one_hot(columns: Sequence[_Column]) -> bool:
    """Three or more columns of only 0 and 1: a column for each label, which no single column stands for."""
    flags = [column for column in columns if column.values and column.values <= {"0", "1"}]
    return len(flags) >= 3


def _is_split(column: _Column) -> bool:
    """A column of splits, with a few other words in it; texts about trains and tests are none."""
    if not column.values or column.longest > 40:
        return False
    if column.name.strip().lower() in _SPLIT_NAMES:
        return column.share_splits >= 0.5
    return column.share_splits >= 0.95 and column.splits > 1 and column.mean_length <= 20


def _is_verdict(column: _Column) -> bool:
    return column.name == "answer" and bool(column.values) and column.values <= {"accept", "reject", "ignore"}
