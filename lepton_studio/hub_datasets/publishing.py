"""A dataset as the Hub wants it, Parquet files and a card, and its way there. In the child only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import datasets
from huggingface_hub import DatasetCardData, HfApi, get_token

from lepton_studio.native.failures import NativeFailure

datasets.disable_progress_bars()
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def save(told: Mapping[str, Any]) -> Iterator[object]:
    """Write the rows, lines of JSON in a file for each of `splits`, to the folder `into` as save_to_disk does;
    `features` describes their columns as `datasets` does."""
    features = datasets.Features.from_dict(told["features"])
    room = str(Path(next(iter(told["splits"].values()))).parent / "cache")
    held = {split: _held(Path(file), split, features=features, room=room) for split, file in told["splits"].items()}
    # WORKAROUND for datasets 5.2: of a split without rows it writes no file, and then cannot read the folder.
    shards = {split: None if rows.num_rows else 1 for split, rows in held.items()}
    datasets.DatasetDict(held).save_to_disk(told["into"], num_shards=shards)
    yield len(held)


def _held(file: Path, split: str, *, features: datasets.Features, room: str) -> datasets.Dataset:
    if not file.stat().st_size:
        return datasets.Dataset.from_dict({name: [] for name in features}, features=features, split=split)
    given = {"file": str(file)}
    named = datasets.NamedSplit(split)
    return datasets.Dataset.from_generator(_lines, gen_kwargs=given, features=features, split=named, cache_dir=room)


def _lines(file: str) -> Iterator[dict[str, Any]]:
    with open(file, encoding="utf-8") as opened:
        yield from map(json.loads, opened)


def as_parquet(told: Mapping[str, Any]) -> Iterator[object]:
    """Write the folder of save_to_disk `saved` to the folder `into`: a Parquet file for each split and README.md, whose
    body is `body` behind the YAML of `card` (licence, languages, tasks), the sizes and where the files are."""
    into, splits = Path(told["into"]), datasets.load_from_disk(told["saved"])
    (into / "data").mkdir()
    files = {split: f"data/{split}-00000-of-00001.parquet" for split in splits}
    for split, rows in splits.items():
        rows.to_parquet(str(into / files[split]))
    count = sum(rows.num_rows for rows in splits.values())
    card = DatasetCardData(
        **told["card"],
        size_categories=[next((name for most, name in _SIZES if count < most), "n>1M")],
        configs=[
            {
                "config_name": "default",
                "data_files": [{"split": split, "path": path} for split, path in files.items()],
            }
        ],
    )
    (into / "README.md").write_text(f"---\n{card.to_yaml()}\n---\n\n{told['body']}", "utf-8")
    yield {"splits": {split: rows.num_rows for split, rows in splits.items()}}


def push(told: Mapping[str, Any]) -> Iterator[object]:
    """Put the folder `from` to the repository `id`, made where it is not there; the address of the commit."""
    if not get_token():
        raise NativeFailure("no_token")
    api = HfApi()
    api.create_repo(told["id"], repo_type="dataset", private=told["is_private"], exist_ok=True)
    commit = api.upload_folder(
        repo_id=told["id"], repo_type="dataset", folder_path=told["from"], commit_message=told["message"]
    )
    yield str(commit.commit_url)
