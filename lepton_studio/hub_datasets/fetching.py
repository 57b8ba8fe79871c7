"""One file of a dataset, fetched with its progress told. In the child only."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from huggingface_hub import constants, hf_hub_url
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import build_hf_headers

constants.DOWNLOAD_CHUNK_SIZE = 1 << 20  # bytes that are lost where a connection breaks; theirs is ten times as much


class Download:
    """Fetches `file` at `revision`, `size` bytes long, into `folder`. What is there of it already, from this process or
    another one, is not asked for again.

    WORKAROUND hf_hub_download 2.4 does not go on with a file where another process ended, and where this one did only
    after ten megabytes: https://github.com/huggingface/huggingface_hub/pull/4228
    """

    def __init__(self, id: str, file: str, *, revision: str, size: int, folder: Path) -> None:
        self.path = folder / revision / file
        self._url = hf_hub_url(id, file, repo_type="dataset", revision=revision)
        self._size = size
        self._told: queue.Queue[int | None] = queue.Queue()
        self._failed: Exception | None = None

    def parts(self) -> Iterator[int]:
        """Bytes that are here, again and again; at the end the file is at `path`. Raises what huggingface_hub does."""
        thread = threading.Thread(target=self._fetch, name="download", daemon=True)
        thread.start()
        while (told := self._told.get()) is not None:
            yield told
        thread.join()
        if self._failed is not None:
            raise self._failed

    def _fetch(self) -> None:
        try:
            if not self.path.exists():
                self._go_on(_bar(self._told))
        except Exception as error:  # raised where the parts are asked for
            self._failed = error
        finally:
            self._told.put(None)

    def _go_on(self, bar: Any) -> None:
        part = self.path.with_name(f"{self.path.name}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as written:
            if written.tell() > self._size:
                written.truncate(0)  # of another file than this one
            if written.tell() < self._size:
                http_get(
                    self._url, written, resume_size=written.tell(), headers=build_hf_headers(),
                    expected_size=self._size, tqdm_class=bar,
                )  # fmt: skip
        part.replace(self.path)


def _bar(told: queue.Queue[int | None]) -> type:
    """A class in the place of a progress bar that puts the bytes into a queue."""

    class Bar:
        def __init__(self, *_args: object, initial: int = 0, **_settings: object) -> None:
            self._done = initial

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_error: object) -> None:
            """There is nothing to close."""

        def update(self, count: int) -> None:
            self._done += count
            told.put(self._done)

    return Bar
