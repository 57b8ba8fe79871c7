"""A project in a temporary folder, and short words for what people do with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.project.project import Project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the project of a test lies."""
    return tmp_path / "Complaints.lepton"


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    """An open project with the labels refund, card and other, and no samples."""
    made = Project.create(folder, task="text_classification", labels=["refund", "card", "other"])
    yield made
    made.close()
