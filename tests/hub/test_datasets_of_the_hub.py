"""A dataset of the Hub is seen before it is fetched, comes in whole, and what goes wrong is a sentence."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.errors import Cancelled
from lepton_studio.formats import Row, read, sniff_all
from lepton_studio.hub.connection import Connection, connection_of
from lepton_studio.hub_datasets import asking
from lepton_studio.hub_datasets.asking import HubRefused, look
from lepton_studio.hub_datasets.kept import datasets_folder
from lepton_studio.hub_datasets.wanted import Wanted, dataset_id
from lepton_studio.settings import Settings, load_settings
from lepton_studio.studio.hub_import import all_rows, first_rows, read_alike
from lepton_studio.studio.hub_rows import left_out_words, offer_words
from tests.hub.data_server import TOKEN, Hub, Repo, running_hub
from tests.hub.hub_data import parquet, repository, reviews, support_mail


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A Hub with two datasets, and an empty cache."""
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    other = repository({"train.parquet": reviews(3)})
    with running_hub(bank__mail=support_mail(), bank__other=other) as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server


def rows(paths: tuple[Path, ...]) -> list[Row]:
    return [row for guess in sniff_all(paths, wants=("label",)) for row in read(guess) if isinstance(row, Row)]


def test_what_a_dataset_offers_is_known_before_any_of_its_rows_is_asked_for(hub: Hub) -> None:
    offer = look(Wanted("bank/mail"))
    assert (offer.config, offer.configs, set(offer.splits)) == ("mail", ("mail", "chat"), {"train", "test"})
    assert offer.size == sum(len(hub.repos["bank/mail"].files[f"mail/{one}-00000.parquet"]) for one in offer.splits)
    assert offer.revision == hub.repos["bank/mail"].sha
    assert offer_words(offer) == "Licence: cc-by-4.0 · less than 1 MB · languages: en"
    assert hub.sent == 0


def test_the_first_twenty_rows_are_streamed_and_their_labels_have_names(hub: Hub) -> None:
    noise = random.Random(1)
    texts = [f"text {number} " + noise.randbytes(400).hex() for number in range(20_000)]
    names = {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["no", "yes"], "_type": "ClassLabel"}}
    file = parquet({"text": texts, "label": [number % 2 for number in range(20_000)]}, names)
    hub.repos["bank/long"] = repository({"train.parquet": file})
    offer, path = first_rows(look(Wanted("bank/long")), "train")
    found = rows((path,))
    assert [row.text for row in found] == texts[:20]
    assert [row.labels for row in found] == [("no",), ("yes",)] * 10
    assert found[0].source == f"hub:bank/long@{offer.revision[:12]}, train"
    assert 0 < hub.sent < len(file) / 2


def test_all_splits_come_in_as_chosen_from_the_first_rows(hub: Hub) -> None:
    offer, path = first_rows(look(Wanted("bank/mail")), "train")
    (guessed,) = sniff_all((path,), wants=("label",))
    paths = all_rows(offer, tuple(offer.splits))
    (guess,) = read_alike(paths, guessed=guessed, chosen=guessed)
    found = [row for row in read(guess) if isinstance(row, Row)]
    assert [row.split for row in found] == ["train"] * 60 + ["test"] * 12
    assert {row.labels for row in found} == {("card",), ("refund",), ("transfer",)}
    before = len(hub.requests)
    assert all_rows(offer, tuple(offer.splits)) == paths
    assert len(hub.requests) == before  # it is here: nothing is asked again


def test_a_configuration_is_chosen_by_its_name(hub: Hub) -> None:
    offer = look(Wanted("bank/mail", config="chat"))
    assert len(rows(all_rows(offer, ("train",)))) == 30


def test_json_lines_are_read_too(hub: Hub) -> None:
    lines = b"".join(
        b'{"text": "Hello %d", "label": "%s"}\n' % (number, (b"card", b"refund")[number % 2]) for number in range(30)
    )
    hub.repos["bank/lines"] = repository({"train.jsonl": lines})
    found = rows(all_rows(look(Wanted("bank/lines")), ("train",)))
    assert len(found) == 30 and found[0].labels == ("card",)


