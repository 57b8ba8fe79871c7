"""What a dataset of the Hub offers, its first rows, and all of it as Parquet files. In the child only.

Data files alone are read, Parquet, CSV, JSON, Arrow and text: nothing of the Hub is run, and no pickle is opened.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets
import pyarrow.dataset as pds
import pyarrow.parquet as pq
from datasets import (
    ClassLabel,
    Features,
    LargeList,
    List,
    Translation,
    TranslationVariableLanguages,
    Value,
)
from datasets import (
    Sequence as SequenceOf,
)
from datasets.data_files import DataFilesDict, DataFilesList
from datasets.packaged_modules.csv.csv import CsvConfig
from datasets.packaged_modules.parquet.parquet import ParquetConfig
from datasets.table import table_cast
from huggingface_hub import HfApi
from huggingface_hub.hf_file_system import HfFileSystemFile

from lepton_studio.hub_datasets.fetching import Download
from lepton_studio.native.failures import NativeFailure

datasets.disable_progress_bars()
# A person waits: the library's own twenty tries would take minutes.
datasets.config.STREAMING_READ_MAX_RETRIES = 3
datasets.config.STREAMING_READ_RETRY_INTERVAL = 1
datasets.config.STREAMING_READ_SERVER_UNAVAILABLE_RETRY_INTERVAL = 1
datasets.config.STREAMING_READ_RATE_LIMIT_RETRY_INTERVAL = 1
datasets.config.STREAMING_OPEN_MAX_RETRIES = 3
datasets.config.STREAMING_OPEN_RETRY_INTERVAL = 1
HfFileSystemFile.DEFAULT_BLOCK_SIZE = 1 << 18  # bytes read ahead of what is asked for; theirs are 5 MB

_KINDS = ("csv", "json", "parquet", "arrow", "text")
_PACKAGED = "datasets.packaged_modules."
_READ = (Value, ClassLabel, Translation, TranslationVariableLanguages)
_LISTS = (List, LargeList, SequenceOf)
_COMMIT, _SPLIT = re.compile(r"[0-9a-f]{40}"), re.compile(r"\w+(\.\w+)*")
"""A server may say anything, and both become names of files here."""
_ROWS = 1000
_ASKED_AT_ONCE = 500


def about(told: Mapping[str, Any]) -> Iterator[object]:
    """One answer: the fields of an `Offer`. `told`: id, config, revision; folder, where the library may write."""
    yield _opened(told)[0]


def preview(told: Mapping[str, Any]) -> Iterator[object]:
    """The offer again, once the first `rows` rows of `split` are in the file `into`; no more is asked for than the
    layout of its files makes necessary (of Parquet a group of rows)."""
    offer, builder = _opened(told)
    if isinstance(builder.config, ParquetConfig):
        # else the library asks for 32 MB at once
        small = {"use_buffered_stream": True, "pre_buffer": False, "buffer_size": 1 << 16}
        builder.config.fragment_scan_options = pds.ParquetFragmentScanOptions(**small)
    stream = builder.as_streaming_dataset(split=_known_split(offer, told["split"]))
    left_out: dict[str, str] = {}
    for _rows in _written(stream.take(told["rows"]), Path(told["into"]), left_out):
        pass
    yield {**offer, "left_out": left_out}


def fetch(told: Mapping[str, Any]) -> Iterator[object]:
    """(bytes fetched, bytes in all) again and again, while the `splits` are fetched and written to the folder `into`,
    each as a Parquet file of its name. What is there already is not fetched; a file that broke off goes on from there.
    """
    offer, builder = _opened(told)
    into, downloads = Path(told["into"]), Path(told["into"]) / "downloads"
    into.mkdir(parents=True, exist_ok=True)
    missing = [_known_split(offer, split) for split in told["splits"] if not (into / f"{split}.parquet").exists()]
    wanted = {split: _files(builder, offer, split) for split in missing}
    sizes = _sizes(offer, [file for files in wanted.values() for file in files])
    done, total = 0, sum(sizes.values())
    for split, files in wanted.items():
        here: list[str] = []
        for file in files:
            download = Download(offer["id"], file, revision=offer["revision"], size=sizes[file], folder=downloads)
            for part in download.parts():
                yield min(done + part, total), total
            done += sizes[file]
            here.append(str(download.path))
        builder.config.data_files = DataFilesDict({split: DataFilesList(here, origin_metadata=[()] * len(here))})
        for _rows in _written(builder.as_streaming_dataset(split=split), into / f"{split}.parquet", {}):
            yield done, total
    shutil.rmtree(downloads, ignore_errors=True)  # the files of the splits hold all that is read of them


def _opened(told: Mapping[str, Any]) -> tuple[dict[str, Any], datasets.DatasetBuilder]:
    """The fields of the `Offer`, and what reads its files. Raises NativeFailure and what the libraries raise."""
    api, id = HfApi(), told["id"]
    info = api.dataset_info(id, revision=told["revision"] or None)
    if info.gated:
        api.auth_check(id, repo_type="dataset")
    card: dict[str, Any] = dict(vars(info.card_data)) if info.card_data else {}
    revision = str(info.sha)
    if not _COMMIT.fullmatch(revision):
        raise NativeFailure("damaged", f"no commit: {revision}")
    configs = datasets.get_dataset_config_names(id, revision=revision)
    config = told["config"] or configs[0]
    if not told["config"] and len(configs) > 1:
        config = datasets.get_dataset_default_config_name(id, revision=revision) or config
    if config not in configs:
        raise NativeFailure("no_config", ", ".join(configs))
    builder = datasets.load_dataset_builder(id, config, revision=revision, cache_dir=str(Path(told["folder"]) / "work"))
    if type(builder).__module__.removeprefix(_PACKAGED).split(".")[0] not in _KINDS:
        raise NativeFailure("other_files", type(builder).__module__)
    if isinstance(builder.config, CsvConfig) and builder.config.features is None:
        # as they stand: "007" is no number and "NA" is a word, until a person says otherwise
        builder.config.dtype, builder.config.keep_default_na = str, False
    offer: dict[str, Any] = {
        "id": id,
        "revision": revision,
        "config": config,
        "configs": tuple(configs),
        "licence": ", ".join(_listed(card.get("license"))),
        "languages": tuple(_listed(card.get("language"))),
    }
    files = {str(split): _files(builder, offer, split) for split in builder.config.data_files}
    if not all(_SPLIT.fullmatch(split) for split in files):
        raise NativeFailure("damaged", "a split whose name is no word")
    sizes = _sizes(offer, [file for found in files.values() for file in found])
    return {**offer, "splits": {split: sum(sizes[file] for file in found) for split, found in files.items()}}, builder


def _known_split(offer: Mapping[str, Any], split: str) -> str:
    if split not in offer["splits"]:
        raise NativeFailure("no_split", ", ".join(offer["splits"]))
    return split


def _files(builder: datasets.DatasetBuilder, offer: Mapping[str, Any], split: str) -> list[str]:
    """The files of a split, by their paths in the repository: a card may name files of anywhere, which are not read."""
    inside = f"hf://datasets/{offer['id']}@{offer['revision']}/"
    found = [str(one) for one in builder.config.data_files[split]]
    if not all(one.startswith(inside) for one in found):
        raise NativeFailure("other_files", "files outside of the repository")
    names = [one.removeprefix(inside) for one in found]
    if any(set(name.split("/")) & {"", ".", ".."} or "\\" in name for name in names):
        raise NativeFailure("other_files", "a file that would be written elsewhere")
    return names


def _sizes(offer: Mapping[str, Any], files: Sequence[str]) -> dict[str, int]:
    api, found = HfApi(), dict.fromkeys(files, 0)
    for at in range(0, len(files), _ASKED_AT_ONCE):
        asked = list(files[at : at + _ASKED_AT_ONCE])
        for one in api.get_paths_info(offer["id"], asked, revision=offer["revision"], repo_type="dataset"):
            found[one.path] = getattr(one, "size", 0)
    return found


def _written(stream: datasets.IterableDataset, target: Path, left_out: dict[str, str]) -> Iterator[int]:
    """Write the rows as one Parquet file that says its features, and tell how many are in it by now; the file appears
    whole. Columns that hold no text go to `left_out`, with what they hold."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part, written, features, writer = target.with_suffix(".part"), 0, stream.features, None
    try:
        for table in stream.with_format("arrow").iter(batch_size=_ROWS):
            if writer is None:
                features = features or Features.from_arrow_schema(table.schema)
                left_out.update({name: kind for name, one in features.items() if (kind := _unread(one))})
                features = Features({name: one for name, one in features.items() if name not in left_out})
                if not features:
                    raise NativeFailure("no_text", ", ".join(sorted(set(left_out.values()))))
                writer = pq.ParquetWriter(part, features.arrow_schema)
            writer.write_table(table_cast(table.select(list(features)), features.arrow_schema))
            written += table.num_rows
            yield written
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        raise NativeFailure("no_text", "no rows")
    part.replace(target)


def _unread(feature: object) -> str:
    """What this feature holds, somewhere inside, that is no text: "Image", "Audio"...; "" where all of it is read."""
    if isinstance(feature, dict):
        return next((found for one in feature.values() if (found := _unread(one))), "")
    if isinstance(feature, list):
        return _unread(feature[0])
    if isinstance(feature, _LISTS):
        return _unread(feature.feature)
    if isinstance(feature, Value) and "binary" in feature.dtype:
        return "binary"
    return "" if isinstance(feature, _READ) else type(feature).__name__


def _listed(value: object) -> list[str]:
    """What a card may say in one word or in a list of them."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []
