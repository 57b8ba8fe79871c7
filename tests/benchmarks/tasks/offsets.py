"""Offsets stay right: fuzzed texts through editor, project, file out and in; files that count otherwise are seen."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.app import make_application
from lepton_studio.contract.span_values import Span
from lepton_studio.contract.task import Input
from lepton_studio.formats import Row, read, sniff_all
from lepton_studio.formats.offsets import SCHEMES
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from lepton_studio.studio.exporting import export_annotations
from lepton_studio.studio.importing import import_files
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.widgets.marked_text.pieces import cut
from lepton_studio.widgets.theme import apply_theme
from tests.benchmarks.figure import Figure

TEXTS, A_FILE = 10_000, 50
_LABEL = "name"
# Each is a whole number of characters as people count them, whatever stands beside it.
_BITS = (
    "a", "Word", "x1", " ", " ", " ", "\u00a0", "\t", "👍", "👩‍👩‍👧", "👍🏽", "🇩🇪", "e\u0301", "o\u0302\u0323", "ß",
    "ﬁ", "é", "\U0001f3f4\U000e0067\U000e0062\U000e007f", "北", "京", "，", "日本", "न", "ते", "ก", "ไ", "한", "𝒳",
    "'", "-", ".", "م", "رح", "לא", "ש", "\u2067", "\u2069", "\u200b", "\r\n", "\n", "\u2028", "\u2029", "\x85", "\x0b",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """A text and what is to be marked in it, in code points known from how it was made."""

    text: str
    start: int
    end: int


def fuzzed(count: int, *, seed: int) -> list[Fuzzed]:
    """Different texts of up to 30 bits."""
    dice = random.Random(seed)
    made: dict[str, Fuzzed] = {}
    while len(made) < count:
        bits = dice.choices(_BITS, k=dice.randint(1, 30))
        first = dice.randrange(len(bits))
        last = min(len(bits), first + dice.randint(1, 5))
        text, marked = "".join(bits), "".join(bits[first:last])
        start = len("".join(bits[:first]))
        if text.strip() and marked.strip():
            made[text] = Fuzzed(text, start, start + len(marked))
    return list(made.values())


def offsets() -> list[Figure]:
    """Every other text is marked by keys, the rest with the mouse, each in character mode."""
    app = make_application(language="en")
    apply_theme(app, scheme="light")
    texts = fuzzed(TEXTS, seed=11)
    with tempfile.TemporaryDirectory() as home:
        exact = _round(texts, Path(home))
        seen, shifted, right = _shifted(texts, Path(home))
    return [
        Figure("offsets: exact through editor, project, file out and in", 100 * exact / len(texts), "%", ">= 100",
               note=f"{exact:,} of {len(texts):,} texts: emoji, joiners, combining marks, right to left, CRLF, U+2028"),
        Figure("offsets: shifted files found out", 100 * seen / shifted, "%", ">= 100",
               note=f"{seen} of {shifted} files of {A_FILE} texts, counted in {', '.join(list(SCHEMES)[1:6])}"),
        Figure("offsets: spans put right in shifted files", 100 * right / (shifted * A_FILE), "%", ">= 100"),
    ]  # fmt: skip


def _round(texts: Sequence[Fuzzed], home: Path) -> int:
    """How many spans come back as they were meant."""
    task = task_named("spans")
    with Project.create(home / "out.lepton", task="spans", labels=[_LABEL]) as project:
        with project.change("Import") as change:
            change.add_samples(NewSample(one.text) for one in texts)
        labels = project.labels()
        samples = list(project.all_rows(Filter()))
        assert [one.text for one in samples] == [one.text for one in texts]
        with project.change("Mark") as change:
            for sample, value in zip(samples, _marked(texts, labels=labels), strict=True):
                ids = task.labels_in(value)
                change.annotate(sample.id, task.dump(value), labels=ids, origin="manual")
        export_annotations(project, home / "out.jsonl", format="jsonl")
    with Project.create(home / "in.lepton", task="spans") as project:
        import_files(project, sniff_all([home / "out.jsonl"], wants=task.wants))
        labels = project.labels()
        values = [task.parse(one.value, labels) for one in project.all_rows(Filter())]
        back = {one.text: value for one, value in zip(project.all_rows(Filter()), values, strict=True)}
    wanted = {one.text: Spans((Span(one.start, one.end, labels[0].id),)) for one in texts}
    return sum(back.get(text) == value for text, value in wanted.items())


def _marked(texts: Sequence[Fuzzed], *, labels: Any) -> Iterator[Spans]:
    """The values that the editor says."""
    editor: Any = load_part(task_named("spans").editor)()
    editor.set_labels(labels)
    editor.resize(700, 400)
    editor.show()
    said: list[Spans] = []
    editor.edited.connect(said.append)
    view = editor.board.view
    view.set_by_character(True)
    try:
        for place, one in enumerate(texts):
            editor.show_sample(Input(one.text), None)
            said.clear()
            by_mouse = place % 2 and one.text[one.start] not in _UNSEEN and one.text[one.end - 1] not in _UNSEEN
            if by_mouse:
                _drag(view, one)
            else:
                view.put_cursor(one.start)
                for _ in range(one.end - one.start):
                    if view.selection[1] < one.end:
                        QTest.keyClick(editor, _forward(view), Qt.KeyboardModifier.ShiftModifier)
            QTest.keyClicks(editor, labels[0].key)
            yield said[-1] if said else Spans()
    finally:
        editor.close()
        editor.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _forward(view: Any) -> Qt.Key:
    """The arrow that goes on in the text: to the left where a paragraph is read from the right."""
    head = view.text_cursor.head[0]
    paragraph = next(one for one in cut(view.text) if head < one.after)
    return Qt.Key.Key_Left if paragraph.is_rtl else Qt.Key.Key_Right


_UNSEEN = "\u2067\u2069\u200b\r\n\u2028\u2029\x85\x0b\t \u00a0"
"""What has no place of its own to press on, or to let go: lines' ends, and what is not seen."""


