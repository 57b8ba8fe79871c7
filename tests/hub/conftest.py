"""A Hub of the tests, and the way to it that the app would take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.hub.connection import Connection, Patience
from tests.hub.server import Hub

HASTY = Patience(silence=2.0, attempts=3, pause=0.05)


@pytest.fixture(autouse=True)
def _a_person_without_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variables, no token and no keyring of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith(("HF_", "HUGGING")) or name == "TRANSFORMERS_OFFLINE":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A Hub without anything in it."""
    with Hub() as made:
        yield made


@pytest.fixture
def connection(hub: Hub, tmp_path: Path) -> Connection:
    """To that Hub, with a folder of its own and little patience."""
    return Connection(address=hub.address, folder=str(tmp_path / "models"), patience=HASTY)
