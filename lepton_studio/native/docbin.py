"""What a DocBin of spaCy holds, zlib around MessagePack, as plain values. Its layout: https://spacy.io/api/docbin."""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack

from lepton_studio.native.failures import NativeFailure

_MOST_BYTES = 512 << 20
_MOST_IN_A_LIST = 1 << 24
"""Unpacked; a file that says more of itself is none that a person labelled."""
_SPAN = struct.Struct(">QQQiiii")
"""id, knowledge base, label, first token, token behind, first code point, code point behind."""
_WRONG = (zlib.error, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)


def documents(path: Path) -> Iterator[object]:
    """(words of all documents, columns of their tables), then of each document (numbers of its table, row by row; a
    byte for each word, whether a space follows; categories with their shares; spans of groups as (label, first word,
    word behind)), or a sentence of the library why it cannot be read. Raises NativeFailure, OSError.
    """
    try:
        bounds = {"max_array_len": _MOST_IN_A_LIST, "max_map_len": _MOST_IN_A_LIST}
        stored = msgpack.unpackb(_inflated(path.read_bytes()), strict_map_key=False, **bounds)
        words = [str(word) for word in stored["strings"]]
        columns = [int(one) for one in stored["attrs"]]
        tokens, spaces, lengths = array("Q", stored["tokens"]), bytes(stored["spaces"]), array("i", stored["lengths"])
        if not columns or min(lengths, default=0) < 0 or sum(lengths) * len(columns) > len(tokens):
            raise NativeFailure("damaged", "lengths do not fit the tokens")
    except (*_WRONG, msgpack.UnpackException) as error:
        raise NativeFailure("damaged", f"{type(error).__name__}: {error}") from error
    yield words, columns
    at = 0
    for place, length in enumerate(lengths):
        table = tokens[at * len(columns) : (at + length) * len(columns)].tolist()
        follows = spaces[at : at + length]
        at += length
        try:
            yield table, follows, _categories(stored, place), _spans(_get(stored, "span_groups", place))
        except (*_WRONG, struct.error, msgpack.UnpackException) as error:
            yield f"{type(error).__name__}: {error}"


def _inflated(packed: bytes) -> bytes:
    inflate = zlib.decompressobj()
    found = inflate.decompress(packed, _MOST_BYTES)
    if inflate.unconsumed_tail:
        raise NativeFailure("too_large", f"more than {_MOST_BYTES} bytes unpacked")
    if not inflate.eof:
        raise NativeFailure("damaged", "it breaks off")
    return found


def _get(stored: dict[str, Any], name: str, place: int) -> Any:
    found = stored.get(name) or ()
    return found[place] if place < len(found) else None


def _categories(stored: dict[str, Any], place: int) -> dict[str, float]:
    return {str(name): float(share) for name, share in (_get(stored, "cats", place) or {}).items()}


def _spans(groups: Any) -> list[tuple[int, int, int]]:
    stored = msgpack.unpackb(groups, strict_map_key=False) if groups else {}
    found = []
    for group in stored if isinstance(stored, (dict, list)) else ():
        for one in msgpack.unpackb(group, strict_map_key=False)["spans"]:
            _, _, label, first, behind, *_ = _SPAN.unpack(one)
            found.append((label, first, behind))
    return found
