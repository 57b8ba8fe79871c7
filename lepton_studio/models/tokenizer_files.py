"""Whether a model folder has a tokenizer that can be read here, and how many pieces it has: standard library only.

Without one, or with its settings alone, transformers makes a tokenizer that knows no words, and says nothing.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_studio.language import tr
from lepton_studio.models.model_config import UnusableModel, is_pointer, place, pointer_sentence, read_object

_WHOLE = "tokenizer.json"
_SETTINGS = ("tokenizer_config.json", "special_tokens_map.json")
_READ_BY = {".model": ("sentencepiece",), ".spm": ("sentencepiece",), ".tiktoken": ("tiktoken",)}
"""Files that only packages read which do not come with the app: tokenizer.json says the same to everybody."""
_ROLES = ("pad_token", "unk_token", "bos_token", "eos_token", "cls_token", "sep_token", "mask_token")


@dataclass(frozen=True, slots=True)
class Pieces:
    """`count`: how many numbers its pieces have, from 0 to the last; `unknown_special`: special tokens that are named
    in its settings, but are none of its pieces. `file`: which says so.
    """

    count: int
    unknown_special: tuple[str, ...]
    file: str


def check_tokenizer(folder: Path) -> None:
    """Raises UnusableModel where there is no tokenizer, or one that cannot be read here. Reads none."""
    if (folder / _WHOLE).is_file():
        if is_pointer(folder / _WHOLE):
            raise UnusableModel(pointer_sentence(folder / _WHOLE))
        return
    if (folder / "vocab.txt").is_file():
        return
    binary = next((file for suffix in _READ_BY for file in sorted(folder.glob(f"*{suffix}"))), None)
    if binary is not None:
        if is_pointer(binary):
            raise UnusableModel(pointer_sentence(binary))
        packages = _READ_BY[binary.suffix]
        if any(importlib.util.find_spec(package) is None for package in packages):
            raise UnusableModel(_needs_conversion(binary, packages))
    elif (folder / "vocab.json").is_file():
        if not (folder / "merges.txt").is_file():
            sentence = tr(
                "The tokenizer in {folder} is incomplete: merges.txt is missing. Copy it there too.", folder=folder
            )
            raise UnusableModel(sentence)
    else:
        raise UnusableModel(
            tr("The model in {folder} has no tokenizer. Copy its tokenizer.json there too.", folder=folder)
        )


def read_pieces(folder: Path) -> Pieces | None:
    """Of a tokenizer that passes `check_tokenizer`; None for one that only its library can read. Raises UnusableModel.

    A vocabulary of a quarter of a million pieces takes a second.
    """
    whole, plain = folder / _WHOLE, folder / "vocab.txt"
    if whole.is_file():
        stored = read_object(whole)
        try:
            known = dict(_pieces_in(stored))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            sentence = tr("Cannot read the {file} in {folder}. Copy the model's folder again.", **place(whole))
            raise UnusableModel(sentence) from error
        file = _WHOLE
    elif plain.is_file():
        try:
            known = {line: number for number, line in enumerate(plain.read_text("utf-8").splitlines())}
        except (OSError, ValueError) as error:
            sentence = tr("Cannot read the {file} in {folder}. Copy the model's folder again.", **place(plain))
            raise UnusableModel(sentence) from error
        file = plain.name
    else:
        return None
    lacking = tuple(dict.fromkeys(token for token in _special_tokens(folder) if token not in known))
    return Pieces(count=max(known.values(), default=-1) + 1, unknown_special=lacking, file=file)


def _pieces_in(stored: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    vocabulary = stored["model"]["vocab"]
    if isinstance(vocabulary, dict):
        yield from vocabulary.items()
    else:  # a list of pieces with their scores
        yield from ((piece, number) for number, (piece, _) in enumerate(vocabulary))
    yield from ((one["content"], int(one["id"])) for one in stored.get("added_tokens") or ())


def _special_tokens(folder: Path) -> Iterator[str]:
    for name in _SETTINGS:
        if (folder / name).is_file():
            stored = read_object(folder / name)
            for role in _ROLES:
                token = stored.get(role)
                token = token.get("content") if isinstance(token, dict) else token
                if isinstance(token, str):
                    yield token


def _needs_conversion(file: Path, packages: Sequence[str]) -> str:
    return tr(
        "The tokenizer in {folder} cannot be read: there is {file}, but no tokenizer.json. On a computer with the "
        "Python packages transformers and {packages}, load it with AutoTokenizer and save it again: save_pretrained "
        "writes tokenizer.json.",
        **place(file),
        packages=packages[0],
    )
