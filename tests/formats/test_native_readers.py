"""A file that breaks its library costs an import, not the window: it is read in a process of its own, with limits."""

from __future__ import annotations

import contextlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import msgpack
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from lepton_studio.formats import Row, UnreadableFile, read, sniff, write
from lepton_studio.native.failures import NativeFailure
from lepton_studio.native.limits import Limits
from lepton_studio.native.reading import read as read_apart
from lepton_studio.native.reading import values
from lepton_studio.project.marks import Marks
from lepton_studio.stopping import ended_by


def workbook(path: Path, *, far: bool = False) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate((("text", "label"), ("My card is lost", "card"), ("Money back", "refund"))):
            sheet.write_row(place, 0, row)
        if far:
            sheet.write(1048575, 16383, "x")


def claims_four_billion_strings(path: Path) -> None:
    workbook(path.with_suffix(".small.xlsx"))
    with zipfile.ZipFile(path.with_suffix(".small.xlsx")) as small, zipfile.ZipFile(path, "w") as packed:
        for name in small.namelist():
            content = small.read(name)
            if name.endswith("sharedStrings.xml"):
                content = re.sub(rb'ount="\d+"', b'ount="4294967295"', content)
            packed.writestr(name, content)


def parquet_of_noise(path: Path) -> None:
    pq.write_table(pa.table({"text": [f"text {n} " * 20 for n in range(2000)]}), path)
    content = bytearray(path.read_bytes())
    content[200:1400] = os.urandom(1200)
    path.write_bytes(content)


HOSTILE: dict[str, Callable[[Path], object]] = {
    "far.xlsx": lambda path: workbook(path, far=True),
    "count.xlsx": claims_four_billion_strings,
    "noise.xlsx": lambda path: path.write_bytes(b"PK\x03\x04" + os.urandom(5000)),
    "noise.parquet": parquet_of_noise,
    "short.parquet": lambda path: path.write_bytes(b"PAR1\xff\xff\xff\x7fPAR1"),
    "bomb.spacy": lambda path: path.write_bytes(zlib.compress(bytes(520 << 20), 1)),
    "deep.spacy": lambda path: path.write_bytes(zlib.compress(b"\x91" * 1_000_000)),
    "odd.spacy": lambda path: path.write_bytes(zlib.compress(msgpack.packb({"strings": 7, "attrs": {}}))),
    "lengths.spacy": lambda path: path.write_bytes(
        zlib.compress(
            msgpack.packb(
                {
                    "strings": ["a"],
                    "attrs": [65],
                    "tokens": bytes(8),
                    "spaces": b"\x01",
                    "lengths": b"\xff\xff\xff\x7f" * 9,
                }
            )
        )
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_kills_its_reader_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    HOSTILE[name](path)
    with pytest.raises(UnreadableFile) as refused:
        list(read(sniff([path])))
    assert name in str(refused.value) and str(refused.value).endswith(".")
    assert not re.search(r"Error|errno|0x|panic|alloc", str(refused.value))
    assert not psutil.Process().children()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_reader_is_held_to_its_memory_and_its_silence_is_not_waited_for(tmp_path: Path) -> None:
    workbook(tmp_path / "small.xlsx")
    os.mkfifo(tmp_path / "pipe.xlsx")  # nobody will ever write to it
    for name, limits, reasons in (
        ("small.xlsx", Limits(memory=16 << 20), {"crashed", "too_large"}),
        ("pipe.xlsx", Limits(silence=0), {"silent"}),
    ):
        with pytest.raises(NativeFailure) as failed:
            list(read_apart("workbook", tmp_path / name, limits=limits))
        assert failed.value.reason in reasons
    assert not psutil.Process().children()


def test_who_no_longer_wants_the_file_waits_for_no_reader(tmp_path: Path) -> None:
    class Cancelled(Exception): ...

    def cancel() -> None:
        raise Cancelled

    write("excel", tmp_path / "t.xlsx", rows=(Row(f"text {n}", Marks()) for n in range(20_000)), labels=[])
    with pytest.raises(Cancelled), ended_by(cancel):
        sniff([tmp_path / "t.xlsx"])
    assert not psutil.Process().children()


def test_rows_are_the_same_whether_they_come_from_the_kept_head_or_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    for texts in ([f"text {n}" for n in range(5000)], ["another"]):
        pq.write_table(pa.table({"text": texts}), path)
        for _ in range(2):
            with contextlib.closing(values("parquet", path)) as found:
                columns, is_plain, _ = next(found)
                assert (columns, is_plain) == (["text"], True)
                assert [row[0] for row in found] == texts
        with contextlib.closing(values("parquet", path)) as found:
            assert len([next(found), next(found)]) == 2
    assert not psutil.Process().children()


@pytest.mark.parametrize("named", ["../elsewhere.arrow", "/dev/zero", "pipe.arrow", "link.arrow", "", ".", 7])
def test_a_dataset_names_only_files_of_its_own(tmp_path: Path, named: object) -> None:
    folder = tmp_path / "data"
    write("datasets", folder, rows=[Row("one", Marks(labels=("a",)), "train")], labels=[])
    split = next(file.parent for file in folder.rglob("state.json"))
    data = next(split.glob("*.arrow"))
    (tmp_path / "elsewhere.arrow").write_bytes(data.read_bytes())
    (split.parent / "elsewhere.arrow").write_bytes(data.read_bytes())
    (split / "link.arrow").symlink_to(tmp_path / "elsewhere.arrow")
    if hasattr(os, "mkfifo"):
        os.mkfifo(split / "pipe.arrow")
    (split / "state.json").write_text(json.dumps({"_data_files": [{"filename": named}]}), "utf-8")
    with pytest.raises(UnreadableFile):
        list(read(sniff([folder])))
