"""Models of the Hub on the command line: found, fetched, tuned, and told apart from then on; and nothing offline."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Studio, studio
from tests.hub.repos import encoder
from tests.hub.server import Hub, Repo
from tests.training.tiny import LABELS, rows, write_tiny_model

__all__ = ["studio"]

GUARD = """
import os, sys
def _look(event, args):
    is_net = event == "socket.connect" and int(getattr(args[0], "family", 0)) in (2, 10, 23)
    if is_net or event in ("socket.getaddrinfo", "socket.gethostbyname"):
        with open(os.environ["GUARD_LOG"], "a") as log:
            print(event, *args[1:], file=log)
        raise RuntimeError("a connection was opened")
sys.addaudithook(_look)
with open(os.environ["GUARD_LOG"] + ".guarded", "a") as log:
    print(*sys.orig_argv, file=log)
"""


@pytest.fixture
def tiny(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A small model on the Hub that the variables name, and a folder for what comes from there."""
    folder = write_tiny_model(tmp_path / "tiny")
    files = {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    repo = encoder("ada/tiny", files={**files, "README.md": b"# Tiny"})
    hub.add(repo)
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "models"))
    return repo


def labelled(studio: Studio, tmp_path: Path) -> Path:
    """A project with labelled texts in words that the small model knows."""
    names = {label.id: label.name for label in LABELS}
    file = tmp_path / "posts.jsonl"
    lines = ({"text": one["text"], "label": names[one["value"]["labels"][0]]} for one in rows(90, seed=1))
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    folder = tmp_path / "Post.lepton"
    studio("new", folder, "--task", "text_classification")
    assert studio("import", folder, file).code == 0
    return folder


def test_a_model_is_found_fetched_and_tuned_and_its_runs_say_which_commit_they_began_from(
    studio: Studio, hub: Hub, tiny: Repo, tmp_path: Path
) -> None:
    found = studio("models", "search", "tiny", "--language", "zh")
    assert found.code == 0, found.err
    assert found.out.splitlines()[1].split()[0] == "ada/tiny" and "apache-2.0" in found.out and "Yes" in found.out
    (facts,) = studio("models", "search", "tiny", "--json").json["models"]
    assert (facts["id"], facts["usable"], facts["licence"]) == ("ada/tiny", True, "apache-2.0")
    assert studio("models", "search", "nothing").out == "No model on the Hub matches.\n"

    got = studio("models", "get", "ada/tiny", "--json").json
    assert got["revision"] == tiny.commit and Path(got["folder"]).is_dir()

    project = labelled(studio, tmp_path)
    hub.asked.clear()
    tuned = studio("tune", project, "--model", "ada/tiny", "--set", "epochs=1", "--json")
    assert tuned.code == 0, tuned.err
    assert hub.asked == [], "what is here is asked for no more"
    job = json.loads((project / "runs" / "run-1" / "job.json").read_text("utf-8"))
    assert job["model"] == f"ada/tiny@{tiny.commit}"
    assert studio("models", "delete", "ada/other").code == 2
    deleted = studio("models", "delete", "ada/tiny", "--json").json
    assert deleted["deleted"] == ["ada/tiny"] and deleted["bytes"] > 0 and not Path(got["folder"]).exists()


def test_a_model_that_is_not_here_is_fetched_before_it_is_tuned(studio: Studio, tiny: Repo, tmp_path: Path) -> None:
    project = labelled(studio, tmp_path)
    tuned = studio("tune", project, "--model", "ada/tiny", "--set", "epochs=1")
    assert tuned.code == 0, tuned.err
    assert "Downloading ada/tiny from the Hub…" in tuned.err


def test_what_is_not_on_the_hub_is_said_in_a_sentence(studio: Studio, hub: Hub, tiny: Repo, tmp_path: Path) -> None:
    host = hub.address.removeprefix("http://")
    sentence = f"There is no ada/none on {host}, or it is private and needs an access token.\n"
    got = studio("models", "get", "ada/none")
    assert (got.code, got.err.splitlines()[-1] + "\n") == (1, sentence)
    assert studio("models", "get", "a/b/c").code == 2
    project = labelled(studio, tmp_path)
    assert studio("tune", project, "--model", "ada/none").err.splitlines()[-1] + "\n" == sentence
    assert (
        studio("tune", project, "--model", "./none").err.splitlines()[-1] == "The model folder ./none does not exist."
    )


@pytest.mark.usefixtures("children_start_as_in_use")
def test_offline_no_process_of_the_app_opens_a_connection(
    studio: Studio, hub: Hub, tiny: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio("models", "get", "ada/tiny")
    project = labelled(studio, tmp_path)
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD, "utf-8")
    monkeypatch.setenv("GUARD_LOG", str(tmp_path / "connections.txt"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path / "guard"), os.environ.get("PYTHONPATH", ""))))
    (tmp_path / "home" / "config").mkdir(parents=True, exist_ok=True)
    (tmp_path / "home" / "config" / "settings.json").write_text(json.dumps({"offline": True}), "utf-8")
    hub.asked.clear()

    assert studio("tune", project, "--model", "ada/tiny", "--set", "epochs=1").code == 0
    assert studio("suggest", project, "--at-most", "3").code == 0
    assert studio("self-test").code == 0
    sentence = "Offline mode is on, in Preferences or by HF_HUB_OFFLINE, so the Hub cannot be reached."
    for arguments in (
        ("models", "search", "tiny"), ("models", "get", "ada/tiny"), ("tune", project, "--model", "ada/not-here"),
    ):  # fmt: skip
        refused = studio(*arguments)
        assert (refused.code, refused.err.splitlines()[-1]) == (1, sentence)

    guarded = (tmp_path / "connections.txt.guarded").read_text("utf-8")
    assert "lepton_studio.child" in guarded and "lepton_studio.ui.screenshots" in guarded, "it stood in all of them"
    assert not (tmp_path / "connections.txt").exists() and hub.asked == []
