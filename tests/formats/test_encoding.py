"""Encodings: found without asking, and never papered over."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.formats import Problem, Row, read, sniff

TEXTS = {
    "utf-8": "Größe, naïve, 很好 🚀",
    "utf-8-sig": "Größe, naïve, 很好 🚀",
    "utf-16": "Größe, naïve, 很好 🚀",
    "utf-16-le": "Plain words with a Größe",
    "utf-16-be": "Plain words with a Größe",
    "utf-32": "Größe, naïve, 很好 🚀",
    "latin-1": "Größe und Übel",
    "cp1252": "Größe – “so”, 5 €",
    "gb18030": "服务态度很好，送餐的速度也很快，菜的味道不错，下次还会再来的",
    "cp1251": "Очень хорошее обслуживание, всем советую это место",
    "shift_jis": "とても良いサービスでした。料理も美味しかったです。また行きたいと思います。",
    "big5": "服務態度很好，送餐的速度也很快，菜的味道不錯，下次還會再來的",
    "euc_kr": "서비스가 아주 좋았습니다. 음식도 맛있고 다음에 또 오고 싶습니다.",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_texts_in_any_common_encoding_come_in_right(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.tsv"
    lines = ["text\tlabel", *(f"{TEXTS[encoding]} {place}\tx{place % 2}" for place in range(30))]
    path.write_bytes("\n".join(lines).encode(encoding))
    found = list(read(sniff([path])))
    assert [one.text for one in found if isinstance(one, Row)] == [f"{TEXTS[encoding]} {place}" for place in range(30)]


def test_a_few_wrong_bytes_cost_their_rows_and_not_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"很好，好吃 {place},x".encode() for place in range(200)]
    rows[150] = b"broken \xff\xfe here,x"
    path.write_bytes(b"\n".join([b"text,label", *rows]))
    guess = sniff([path])
    assert guess.encoding == "utf-8"
    found = list(read(guess))
    assert [one.row for one in found if isinstance(one, Problem)] == [152]
    assert sum(isinstance(one, Row) for one in found) == 199


def test_a_wrong_byte_far_into_a_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"plain line of text\n" * 60_000 + "caf\u00e9\n".encode("latin-1"))
    guess = sniff([path])
    assert guess.encoding == "latin-1"
    assert list(read(guess))[-1].text == "café"  # type: ignore[union-attr]
    assert any("Latin-1" in notice for notice in guess.notices)
