"""Search: what is said of each model before anything is downloaded, and who may ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from lepton_studio.hub.asking import about_token, ask, describe, search
from lepton_studio.hub.connection import Connection, connection_of
from lepton_studio.hub.failures import HubFailure
from lepton_studio.hub.places import HubName
from lepton_studio.hub.requests import AskToken, KeepToken, SearchModels, TokenSaid
from lepton_studio.hub.wanted import wanted_files
from lepton_studio.settings import Settings
from tests.hub.repos import encoder
from tests.hub.server import GOOD_TOKEN, Hub, Repo


def test_what_is_found_says_size_licence_languages_and_whether_it_can_be_used(hub: Hub, connection: Connection) -> None:
    hub.add(encoder("ada/bert-zh"))
    hub.add(encoder("ada/bert-old", files={"config.json": b"{}", "pytorch_model.bin": b"x"}, about={"downloads": 5000}))
    hub.add(
        encoder("ada/own-code", about={"config": {"model_type": "own"}, "tags": ["custom_code", "zh"], "downloads": 9})
    )
    hub.add(encoder("ada/strange", about={"config": {"model_type": "strange"}, "downloads": 8}))
    hub.add(encoder("ada/giant", about={"safetensors": {"parameters": {"BF16": 10**13}}, "downloads": 7}))
    gguf = {"x-Q8_0.gguf": b"GGUF", "config.json": b"{}"}
    hub.add(encoder("ada/gguf", files=gguf, about={"downloads": 6}))
    hub.add(encoder("eve/other", about={"downloads": 6, "cardData": {"license": "other", "license_name": "own-1"}}))

    found = search(SearchModels("ada/"), connection=connection)

    assert [(one.id, one.why_not) for one in found] == [
        ("ada/bert-old", "no_weights"), ("ada/bert-zh", ""), ("ada/own-code", "code"), ("ada/strange", "unknown"),
        ("ada/giant", "too_large"), ("ada/gguf", "gguf"),
    ]  # fmt: skip
    good = found[1]
    assert (good.size, good.licence, good.languages, good.changed, good.is_exact) == (
        300_000, "apache-2.0", ("zh", "en"), "2026-10-05", False,
    )  # fmt: skip
    assert search(SearchModels("other"), connection=connection)[0].licence == "own-1"


def test_a_search_can_be_narrowed_by_task_and_language(hub: Hub, connection: Connection) -> None:
    hub.add(encoder("ada/zh"))
    hub.add(encoder("ada/de", about={"tags": ["de"], "pipeline_tag": "fill-mask"}))
    hub.add(encoder("ada/writes", about={"pipeline_tag": "text-generation"}))
    found = search(SearchModels(task="fill-mask", language="zh"), connection=connection)
    assert [one.id for one in found] == ["ada/zh"]


def test_details_say_the_exact_size_of_what_would_come(hub: Hub, connection: Connection) -> None:
    repo = encoder()
    hub.add(repo)
    found = describe(HubName(repo.id), connection=connection)
    assert found.is_exact and found.commit == repo.commit
    assert found.size == sum(len(repo.files[name]) for name in found.files)
    assert not any("resolve" in one.path for one in hub.asked), "nothing was downloaded"


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (
            ["config.json", "model.safetensors", "model.fp16.safetensors", "model.bin", "tokenizer.json", "a.py"],
            ["config.json", "model.safetensors", "tokenizer.json"],
        ),
        (
            ["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
             "model.safetensors.index.json", "consolidated.safetensors", "tokenizer.model"],
            ["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
             "model.safetensors.index.json", "tokenizer.model"],
        ),
        (
            ["0_Transformer/config.json", "0_Transformer/model.safetensors", "0_Transformer/vocab.txt", "modules.json",
             "1_Pooling/config.json", "2_Dense/model.safetensors", "2_Dense/pytorch_model.bin"],
            ["0_Transformer/config.json", "0_Transformer/model.safetensors", "0_Transformer/vocab.txt",
             "1_Pooling/config.json", "2_Dense/model.safetensors", "modules.json"],
        ),
        (["x-Q4_K_M.gguf", "x-Q8_0.gguf"], []),
        (["adapter_config.json", "adapter_model.safetensors"], []),
        (["config.json", "../config.json", "..\\model.safetensors", "/model.safetensors", "x/model.safetensors"],
         ["config.json"]),
    ],
    ids=["one file", "parts", "sentence encoder", "gguf", "adapter alone", "outside"],
)  # fmt: skip
def test_of_all_files_only_those_that_are_needed_are_wanted(there: list[str], wanted: list[str]) -> None:
    assert list(wanted_files(there)) == wanted


def test_without_a_keyring_a_token_is_for_this_session_only(hub: Hub, connection: Connection) -> None:
    with pytest.raises(HubFailure) as failed:
        list(ask(KeepToken(GOOD_TOKEN), connection=connection))
    assert failed.value.reason == "no_keyring"
    assert list(ask(AskToken(check=True), connection=replace(connection, token=GOOD_TOKEN))) == [
        TokenSaid("session", "ada")
    ]
    assert list(ask(AskToken(), connection=connection)) == [TokenSaid()]


def test_a_token_in_the_keyring_is_used_until_it_is_taken_out(
    hub: Hub, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.hub.keyring_of_tests.FileKeyring")
    monkeypatch.setenv("TEST_KEYRING", str(tmp_path / "ring.json"))
    hub.add(Repo("ada/secret", encoder().files, is_private=True, about=encoder().about))

    assert list(ask(KeepToken(GOOD_TOKEN), connection=connection)) == [TokenSaid("keyring")]
    asked = len(hub.asked)
    assert about_token(check=False, connection=replace(connection, is_offline=True)) == TokenSaid("keyring")
    assert len(hub.asked) == asked, "the Hub is asked on demand"
    assert about_token(check=True, connection=connection) == TokenSaid("keyring", "ada")
    assert describe(HubName("ada/secret"), connection=connection).id == "ada/secret"
    list(ask(KeepToken(""), connection=connection))
    assert list(ask(AskToken(), connection=connection)) == [TokenSaid()]


def test_a_token_of_other_programs_does_not_go_to_a_mirror(
    hub: Hub, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    search(SearchModels(), connection=connection)
    assert not any("authorization" in map(str.lower, one.headers) for one in hub.asked)
    search(SearchModels(), connection=replace(connection, shares_token=True))
    assert hub.asked[-1].headers["authorization"] == f"Bearer {GOOD_TOKEN}", "the person's own variables name it"


def test_settings_come_before_variables_and_variables_before_nothing() -> None:
    assert connection_of(Settings(), environment={}).address == "https://huggingface.co"
    known = {"HF_ENDPOINT": "https://mirror.example/", "HF_HUB_OFFLINE": "1"}
    assert connection_of(Settings(), environment=known).address == "https://mirror.example"
    assert connection_of(Settings(), environment=known).is_offline
    mine = Settings(hub_mirror="https://mine.example", models="/big/disk", offline=True)
    found = connection_of(mine, environment={"HF_ENDPOINT": "https://mirror.example"})
    assert (found.address, found.folder, found.is_offline) == ("https://mine.example", "/big/disk", True)
