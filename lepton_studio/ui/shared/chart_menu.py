"""What a person can take from a chart: by a right click its picture (PNG, SVG) and its figures (CSV)."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from lepton_studio.atomic import new_file
from lepton_studio.formats.tables.cell_tables import write_cells
from lepton_studio.language import tr
from lepton_studio.os_words import reason_of

_SHARP = 2
"""Pixels of a picture for one on the screen."""


class Chart(Protocol):
    """What the charts have beside being widgets."""

    def figures(self) -> Sequence[Mapping[str, object]]:
        """What is shown, as the rows of a table."""


def offer_chart(widget: QWidget, chart: Chart, *, name: str, say: Callable[[str], object]) -> None:
    """Give the chart its menu. `name`: what its files are called. `say` gets a sentence: what was done, or why not."""

    def open_menu(place: QPoint) -> None:
        menu = chart_menu(widget, chart, name=name, say=say)
        menu.exec(widget.mapToGlobal(place))
        menu.deleteLater()

    widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    widget.customContextMenuRequested.connect(open_menu)


def chart_menu(widget: QWidget, chart: Chart, *, name: str, say: Callable[[str], object]) -> QMenu:
    """The menu of a chart."""
    menu = QMenu(widget)
    menu.addAction(tr("Copy image"), partial(_copy, widget, say))
    menu.addAction(tr("Save image…"), partial(_ask, widget, f"{name}.png", tr("PNG (*.png);;SVG (*.svg)"), say))
    wanted = partial(_ask, widget, f"{name}.csv", tr("CSV (*.csv);;Excel (*.xlsx)"), say, chart)
    menu.addAction(tr("Save data…"), wanted)
    return menu


def save_picture(widget: QWidget, target: Path) -> None:
    """The widget as it stands on the screen; SVG where the name ends so, PNG otherwise. Raises OSError."""
    with new_file(target) as temporary:
        if target.suffix.lower() == ".svg":
            generator = QSvgGenerator()
            generator.setFileName(str(temporary))
            generator.setSize(widget.size())
            generator.setViewBox(widget.rect())
            widget.render(generator)
        elif not _picture(widget).save(str(temporary), "PNG"):
            raise OSError(errno.EIO, "not written", str(target))


def save_figures(chart: Chart, target: Path) -> None:
    """The figures as a table. Raises OSError."""
    rows = chart.figures()
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    write_cells(target if target.suffix else target.with_suffix(".csv"), rows, columns=columns)


def _picture(widget: QWidget) -> QPixmap:
    size: QSize = widget.size() * _SHARP
    picture = QPixmap(size)
    picture.setDevicePixelRatio(_SHARP)
    picture.fill(widget.palette().window().color())
    widget.render(picture)
    return picture


def _copy(widget: QWidget, say: Callable[[str], object]) -> None:
    QGuiApplication.clipboard().setPixmap(_picture(widget))
    say(tr("Image copied."))


def _ask(widget: QWidget, suggested: str, kinds: str, say: Callable[[str], object], chart: Chart | None = None) -> None:
    title = tr("Save image") if chart is None else tr("Save data")
    chosen, _kind = QFileDialog.getSaveFileName(widget, title, suggested, kinds)
    if not chosen:
        return
    target = Path(chosen)
    try:
        if chart is None:
            save_picture(widget, target)
        else:
            save_figures(chart, target)
    except (OSError, KeyError) as error:
        why = (
            reason_of(error)
            if isinstance(error, OSError) and error.errno
            else tr("the file extension is not supported")
        )
        say(tr("Cannot write {path}: {why}.", path=target, why=why))
        return
    say(tr("Saved {file}.", file=target.name))
