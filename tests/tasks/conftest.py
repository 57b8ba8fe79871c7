"""The tasks under test: those of the product, and a toy one whose folder is put where discovery looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lepton_studio.tasks
from lepton_studio.project.records import Label, Labels
from lepton_studio.tasks import all_tasks
from lepton_studio.tasks.base import Task

TOYS = str(Path(__file__).parent / "toy_tasks")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `task_id` over every task that is found, the toy included."""
    if "task_id" in metafunc.fixturenames:
        metafunc.parametrize("task_id", [*all_tasks(), "stars"])


@pytest.fixture
def task(task_id: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Task[Any]]:
    """The task, found as the product finds it."""
    monkeypatch.setattr(lepton_studio.tasks, "__path__", [*lepton_studio.tasks.__path__, TOYS])
    all_tasks.cache_clear()
    yield all_tasks()[task_id]
    all_tasks.cache_clear()


@pytest.fixture
def labels() -> Labels:
    """Three labels whose ids are not their positions."""
    names = ("good", "bad", "odd")
    return tuple(
        Label(
            id=10 * (position + 1), name=name, color="#0072b2", key=str(position + 1), description="", position=position
        )
        for position, name in enumerate(names)
    )
