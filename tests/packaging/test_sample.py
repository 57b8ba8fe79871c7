"""The sample project's messages are what the first start promises."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

SAMPLE = "resources/samples/customer_service.jsonl"


@pytest.fixture
def rows(checkout: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (checkout / SAMPLE).read_text(encoding="utf-8").splitlines()]


def test_there_is_something_left_to_label_and_enough_to_tune(rows: list[dict[str, str]]) -> None:
    labelled = [row for row in rows if "label" in row]
    assert len(rows) == 300 and len(labelled) == 120
    splits = Counter((row["split"], row["label"]) for row in labelled)
    assert len({label for _, label in splits}) == 6
    for label in {label for _, label in splits}:
        assert (splits["train", label], splits["validation", label], splits["test", label]) == (12, 3, 5)


def test_no_message_stands_twice(rows: list[dict[str, str]]) -> None:
    assert max(Counter(row["text"].casefold() for row in rows).values()) == 1
