"""Which split a word in a file name, a folder name or a column stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lepton_studio.project.records import Split

_WORDS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "trn": "train",
    "dev": "validation",
    "devel": "validation",
    "development": "validation",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "eval": "validation",
    "testa": "validation",
    "test": "test",
    "testing": "test",
    "testb": "test",
    "heldout": "test",
    "训练集": "train",
    "训练": "train",
    "验证集": "validation",
    "验证": "validation",
    "测试集": "test",
    "测试": "test",
}
_WORD = re.compile(r"[^\W\d_]+")


def split_named(words: str) -> Split | None:
    """The split that a cell or a file name gives ("dev", "Train", "stsa.binary.dev"); None for none, or several."""
    found = {_WORDS[part] for part in _WORD.findall(words.lower()) if part in _WORDS}
    return found.pop() if len(found) == 1 else None


def odd_split(cell: str, words: Mapping[str, Split | None]) -> bool:
    """Whether a cell of a column of splits names none that is known, and nobody has said what it means."""
    return bool(cell.strip()) and cell.strip() not in words and split_named(cell) is None


def split_meant(cell: str, words: Mapping[str, Split | None]) -> Split | None:
    """The split of a cell: what a person said its word means, else the one that it names."""
    word = cell.strip()
    return words[word] if word in words else split_named(cell)
