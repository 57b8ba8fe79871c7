"""A text of 50,000 words with 2,000 spans in the editor: opening it, marking in it, scrolling through it."""

from __future__ import annotations

import random
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.app import make_application
from lepton_studio.contract.span_values import Span, in_order
from lepton_studio.contract.task import Input
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Label, Labels, NewSample
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.spans.annotation import Spans, dump, labels_in
from lepton_studio.ui.frame.fetching import Fetching
from lepton_studio.widgets.color import label_color
from lepton_studio.widgets.theme import apply_theme
from tests.benchmarks.figure import Figure
from tests.ui.driving import label_page, open_window, press

WORDS, SPANS, REPEATS = 50_000, 2_000, 5
_NAMES = ("person", "organisation", "place", "date", "amount", "other")


def long_text() -> list[Figure]:
    """Offscreen; each moment ends when the window has been painted."""
    app = make_application(language="en")
    apply_theme(app, scheme="light")
    text, value = _sample()
    editor: Any = load_part(task_named("spans").editor)()
    editor.set_labels(_labels())
    editor.resize(1000, 760)
    editor.show()
    editor.activateWindow()
    QTest.qWaitForWindowActive(editor)
    editor.setFocus()
    try:
        opening = []
        for _ in range(REPEATS):
            editor.show_sample(Input("another sample"), None)
            _paint(app)
            opening.append(_milliseconds(lambda: editor.show_sample(Input(text), value), app))
        bar = editor.board.view.verticalScrollBar()
        changing = []
        for place in range(25):
            editor.board.view.put_cursor(len(text) * place // 25)
            _paint(app)
            for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_BracketRight, Qt.Key.Key_Delete):
                changing.append(_milliseconds(partial(QTest.keyClick, editor, key), app))
        scrolling = []
        for step in (48, 700, 9_000):  # a notch of the wheel, a page, the handle dragged
            for _ in range(100):
                value_after = (bar.value() + step) % max(1, bar.maximum())
                scrolling.append(_milliseconds(partial(bar.setValue, value_after), app))
    finally:
        editor.close()
        editor.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    note = f"{WORDS:,} words, {len(text):,} characters, {len(value.spans):,} spans, some nested; offscreen, painted"
    return [
        Figure.of("long text: opens", opening, unit="ms", target="<= 300", note=note),
        Figure(
            "long text: a span added, changed, grown, removed",
            statistics.quantiles(changing, n=20)[-1],
            "ms",
            "<= 30",
            note=f"95 % of {len(changing)}; median {statistics.median(changing):.1f}, worst {max(changing):.1f}",
        ),
        Figure(
            "long text: scrolling",
            statistics.quantiles(scrolling, n=20)[-1],
            "ms",
            "<= 16",
            note=f"95 % of {len(scrolling)}; median {statistics.median(scrolling):.1f}, worst {max(scrolling):.1f}",
        ),
    ]


def _milliseconds(act: Callable[[], object], app: QApplication) -> float:
    began = time.perf_counter()
    act()
    _paint(app)
    return (time.perf_counter() - began) * 1000


def _paint(app: QApplication) -> None:
    """Let the window do all it has to; what it drew is on its (offscreen) screen then."""
    app.processEvents()


def _sample() -> tuple[str, Spans]:
    """Made-up paragraphs with an emoji here and there, and spans spread over them, each tenth in another."""
    dice = random.Random(3)
    words = ["".join(dice.choices("etaoinshrdlu", k=dice.randint(2, 9))) for _ in range(4000)] + [
        "naïve",
        "日本",
        "👍🏽",
    ]
    parts: list[str] = []
    places = []
    length = 0
    for _ in range(WORDS):
        word = dice.choice(words)
        places.append((length, length + len(word)))
        gap = "\n\n" if dice.random() < 0.008 else " "
        parts.append(word + gap)
        length += len(word) + len(gap)
    spans = []
    for number in range(SPANS * 10 // 11):
        first = number * (WORDS - 10) // (SPANS * 10 // 11)
        start, end = places[first][0], places[first + dice.randint(0, 3)][1]
        spans.append(Span(start, end, dice.randint(1, len(_NAMES))))
        if number % 10 == 0:
            spans.append(Span(start, places[first][1], 1 + spans[-1].label % len(_NAMES)))
    return "".join(parts), Spans(in_order(spans))


def _labels() -> Labels:
    return tuple(
        Label(place + 1, name, label_color(place), str(place + 1), "", place) for place, name in enumerate(_NAMES)
    )


def long_text_on_the_page() -> list[Figure]:
    """The same on the Label page of the real window, where each step is on disk before it ends, and undone.

    How long the main loop is blocked: time of its thread, as other work on the machine is none of it.
    """
    text, value = _sample()
    folder = Path(tempfile.mkdtemp(prefix="long-text-"))
    samples = (NewSample(f"{text} {one}", value=dump(value), labels=labels_in(value)) for one in range(2 * REPEATS))
    with Project.create(folder / "Long.lepton", task="spans", labels=_NAMES) as project, project.change("Import") as to:
        to.add_samples(samples)
    took: dict[str, list[float]] = defaultdict(list)
    in_all: dict[str, list[float]] = defaultdict(list)
    with open_window(project.folder) as window:
        page = label_page(window)
        editor: Any = page.editor
        page.show_samples(Filter())
        Fetching().finish()  # as the window does soon after its start

        def measure(name: str, act: Callable[[], object]) -> None:
            began, at = time.thread_time(), time.perf_counter()
            act()
            QApplication.processEvents()
            took[name].append((time.thread_time() - began) * 1000)
            in_all[name].append((time.perf_counter() - at) * 1000)
            QTest.qWait(300)  # what follows by itself: counts, the last decisions

        for number in range(REPEATS):
            measure("opens", page.deciding.forward)
            for part in (0.1, 0.5, 0.9):
                editor.board.view.put_cursor(round(len(text) * part) + number)
                for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_BracketRight):
                    measure("a span marked, changed, grown", partial(press, window, key))
                measure("undone", window.undo)
                measure("done again", window.redo)
    shutil.rmtree(folder, ignore_errors=True)
    return [
        Figure(
            f"long text on the Label page: {name}",
            statistics.quantiles(times, n=20, method="inclusive")[-1],
            "ms",
            "<= 50",
            note=f"95 % of {len(times)}; median {statistics.median(times):.1f}, worst {max(times):.1f}; the "
            f"median with the waits for the disk and other programs is {statistics.median(in_all[name]):.1f}",
        )
        for name, times in took.items()
    ]


FIGURES = [long_text, long_text_on_the_page]