def test_a_csv_file_keeps_its_words_as_they_stand(hub: Hub) -> None:
    lines = "text,label\n" + "".join(f"007 is not {number},{'NA' if number % 2 else '01'}\n" for number in range(30))
    hub.repos["bank/csv"] = repository({"train.csv": lines.encode()})
    found = rows(all_rows(look(Wanted("bank/csv")), ("train",)))
    assert {row.labels for row in found} == {("01",), ("NA",)}


def test_what_broke_off_goes_on_from_where_it_was(hub: Hub) -> None:
    noise = random.Random(2)
    file = parquet({"text": [noise.randbytes(2000).hex() for _ in range(2000)]})
    hub.repos["bank/long"] = repository({"train.parquet": file})
    offer = look(Wanted("bank/long"))
    hub.cut_at, hub.cuts = 3 << 20, 1
    told: list[tuple[int, int | None]] = []
    (path,) = asking.fetch(offer, ("train",), progress=lambda done, total: told.append((done, total)))
    assert len(rows((path,))) == 2000
    assert hub.cuts == 0 and hub.sent < len(file) + (2 << 20)
    assert [done for done, _total in told] == sorted(done for done, _total in told)
    assert told[-1] == (len(file), len(file))


def test_a_fetch_that_is_cancelled_keeps_what_it_has(hub: Hub) -> None:
    noise = random.Random(3)
    file = parquet({"text": [noise.randbytes(2000).hex() for _ in range(2000)]})
    hub.repos["bank/long"] = repository({"train.parquet": file})
    offer, reached = look(Wanted("bank/long")), [0]
    hub.slow = 0.02

    def progress(done: int, _total: int | None) -> None:
        reached[0] = done

    with pytest.raises(Cancelled):
        asking.fetch(offer, ("train",), progress=progress, should_stop=lambda: reached[0] > 2 << 20)
    hub.slow, hub.sent = 0.0, 0
    asking.fetch(offer, ("train",))
    assert 0 < hub.sent < len(file) - (1 << 20)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is a device of Linux")
def test_a_full_disk_is_said(hub: Hub) -> None:
    offer = look(Wanted("bank/mail"))
    part = datasets_folder(load_settings()) / "bank--mail" / offer.revision[:12] / "mail" / "data" / "downloads"
    part = part / offer.revision / "mail" / "train-00000.parquet.part"
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    with pytest.raises(HubRefused, match="The disk is full"):
        asking.fetch(offer, ("train",))
    part.unlink()
    assert len(rows(asking.fetch(offer, ("train",)))) == 60


def test_a_server_cannot_say_where_files_are_written(hub: Hub) -> None:
    hub.repos["bank/mail"].named_sha = "../../../../elsewhere"
    with pytest.raises(HubRefused, match="damaged"):
        look(Wanted("bank/mail"))


def test_pictures_and_sounds_are_left_out_and_named(hub: Hub) -> None:
    picture = {"bytes": b"\x89PNG", "path": "a.png"}
    told = {"text": {"dtype": "string", "_type": "Value"}, "image": {"_type": "Image"}}
    hub.repos["bank/scans"] = repository(
        {"train.parquet": parquet({"text": ["one", "two"], "image": [picture, picture]}, told)}
    )
    offer, path = first_rows(look(Wanted("bank/scans")), "train")
    assert left_out_words(offer) == "Left out, as no task here reads them: image (Image)."
    assert [row.text for row in rows((path,))] == ["one", "two"]
    hub.repos["bank/pictures"] = repository({"train.parquet": parquet({"image": [picture]}, {"image": told["image"]})})
    with pytest.raises(HubRefused, match="has no texts: images, audio and other media cannot be imported"):
        first_rows(look(Wanted("bank/pictures")), "train")


def _gated(repo: Repo) -> None:
    repo.gated = True


def _busy(repo: Repo) -> None:
    repo.answer = 429


def _closed(repo: Repo) -> None:
    repo.answer = 403


