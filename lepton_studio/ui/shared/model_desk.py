"""The window's way to the built-in models: one is fetched, added, measured or deleted at a time, in a thread."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from lepton_studio.errors import Cancelled, has_sentence, sentence_of
from lepton_studio.language import tr
from lepton_studio.models.adding import Added
from lepton_studio.models.brought_gguf import add, forget, take
from lepton_studio.models.built_in import BuiltInModel
from lepton_studio.models.here import delete, fetch_for_person
from lepton_studio.progress import Pace, Progress
from lepton_studio.words import fetched_words, memory

_EVERY = 0.1
"""Seconds between two reports of progress to the window."""

Function = Callable[[Progress, threading.Event], object]


class ModelDesk(QObject):
    """Signals arrive in the window's thread. `progressed(done, total, words)`: bytes, and the same in words.

    `began()`: something goes on with `model`. `ended(id, sentence, is_done)`: it does not any more; the sentence says
    what came of it, "" where the person cancelled.
    """

    began = Signal()
    progressed = Signal(object, object, str)
    ended = Signal(str, str, bool)
    fault_found = Signal(object)
    _finished = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = ""
        """The id of the model that something is done with; "folder" while one is added, "" for none."""
        self.doing = ""
        """What: a sentence."""
        self._stop = threading.Event()
        self._finished.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether something goes on: nothing else begins meanwhile."""
        return bool(self.model)

    def fetch(self, model: BuiltInModel) -> None:
        """Download it; goes on where an earlier download stopped."""
        self._begin(
            model.id,
            tr("Downloading {model}", model=model.name),
            lambda progress, _stop: fetch_for_person(model, progress=progress),
            tr("{model} is on this computer now.", model=model.name),
        )

    def measure(self, model: BuiltInModel) -> None:
        """Try a few steps of tuning it, some ten seconds."""

        def work(_progress: Progress, stop: threading.Event) -> object:
            from lepton_studio.studio.model_speed import Speed, measure_speed, speed_in_words

            speed = measure_speed(model, should_stop=stop.is_set)
            if stop.is_set():
                raise Cancelled
            return f"{model.name}: {speed_in_words(speed)}" if isinstance(speed, Speed) else _Failed(speed.text)

        self._begin(model.id, tr("Measuring {model}", model=model.name), work)

    def delete(self, model: BuiltInModel) -> None:
        """Remove its files."""

        def work(_progress: Progress, _stop: threading.Event) -> object:
            return tr("Deleted {model} and freed {size}.", model=model.name, size=memory(delete(model) / 1e6))

        self._begin(model.id, tr("Deleting {model}", model=model.name), work)

    def add(self, path: Path) -> None:
        """Copy what built-in models need from a folder that the person brings, or prepare the GGUF file that it is."""

        def work(progress: Progress, stop: threading.Event) -> object:
            found = add(path, progress=progress, should_stop=stop.is_set)
            return _added_words(found) if isinstance(found, Added) else _prepared_words(found)

        self._begin("folder", tr("Reading {folder}", folder=path), work)

    def prepare(self, file: Path) -> None:
        """Make a folder that can be tuned of a GGUF file; `model` is its path meanwhile."""

        def work(progress: Progress, stop: threading.Event) -> object:
            return _prepared_words(take(file, progress=progress, should_stop=stop.is_set))

        self._begin(str(file), tr("Preparing {file}", file=file.name), work)

    def forget(self, name: str) -> None:
        """Remove the folder of this name that was made of a GGUF file."""

        def work(_progress: Progress, _stop: threading.Event) -> object:
            return tr("Deleted {model} and freed {size}.", model=name, size=memory(forget(name) / 1e6))

        self._begin(name, tr("Deleting {model}", model=name), work)

    def cancel(self) -> None:
        """End what goes on; what was downloaded stays for the next time."""
        self._stop.set()

    def _begin(self, model: str, doing: str, function: Function, done: str = "") -> None:
        if self.is_busy:
            return
        self.model, self.doing, self._stop = model, doing, threading.Event()
        stop, pace, last = self._stop, Pace(), [0.0]

        def tell(at: int, total: int | None) -> None:
            if stop.is_set():
                raise Cancelled
            if time.monotonic() - last[0] >= _EVERY:
                last[0] = time.monotonic()
                with contextlib.suppress(RuntimeError):  # the window is gone
                    self.progressed.emit(at, total or 0, fetched_words(done=at, total=total or 0, pace=pace))

        def body() -> None:
            answer: object = done
            error: Exception | None = None
            try:
                answer = function(tell, stop) or done
            except Exception as raised:
                error = raised
            with contextlib.suppress(RuntimeError):
                self._finished.emit(stop, answer, error)

        self.began.emit()
        threading.Thread(target=body, name=doing, daemon=True).start()

    def _hand_over(self, stop: threading.Event, answer: Any, error: Exception | None) -> None:
        if stop is not self._stop:
            return
        model, self.model, self.doing = self.model, "", ""
        if error is None:
            self.ended.emit(model, str(answer), not isinstance(answer, _Failed))
        elif isinstance(error, Cancelled):
            self.ended.emit(model, "", False)
        elif has_sentence(error):
            self.ended.emit(model, sentence_of(error), False)
        else:
            self.ended.emit(model, "", False)
            self.fault_found.emit(error)


class _Failed(str):
    """A sentence that says why nothing came of it."""

    __slots__ = ()


def _prepared_words(folder: Path) -> str:
    return tr("{name} is ready to be tuned: choose its GGUF file or {folder} on the Tune page.", name=folder.name,
              folder=folder)  # fmt: skip


def _added_words(added: Added) -> str:
    lines = [tr("{model} is on this computer now.", model=model.name) for model in added.models]
    for name, packages in added.lacking.items():
        lines.append(
            tr("{model} is incomplete: the files of {packages} are missing.", model=name,
               packages=", ".join(packages))
        )  # fmt: skip
    return "\n".join(lines)
