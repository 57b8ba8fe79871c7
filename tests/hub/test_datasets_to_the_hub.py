"""Labelled samples become a dataset with a card, which goes to the Hub and comes back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import datasets
import pytest
import yaml  # type: ignore[import-untyped]

from lepton_studio.hub.connection import Connection
from lepton_studio.hub_datasets import asking
from lepton_studio.hub_datasets.asking import HubRefused
from lepton_studio.hub_datasets.wanted import Wanted
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.studio.dataset_export import export_dataset, push_dataset
from lepton_studio.studio.exporting import ExportError
from tests.hub.data_server import TOKEN, Hub, running_hub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """An empty Hub."""
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    with running_hub() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Twelve messages, all labelled, in two splits."""
    with Project.create(tmp_path / "Post.lepton", task="text_classification", labels=("card", "refund")) as made:
        names = [label.id for label in made.labels()]
        with made.change("Import") as change:
            change.add_samples(
                NewSample(
                    f"This is the message about my thing, number {n}.",
                    split="test" if n > 8 else "train",
                    value={"labels": [names[n % 2]]},
                    labels=(names[n % 2],),
                )
                for n in range(12)
            )
        yield made


def test_a_dataset_has_a_card_that_says_what_it_is(project: Project, tmp_path: Path) -> None:
    written = export_dataset(project, tmp_path / "out", licence="cc-by-4.0")
    assert written.samples == 12
    _, head, body = (tmp_path / "out" / "README.md").read_text("utf-8").split("---\n", 2)
    card = yaml.safe_load(head)
    assert card["license"] == "cc-by-4.0" and card["language"] == ["en"]
    assert card["task_categories"] == ["text-classification"] and card["size_categories"] == ["n<1K"]
    assert "| train | 9 |" in body and "| card | 6 |" in body
    datasets.disable_progress_bars()
    held = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in held.items()} == {"train": 9, "test": 3}
    assert held["train"].features["label"].names == ["card", "refund"]
    with pytest.raises(ExportError, match="already exists"):
        export_dataset(project, tmp_path / "out")


def test_a_dataset_goes_to_the_hub_and_comes_back(hub: Hub, project: Project, tmp_path: Path) -> None:
    export_dataset(project, tmp_path / "out", licence="mit")
    connection = Connection(address=hub.url, token=TOKEN)
    folder = tmp_path / "out"
    address = asking.push(folder, "somebody/post", is_private=True, message="Upload", connection=connection)
    assert address.startswith(f"{hub.url}/datasets/somebody/post/commit/")
    stored = hub.repos["somebody/post"].files
    assert stored["README.md"] == (folder / "README.md").read_bytes()
    assert stored["data/train-00000-of-00001.parquet"] == (folder / "data/train-00000-of-00001.parquet").read_bytes()
    offer = asking.look(Wanted("somebody/post"), connection=connection)
    assert set(offer.splits) == {"train", "test"}
    again = asking.push(folder, "somebody/post", is_private=True, message="Upload", connection=connection)
    assert again.startswith(hub.url)


def test_who_is_not_signed_in_is_told_so_and_nothing_is_sent(hub: Hub, project: Project, tmp_path: Path) -> None:
    export_dataset(project, tmp_path / "out")
    with pytest.raises(HubRefused, match="first enter an access token under Network and downloads"):
        push_dataset(tmp_path / "out", "somebody/post")
    assert hub.requests == []
    with pytest.raises(ExportError, match="two words is not a name on the Hub"):
        push_dataset(tmp_path / "out", "two words")
