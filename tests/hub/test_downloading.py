"""Downloads of models: only what is safe, whole and as published, whatever happens on the way."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from msgspec.structs import replace

from lepton_studio.errors import Cancelled
from lepton_studio.hub.asking import ask
from lepton_studio.hub.connection import Connection
from lepton_studio.hub.failures import HubFailure
from lepton_studio.hub.places import HubName, commit_of, hub_name, snapshot_of
from lepton_studio.hub.requests import Fetched, FetchModel, Ready
from lepton_studio.stopping import ended_by
from tests.hub.repos import encoder
from tests.hub.server import GOOD_TOKEN, Hub, Repo

NAME = "ada/tiny-bert"
SAFE = {
    "1_Pooling/config.json", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
}  # fmt: skip


def get(connection: Connection, name: str = NAME, *, revision: str = "") -> tuple[Ready, list[Fetched]]:
    answers = list(ask(FetchModel(name, revision), connection=connection))
    assert isinstance(answers[-1], Ready)
    return answers[-1], [one for one in answers if isinstance(one, Fetched)]


def why_not(connection: Connection, name: str = NAME, *, revision: str = "") -> HubFailure:
    with pytest.raises(HubFailure) as failed:
        get(connection, name, revision=revision)
    assert "Traceback" not in str(failed.value) and "Error" not in str(failed.value)
    return failed.value


def here(folder: str) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in Path(folder).rglob("*") if one.is_file()}


def test_only_config_tokenizer_and_safe_weights_come_and_they_are_those_of_one_commit(
    hub: Hub, connection: Connection
) -> None:
    repo = encoder()
    hub.add(repo)

    ready, progress = get(connection)

    assert here(ready.folder) == {name: repo.files[name] for name in SAFE}
    assert ready.commit == repo.commit and Path(ready.folder).name == repo.commit
    total = sum(len(repo.files[name]) for name in SAFE)
    assert progress[0] == Fetched(0, total) and progress[-1] == Fetched(total, total)
    assert not any(".py" in path or "pytorch" in path for path in hub.paths())
    assert not any("harness" in path for path in hub.paths()), "no word about who asks"


def test_what_was_downloaded_is_found_by_its_name_and_pinned(hub: Hub, connection: Connection) -> None:
    hub.add(encoder())
    ready, _ = get(connection)
    cache = Path(connection.folder)
    assert snapshot_of(HubName(NAME), cache) == Path(ready.folder)
    hub.add(encoder(seed=2))
    newer, _ = get(connection)

    assert newer.commit != ready.commit
    assert commit_of(HubName(NAME), cache) == newer.commit
    assert snapshot_of(HubName(NAME, ready.commit), cache) == Path(ready.folder)
    asked = len(hub.asked)
    get(connection)
    assert [one.path for one in hub.asked[asked:] if "resolve" in one.path] == [], "nothing comes twice"


def test_huggingface_hub_itself_finds_the_model_in_its_cache(hub: Hub, connection: Connection) -> None:
    hub.add(encoder())
    ready, _ = get(connection)
    program = (
        "import sys; from huggingface_hub import snapshot_download;"
        f"print(snapshot_download({NAME!r}, cache_dir={connection.folder!r}, local_files_only=True))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ready.folder


def test_a_broken_connection_is_picked_up_in_the_middle(hub: Hub, connection: Connection) -> None:
    hub.add(encoder())
    hub.fail("/store/", after=100_000)
    hub.fail("/store/", after=50_000)

    ready, progress = get(connection)

    assert here(ready.folder)["model.safetensors"] == encoder().files["model.safetensors"]
    starts = [one.headers.get("Range", "") for one in hub.asked if one.path.startswith("/store/")]
    assert starts == ["", "bytes=100000-", "bytes=150000-"]
    assert any(one.waits for one in progress)


def test_what_is_cancelled_goes_on_where_it_stopped(hub: Hub, connection: Connection) -> None:
    hub.add(encoder())
    hub.pause, hub.piece = 0.05, 20_000
    stop = False

    def check() -> None:
        if stop:
            raise Cancelled

    began = time.monotonic()
    with pytest.raises(Cancelled), ended_by(check):
        for answer in ask(FetchModel(NAME), connection=connection):
            stop = isinstance(answer, Fetched) and answer.done > 60_000
    assert time.monotonic() - began < 10
    assert snapshot_of(HubName(NAME), Path(connection.folder)) is None, "nothing that looks whole"

    hub.pause = 0.0
    ready, progress = get(connection)
    assert progress[0].done > 60_000
    assert here(ready.folder)["model.safetensors"] == encoder().files["model.safetensors"]
    assert [one.headers.get("Range") for one in hub.asked if one.path.startswith("/store/")][-1]


def test_a_download_ends_with_the_window_that_was_killed_and_goes_on_in_the_next(
    hub: Hub, connection: Connection
) -> None:
    hub.add(encoder())
    hub.pause, hub.piece = 0.05, 10_000
    program = (
        "import sys, msgspec; from lepton_studio.hub.connection import Connection;"
        "from lepton_studio.hub.asking import ask; from lepton_studio.hub.requests import FetchModel;"
        "hub = msgspec.json.decode(sys.argv[1], type=Connection);"
        "[print(one.done, flush=True) for one in ask(FetchModel(sys.argv[2]), connection=hub)]"
    )
    told = msgspec.json.encode(connection).decode()
    window = subprocess.Popen([sys.executable, "-c", program, told, NAME], stdout=subprocess.PIPE, text=True)
    assert window.stdout is not None
    while int(window.stdout.readline()) < 50_000:
        pass
    (asking,) = psutil.Process(window.pid).children()
    window.kill()
    window.wait()
    window.stdout.close()
    assert psutil.wait_procs([asking], timeout=10)[1] == []

    hub.pause = 0.0
    ready, progress = get(connection)
    assert progress[0].done >= 40_000
    assert here(ready.folder)["model.safetensors"] == encoder().files["model.safetensors"]


def test_bytes_that_are_damaged_here_are_fetched_again(hub: Hub, connection: Connection) -> None:
    repo = encoder()
    hub.add(repo)
    hub.fail("/store/", after=100_000)
    hub.fail("/store/", after=0, times=3)
    why_not(connection)
    (partial,) = (Path(connection.folder) / "models--ada--tiny-bert" / "blobs").glob("*.incomplete")
    partial.write_bytes(b"x" * 1000)

    ready, _ = get(connection)
    assert here(ready.folder)["model.safetensors"] == repo.files["model.safetensors"]


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.txt"])
def test_what_is_not_as_published_is_discarded(hub: Hub, connection: Connection, name: str) -> None:
    hub.add(encoder())
    hub.fail("/store/" if name == "model.safetensors" else name, damaged=True)

    failed = why_not(connection)
    assert failed.reason == "damaged"
    assert str(failed) == "ada/tiny-bert arrived damaged and was discarded. Try again, or use another mirror."
    blobs = Path(connection.folder) / "models--ada--tiny-bert" / "blobs"
    assert not list(blobs.glob("*.incomplete"))
    get(connection)


def host(hub: Hub) -> str:
    return hub.address.removeprefix("http://")


@pytest.mark.parametrize(
    ("repo", "token", "sentence"),
    [
        (None, "", "There is no {name} on {host}, or it is private and needs an access token."),
        (encoder(is_private=True), "", "There is no {name} on {host}, or it is private and needs an access token."),
        (None, GOOD_TOKEN, "There is no {name} on {host}, or it is private and needs an access token."),
        (encoder(), "hf_bad", "{host} does not accept the access token. Enter a valid one in Preferences."),
        (
            encoder(gated="manual"),
            "",
            "Access to {name} must be granted by its authors. Accept the terms at {page}, then enter your access token "
            "in Preferences.",
        ),
        (
            encoder(gated="auto"),
            GOOD_TOKEN,
            "Access to {name} must be granted by its authors. Accept the terms at {page}, then enter your access token "
            "in Preferences.",
        ),
    ],
    ids=["missing", "private", "missing for somebody", "bad token", "gated", "not granted"],
)
def test_a_refusal_is_a_sentence_with_a_next_step(
    hub: Hub, connection: Connection, repo: Repo | None, token: str, sentence: str
) -> None:
    if repo is not None:
        hub.add(repo)
    failed = why_not(_with(connection, token=token))
    assert str(failed) == sentence.format(name=NAME, host=host(hub), page=f"{hub.address}/{NAME}")


def test_a_granted_token_opens_what_is_gated_and_never_goes_to_the_store(hub: Hub, connection: Connection) -> None:
    hub.add(encoder(gated="manual", granted=True))
    get(_with(connection, token=GOOD_TOKEN))
    site, store = ([one for one in hub.asked if one.path.startswith("/store/") is there] for there in (False, True))
    assert all(one.headers["authorization"] == f"Bearer {GOOD_TOKEN}" for one in site)
    assert store and not any("authorization" in map(str.lower, one.headers) for one in store)


def test_too_many_requests_are_waited_for_or_told_with_the_time(hub: Hub, connection: Connection) -> None:
    hub.add(encoder())
    hub.fail("/resolve/", status=429, headers={"Retry-After": "1"})
    began = time.monotonic()
    get(connection)
    assert time.monotonic() - began > 1

    hub.fail("/api/models/", status=429, headers={"Retry-After": "120"})
    failed = why_not(connection)
    assert str(failed) == f"{host(hub)} is receiving too many requests. Try again in 2 min."


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"status": 503, "times": 9}, "{host} reported an internal error. Try again later."),
        ({"silent": 30.0, "times": 9}, "{host} did not respond in time. Try again later."),
        ({"after": 0, "times": 9}, "The connection to {host} was lost. Try again to continue where it stopped."),
    ],
    ids=["503", "silent", "hangs up"],
)
def test_a_store_that_stays_broken_is_said_after_some_attempts(
    hub: Hub, connection: Connection, fault: dict[str, Any], sentence: str
) -> None:
    hub.add(encoder())
    hub.fail("/store/", **fault)
    quick = _with(connection, silence=0.5) if "silent" in fault else connection
    assert str(why_not(quick)) == sentence.format(host=host(hub))


def test_no_network_is_said_at_once(hub: Hub, connection: Connection) -> None:
    hub.close()
    began = time.monotonic()
    failed = why_not(connection)
    assert time.monotonic() - began < 5
    sentence = "Cannot reach {host}. Check the network connection, or the mirror in Preferences."
    assert str(failed) == sentence.format(host=host(hub))


def test_a_server_that_is_no_hub_is_said_to_be_none(hub: Hub, connection: Connection) -> None:
    hub.fail("/api/models/", status=200, headers={"Content-Type": "text/html"})
    assert str(why_not(connection)) == (
        f"The server at {host(hub)} is not a Hugging Face Hub. Check the mirror in Preferences."
    )


def test_a_full_disk_is_said_before_the_download_and_in_the_middle(hub: Hub, connection: Connection) -> None:
    repo = encoder()
    hub.add(Repo(repo.id, repo.files, about=repo.about, claimed={"model.safetensors": 1 << 60}))
    failed = why_not(connection)
    assert failed.reason == "no_space"
    assert str(failed).startswith("The disk is full: ada/tiny-bert needs ") and str(failed).endswith(" GB more.")
    assert not [path for path in hub.paths() if "resolve" in path]

    hub.add(repo)
    hub.fail("/store/", after=1000)
    hub.fail("/store/", after=0, times=3)
    why_not(connection)
    (partial,) = (Path(connection.folder) / "models--ada--tiny-bert" / "blobs").glob("*.incomplete")
    partial.unlink()
    partial.symlink_to("/dev/full")
    assert str(why_not(connection)) == "The disk is full. Free some space and try again."


def test_a_folder_that_cannot_be_written_is_named(hub: Hub, connection: Connection, tmp_path: Path) -> None:
    hub.add(encoder())
    (tmp_path / "file").write_text("")
    failed = why_not(_with(connection, folder=str(tmp_path / "file" / "models")))
    assert failed.reason == "no_write" and str(tmp_path / "file") in str(failed)


def test_two_at_once_do_not_write_over_each_other(hub: Hub, connection: Connection) -> None:
    hub.add(encoder())
    hub.pause, hub.piece = 0.05, 5000
    first = ask(FetchModel(NAME), connection=connection)
    next(first)
    assert str(why_not(connection)) == "ada/tiny-bert is already being downloaded by another window or command."
    hub.pause = 0.0
    assert isinstance(list(first)[-1], Ready)


def test_a_revision_can_be_named_and_one_that_is_not_there_is_told(hub: Hub, connection: Connection) -> None:
    repo = encoder()
    hub.add(repo)
    ready, _ = get(connection, revision=repo.commit)
    assert ready.commit == repo.commit
    assert str(why_not(connection, revision="0" * 40)) == "ada/tiny-bert has no such revision."


def test_pickles_alone_are_not_fetched(hub: Hub, connection: Connection) -> None:
    files = {"config.json": b"{}", "pytorch_model.bin": b"pickle", "tokenizer.json": b"{}"}
    hub.add(encoder(files=files))
    assert str(why_not(connection)) == "ada/tiny-bert has no weights in the safetensors format."


def test_a_hub_cannot_write_outside_of_its_folder(hub: Hub, connection: Connection, tmp_path: Path) -> None:
    good = encoder()
    evil = {**good.files, "../../../../config.json": b"evil", "/etc/config.json": b"evil", "a\\config.json": b"evil"}
    hub.add(Repo(good.id, evil, about=good.about))
    ready, _ = get(connection)
    assert set(here(ready.folder)) == SAFE
    assert not any(one.read_bytes() == b"evil" for one in tmp_path.rglob("*") if one.is_file())


@pytest.mark.parametrize("name", ["", "../etc", "a/b/c", "ada/..", "ada/tiny bert", "ada/x--y", "/ada", "https://x"])
def test_what_cannot_be_a_name_is_none(name: str) -> None:
    assert hub_name(name) is None


def test_offline_nothing_is_asked(hub: Hub, connection: Connection) -> None:
    failed = why_not(_with(connection, is_offline=True))
    assert str(failed) == "Offline mode is on, in Preferences or by HF_HUB_OFFLINE, so the Hub cannot be reached."
    assert hub.asked == []


def _with(connection: Connection, **changes: Any) -> Connection:
    silence = changes.pop("silence", None)
    if silence is not None:
        changes["patience"] = replace(connection.patience, silence=silence)
    return replace(connection, **changes)
