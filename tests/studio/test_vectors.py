"""Vectors on the disk: found again by their text, whatever became of who wrote them, and never more than the bound."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lepton_studio.files import Hold
from lepton_studio.vectors import Halves, VectorWriter, encoder_folder, has_vectors, read_vectors

WIDTH = 8
WRITES_FOR_EVER = """
import itertools, sys
from pathlib import Path
import numpy as np
from lepton_studio.vectors import VectorWriter
with VectorWriter(Path(sys.argv[1]), rows=100) as writer:
    for start in itertools.count(0, 7):
        numbers = range(start, start + 7)
        writer.add([f"text {n}" for n in numbers], np.array([[n % 1000] * 8 for n in numbers], np.float16))
"""


def _folder(path: Path, encoder: str = "0f") -> Path:
    return encoder_folder(path / "vectors", encoder=encoder, width=WIDTH)


def _texts(numbers: range) -> list[str]:
    return [f"text {n}" for n in numbers]


def _written(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.keys"))


def _vectors(numbers: range) -> Halves:
    return np.array([[n % 1000] * WIDTH for n in numbers], np.float16)


def test_a_vector_is_found_again_by_its_text_over_many_files(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    assert not has_vectors(folder, ["text 1"]).any() and not read_vectors(folder, ["text 1"])[1].any()
    for start in range(0, 1000, 90):
        with VectorWriter(folder, rows=250) as writer:
            writer.add(_texts(range(start, start + 90)), _vectors(range(start, start + 90)))
    assert len(list(folder.glob("*.keys"))) == 5
    asked = ["text 999", "nobody wrote this", "text 0", "text 250", "text 999", "文字\ud800"]
    found, there = read_vectors(folder, asked)
    assert there.tolist() == [True, False, True, True, True, False] == has_vectors(folder, asked).tolist()
    assert found.dtype == np.float16 and found[:, 0].tolist() == [999, 0, 0, 250, 999, 0]
    assert not has_vectors(_folder(tmp_path, "another"), asked).any(), "of another encoder it says nothing"


@pytest.mark.parametrize("torn", ["keys", "f16"])
def test_what_is_torn_at_the_end_is_cut_off_and_all_before_it_stays(tmp_path: Path, torn: str) -> None:
    folder = _folder(tmp_path)
    with VectorWriter(folder) as writer:
        writer.add(_texts(range(10)), _vectors(range(10)))
    with (folder / f"00000001.{torn}").open("r+b") as file:
        file.truncate(file.seek(0, os.SEEK_END) - 3)
    assert has_vectors(folder, _texts(range(10))).tolist() == [True] * 9 + [False]
    with VectorWriter(folder) as writer:
        writer.add(["text 9", "text 10"], _vectors(range(9, 11)))
    found, there = read_vectors(folder, _texts(range(11)))
    assert there.all() and found.tolist() == _vectors(range(11)).tolist()


def test_a_writer_killed_at_any_moment_leaves_no_wrong_vector_and_another_goes_on(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    texts = _texts(range(20_000))
    for _ in range(3):
        before = _written(folder)
        with subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER, str(folder)]) as victim:
            until = time.monotonic() + 60
            while _written(folder) < before + 300 * 16:
                assert time.monotonic() < until and victim.poll() is None
                time.sleep(0.01)
            with pytest.raises(BlockingIOError):  # one at a time
                Hold(folder / "lock")
            os.kill(victim.pid, signal.SIGKILL)
        found, there = read_vectors(folder, texts)
        assert there[:280].all() and found[there].tolist() == _vectors(range(20_000))[there].tolist()
    with VectorWriter(folder) as writer:
        writer.add(["one more"], _vectors(range(5, 6)))
    assert read_vectors(folder, ["one more"])[0][0, 0] == 5


def test_all_encoders_together_take_no_more_than_the_bound_and_the_oldest_go(tmp_path: Path) -> None:
    each, most = 16 + 2 * WIDTH, 300 * (16 + 2 * WIDTH)
    old, new = _folder(tmp_path, "old"), _folder(tmp_path, "new")
    with VectorWriter(old, rows=100, most=most) as writer:
        writer.add(_texts(range(250)), _vectors(range(250)))
    for place, file in enumerate(sorted(old.glob("*.keys"))):
        os.utime(file, (1000 + place, 1000 + place))
    with VectorWriter(new, rows=100, most=most) as writer:
        for start in range(0, 140, 20):
            writer.add(_texts(range(start, start + 20)), _vectors(range(start, start + 20)))
            files = [*(tmp_path / "vectors").rglob("*.keys"), *(tmp_path / "vectors").rglob("*.f16")]
            assert sum(file.stat().st_size for file in files) <= most
    assert has_vectors(new, _texts(range(140))).all()
    assert has_vectors(old, _texts(range(250))).sum() == 150, "the first hundred, written longest ago, is gone"
    with VectorWriter(new, rows=100, most=10 * each) as writer:
        writer.add(["the last"], _vectors(range(1)))
    assert has_vectors(new, ["the last"]).all(), "what was just written stays, however small the bound"
    assert not has_vectors(old, _texts(range(250))).any()
