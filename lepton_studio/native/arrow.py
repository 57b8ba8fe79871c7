"""Parquet files and Arrow streams as plain values: the one place where pyarrow reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_studio.native.failures import NativeFailure

if TYPE_CHECKING:
    import pyarrow as pa

_PLAIN = {"string", "large_string", "bool", "int8", "int16", "int32", "int64", "uint8"}
_METADATA = b"huggingface"
_ROWS = 1000


def parquet(path: Path) -> Iterator[object]:
    """(names of the columns, whether all values are JSON values, what `datasets` says of them in JSON), then each row.

    Raises NativeFailure, OSError.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield _about(file.schema_arrow)
            yield from _values(file.iter_batches(batch_size=_ROWS, use_threads=False))
    except (pa.ArrowException, UnicodeError, ValueError, OverflowError, KeyError, TypeError) as error:
        raise _failure(error) from error


def stream(path: Path) -> Iterator[object]:
    """The same of one Arrow stream."""
    import pyarrow as pa

    try:
        with pa.OSFile(str(path), "rb") as source, pa.ipc.open_stream(source) as opened:
            yield _about(opened.schema)
            for batch in opened:
                batch.validate(full=True)
                yield from _values(batch.slice(at, _ROWS) for at in range(0, batch.num_rows, _ROWS))
    except (pa.ArrowException, UnicodeError, ValueError, OverflowError, KeyError, TypeError) as error:
        raise _failure(error) from error


def _failure(error: Exception) -> NativeFailure:
    is_memory = isinstance(error, MemoryError)  # ArrowMemoryError is one
    return NativeFailure("too_large" if is_memory else "damaged", f"{type(error).__name__}: {error}")


def _about(schema: pa.Schema) -> tuple[list[str], bool, str]:
    described = (schema.metadata or {}).get(_METADATA, b"")
    is_plain = all(str(one.type) in _PLAIN for one in schema)
    return [str(name) for name in schema.names], is_plain, described.decode("utf-8", "replace")


def _values(batches: Iterator[Any]) -> Iterator[object]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