def _drag(view: Any, one: Fuzzed) -> None:
    start, end = view.text_cursor.units.at(one.start), view.text_cursor.units.at(one.end - 1)
    points = [view.rects(*unit)[0].center() for unit in (start, end)]
    for kind, point in zip(
        (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease),
        (points[0], points[1], points[1]),
        strict=True,
    ):
        _send(view.viewport(), kind, point)


def _send(port: Any, kind: QEvent.Type, point: QPointF) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    held = none if kind == QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(kind, point, port.mapToGlobal(point), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(port, event)


def _shifted(texts: Sequence[Fuzzed], home: Path) -> tuple[int, int, int]:
    """Files seen as shifted, files, spans read right. A file without any offset that differs is left out."""
    seen = files = right = 0
    wants = task_named("spans").wants
    for first in range(0, len(texts), A_FILE):
        some = texts[first : first + A_FILE]
        for scheme in list(SCHEMES)[1:6]:
            path = home / f"{scheme}-{first}.jsonl"
            counted = [_counted(one, scheme) for one in some]
            if all(pair == (one.start, one.end) for pair, one in zip(counted, some, strict=True)):
                right += len(some)
                continue
            lines = [
                {
                    "text": one.text,
                    "spans": [{"start": start, "end": end, "label": _LABEL, "text": one.text[one.start : one.end]}],
                }
                for one, (start, end) in zip(some, counted, strict=True)
            ]
            path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
            (guess,) = sniff_all([path], wants=wants)
            rows = [row for row in read(guess) if isinstance(row, Row)]
            found = [(span.start, span.end) for row in rows for span in row.marks.spans or ()]
            files += 1
            seen += guess.offsets != ""
            right += sum((one.start, one.end) == pair for one, pair in zip(some, found, strict=False))
            path.unlink()
    return seen, files, right


def _counted(one: Fuzzed, scheme: str) -> tuple[int, int]:
    """Start and end as a program would say them that counts so; from its own arithmetic, not the importer's."""
    before, upto = one.text[: one.start], one.text[: one.end]
    match scheme:
        case "utf-16":
            return len(before.encode("utf-16-le")) // 2, len(upto.encode("utf-16-le")) // 2
        case "utf-8":
            return len(before.encode()), len(upto.encode())
        case "inclusive":
            return one.start, one.end - 1
        case "one-line-end":
            return len(before.replace("\r\n", "\n")), len(upto.replace("\r\n", "\n"))
        case _:
            return len(before.replace("\n", "\r\n").replace("\r\r", "\r")), len(
                upto.replace("\n", "\r\n").replace("\r\r", "\r")
            )


FIGURES = [offsets]
