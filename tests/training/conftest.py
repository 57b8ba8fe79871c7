"""The tiny model, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.training.tiny import write_tiny_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a BERT of two layers."""
    return write_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """A model this small is fastest on one thread, and other processes are not disturbed."""
    torch.set_num_threads(1)
