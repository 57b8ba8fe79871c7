"""`lepton-studio import PROJECT hub:OWNER/NAME`: seen first, then in the project, with the revision it is of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.project.project import Project
from tests.hub.data_server import Hub, running_hub
from tests.hub.hub_data import support_mail


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A Hub with one dataset of two configurations."""
    with running_hub(bank__mail=support_mail()) as server:
        yield server


def studio(hub: Hub, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command with a home of its own."""
    environment = {**os.environ, **hub.environment(), "LEPTON_HOME": str(home), "HF_HOME": str(home / "hf")}
    command = [sys.executable, "-m", "lepton_studio", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_dataset_is_seen_first_and_then_comes_in_with_its_revision(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "Post.lepton"
    studio(hub, tmp_path, "new", str(folder), "--task", "text_classification")
    seen = studio(hub, tmp_path, "import", str(folder), "hub:bank/mail", "--dry-run", "--json")
    told = json.loads(seen.stdout)
    assert (told["licence"], told["configs"], told["label"]) == ("cc-by-4.0", ["mail", "chat"], "label")
    assert len(told["rows"]) == 20 and told["rows"][1]["labels"] == ["refund"]
    assert "Its configurations: mail, chat. Choose one with --config; this is mail." in seen.stderr
    brought = studio(hub, tmp_path, "import", str(folder), "hub:bank/mail", "--json")
    assert json.loads(brought.stdout)["added"] == 72, brought.stderr
    with Project.open(folder) as project:
        assert project.split_counts() == {"train": 60, "validation": 0, "test": 12, None: 0}
        assert {label.name for label in project.labels()} == {"card", "refund", "transfer"}
        name = f"hub:bank/mail@{hub.repos['bank/mail'].sha[:12]}, mail"
        assert project.undo_name() == f"Import {name}"
        assert project.source_row(1).source == f"{name}, train"


def test_a_split_of_a_configuration_comes_in_alone(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "Post.lepton"
    studio(hub, tmp_path, "new", str(folder), "--task", "text_classification")
    chosen = ("--config", "chat", "--hub-split", "train", "--revision", hub.repos["bank/mail"].sha)
    brought = studio(hub, tmp_path, "import", str(folder), "hub:bank/mail", *chosen, "--json")
    assert json.loads(brought.stdout)["added"] == 30, brought.stderr
    refused = studio(hub, tmp_path, "import", str(folder), "hub:bank/mail", "--hub-split", "dev")
    assert refused.returncode == 1 and "has no such split. Its splits: train, test" in refused.stderr
    misused = studio(hub, tmp_path, "import", str(folder), "hub:bank/mail", "other.csv")
    assert misused.returncode == 2 and "Import a dataset of the Hub by itself." in misused.stderr