def _program(repo: Repo) -> None:
    repo.files = {"mail.py": b"raise SystemExit", "README.md": b"# A program"}


def _pickle(repo: Repo) -> None:
    repo.files = {"train.pkl": b"cos\nsystem\n.", "README.md": b"# A pickle"}


def _elsewhere(repo: Repo) -> None:
    card = "---\nconfigs:\n- config_name: default\n  data_files: hf://datasets/bank/other/train.parquet\n---\n"
    repo.files = {"README.md": card.encode()}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_gated, "only open to those who accepted its terms"),
        (_closed, "only open to those who accepted its terms"),
        (_busy, "too many requests"),
        (_program, "only be read by running its own program"),
        (_pickle, "has no Parquet, CSV or JSON files"),
        (_elsewhere, "has no Parquet, CSV or JSON files"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(hub: Hub, change: object, sentence: str) -> None:
    assert callable(change)
    change(hub.repos["bank/mail"])
    with pytest.raises(HubRefused, match=sentence):
        look(Wanted("bank/mail"))
    assert hub.sent == 0


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (
            Wanted("bank/nothing"),
            "There is no dataset bank/nothing on the Hugging Face Hub, or it needs an access token",
        ),
        (Wanted("bank/mail", revision="v9"), "has no revision v9"),
        (Wanted("bank/mail", config="phone"), "no configuration phone. Its configurations: mail, chat"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(hub: Hub, wanted: Wanted, sentence: str) -> None:
    with pytest.raises(HubRefused, match=sentence):
        look(wanted)


def test_a_token_opens_what_is_gated(hub: Hub) -> None:
    hub.repos["bank/mail"].gated = True
    connection = Connection(address=hub.url, token=TOKEN)
    offer = look(Wanted("bank/mail"), connection=connection)
    assert len(rows(asking.fetch(offer, ("train",), connection=connection))) == 60


def test_a_token_of_other_programs_is_not_sent_to_a_mirror(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.repos["bank/mail"].gated = True
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.delenv("HF_ENDPOINT")
    connection = connection_of(Settings(hub_mirror=hub.url))
    with pytest.raises(HubRefused, match="only open to those who accepted"):
        look(Wanted("bank/mail"), connection=connection)


def test_a_missing_network_is_said_soon(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    with pytest.raises(HubRefused, match="cannot be reached"):
        look(Wanted("bank/mail"))


def test_offline_mode_asks_nobody(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(HubRefused, match="Offline mode is on"):
        look(Wanted("bank/mail"))
    assert hub.requests == []


def test_offline_what_was_fetched_before_comes_in_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, _path = asking.preview(look(Wanted("bank/mail")), "train")
    fetched = asking.fetch(seen, ("train",))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.requests.clear()
    offer = look(Wanted("bank/mail"))
    assert (offer.revision, dict(offer.splits)) == (seen.revision, {"train": seen.splits["train"]})
    assert look(Wanted("bank/mail", config="mail", revision=seen.revision[:12])) == offer
    assert len(rows(asking.preview(offer, "train")[1:])) == 20
    assert asking.fetch(offer, ("train",)) == fetched
    for other in (Wanted("bank/mail", config="chat"), Wanted("bank/mail", revision="0000"), Wanted("bank/notes")):
        with pytest.raises(HubRefused, match=r"no dataset bank/\w+ that was downloaded before"):
            look(other)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hub:bank/mail", ("bank/mail", "")),
        (" bank/mail ", ("bank/mail", "")),
        ("imdb", ("imdb", "")),
        ("bank/mail@v2", ("bank/mail", "v2")),
        ("https://huggingface.co/datasets/bank/mail", ("bank/mail", "")),
        ("https://huggingface.co/datasets/bank/mail/tree/v2/data", ("bank/mail", "v2")),
        ("../mail", None),
        ("bank/../mail", None),
        ("two words", None),
        ("", None),
    ],
)
def test_a_dataset_is_named_as_people_name_it(written: str, meant: tuple[str, str] | None) -> None:
    assert dataset_id(written) == meant
