"""Datasets for the Hub of the tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml  # type: ignore[import-untyped]

from tests.hub.data_server import Repo

LABELS = ("card", "refund", "transfer")
_FEATURES = {
    "text": {"dtype": "string", "_type": "Value"},
    "label": {"names": list(LABELS), "_type": "ClassLabel"},
}


def parquet(
    columns: dict[str, Sequence[object]], features: dict[str, Any] | None = None, *, group: int = 1000
) -> bytes:
    """A Parquet file of these columns, with what `datasets` says of them in its schema."""
    import json

    table = pa.table({name: list(values) for name, values in columns.items()})
    if features:
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    target = io.BytesIO()
    pq.write_table(table, target, row_group_size=group)
    return target.getvalue()


def reviews(count: int = 60, *, padding: str = "") -> bytes:
    """Texts with one of three labels, all of them in turn."""
    texts = [f"Message number {number} about my {LABELS[number % 3]}. {padding}" for number in range(count)]
    return parquet({"text": texts, "label": [number % 3 for number in range(count)]}, _FEATURES)


def repository(files: dict[str, bytes], *, gated: bool = False, **card: Any) -> Repo:
    """A repository with a card that says this."""
    written = f"---\n{yaml.safe_dump(card)}---\n# A dataset\n".encode()
    return Repo({"README.md": written, **files}, card, gated=gated)


def support_mail() -> Repo:
    """Two configurations: `mail` with train and test, `chat` with train."""
    return repository(
        {
            "mail/train-00000.parquet": reviews(60),
            "mail/test-00000.parquet": reviews(12),
            "chat/train-00000.parquet": reviews(30),
        },
        license="cc-by-4.0",
        language=["en"],
        configs=[
            {
                "config_name": "mail",
                "default": True,
                "data_files": [
                    {"split": "train", "path": "mail/train-*.parquet"},
                    {"split": "test", "path": "mail/test-*.parquet"},
                ],
            },
            {"config_name": "chat", "data_files": [{"split": "train", "path": "chat/train-*.parquet"}]},
        ],
    )
