"""A text with marks, to be read and marked: any script, any length, with the mouse and by keys.

All positions are code points of the text as it was given; nothing is read back from Qt. Only what is in view is laid
out and drawn. The view takes no focus: whoever holds it offers its keys to `take_key`.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPathStroker,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QMenu, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.marked_text.arcs import GUTTER, Route
from lepton_studio.widgets.marked_text.finding import searched
from lepton_studio.widgets.marked_text.laid_piece import Bar, LaidPiece
from lepton_studio.widgets.marked_text.marks import TextArc, TextMark, in_words
from lepton_studio.widgets.marked_text.painting import Look, draw_piece, draw_route, draw_route_name
from lepton_studio.widgets.marked_text.text_column import TextColumn
from lepton_studio.widgets.marked_text.text_cursor import TextCursor
from lepton_studio.widgets.marked_text.text_mouse import TextMouse
from lepton_studio.widgets.theme import SAMPLE, line_width, text_font
from lepton_studio.widgets.zoom import zoom_of_texts

_LINE_LENGTH = 70


class MarkedText(QAbstractScrollArea):
    """Shows `set_text(text)` with `set_marks(marks)`. `selection` is what a label would mark: the unit under the
    cursor, or more when the person has selected more.
    """

    accessible_role = QAccessible.Role.Document

    selection_changed = Signal()
    """The cursor, or what is selected, moved by a key or the mouse."""
    mark_clicked = Signal(int)
    """The id of the mark whose bar, name or text was clicked; in text the innermost."""
    mark_dragged = Signal(int, int)
    """Pressed on one mark's bar and let go on another mark."""
    mark_resized = Signal(int, int, int)
    """An edge of the selected mark was dragged: its id, and where it is to begin and end."""
    arc_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, size: int = SAMPLE, with_arcs: bool = False) -> None:
        super().__init__(parent)
        self.with_arcs = with_arcs
        self._text = ""
        self._searched: list[tuple[int, int]] = []
        self._searched_for: tuple[str, ...] = ()
        self._size = size
        self._zoom = zoom_of_texts()
        self._zoom.changed.connect(self._take_zoom)
        self.column = TextColumn(text_font(self._zoom.size(size)))
        self._cursor = TextCursor(self.column)
        self._selected: int | None = None
        self._selected_arc: int | None = None
        self._mouse = TextMouse(self, parent=self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Sample"))
        self.viewport().setBackgroundRole(QPalette.ColorRole.NoRole)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(24)

    # ---------------------------------------------------------------------------------------------- what it shows

    @property
    def text(self) -> str:
        """The text as it was given."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text from its beginning, without marks, the cursor on its first unit."""
        self._text, self._searched, self._searched_for = text, [], ()
        self._selected = self._selected_arc = None
        self._mouse.reset()
        self.column.set_text(text)
        self._tell()
        self._cursor.start()
        self.verticalScrollBar().setValue(0)
        self._settle()

    def set_marks(self, marks: Sequence[TextMark], *, arcs: Sequence[TextArc] = ()) -> None:
        """Show these marks in place of those before, in any order, nested or overlapping, and these arcs."""
        self.column.set_marks(marks)
        if arcs or self.column.ends.arcs:
            self.column.set_arcs(arcs)
        self._tell()
        self._settle()

    def set_arcs(self, arcs: Sequence[TextArc]) -> None:
        """Show these arcs between the marks; those of a mark that is not there are left out."""
        self.column.set_arcs(arcs)
        self._tell()
        self._settle()

    def set_found(self, ranges: Sequence[tuple[int, int]] | None) -> None:
        """Tint the ground of these ranges, what would be marked; in order, none over another. None: no more of them,
        what a search found is seen again.
        """
        self.column.set_found(self._searched if ranges is None else ranges)
        self._settle()

    def mark_searched(self, words: Sequence[str]) -> None:
        """Tint the ground of these words in this text: what a search found."""
        if tuple(words) != self._searched_for:
            self._searched, self._searched_for = searched(self._text, words), tuple(words)
            self.set_found(None)

    @property
    def selected(self) -> int | None:
        """The id of the mark drawn as selected."""
        return self._selected

    def set_selected(self, mark: int | None) -> None:
        """Draw this mark as selected, and bring it into view."""
        self._selected = mark
        shown = self.selected_mark
        if shown is not None:
            self.reveal(shown.start, shown.end)
        self.viewport().update()

    @property
    def selected_mark(self) -> TextMark | None:
        """The mark drawn as selected."""
        if self._selected is None:
            return None
        return next((one for one in self.column.marks if one.id == self._selected), None)

    def set_selected_arc(self, arc: int | None) -> None:
        """Draw this arc as selected."""
        self._selected_arc = arc
        self.viewport().update()

    # --------------------------------------------------------------------------------------- cursor and selection

    @property
    def selection(self) -> tuple[int, int]:
        """What a label would mark; (n, n) only in a text without any unit."""
        return self._cursor.range

    @property
    def has_selection(self) -> bool:
        """Whether more (or less) than the unit under the cursor is selected."""
        return self._cursor.has_selection

    def select(self, start: int, end: int) -> None:
        """Select a range, whatever the units are; scrolls there."""
        self._cursor.select(start, end)
        self.show_cursor()

    def put_cursor(self, position: int) -> None:
        """Put the cursor on the unit that holds this code point, or is nearest to it."""
        self._cursor.put(position)
        self.show_cursor()

    @property
    def by_character(self) -> bool:
        """Whether the units are characters (grapheme clusters), not tokens."""
        return self._cursor.units.by_character

    def set_by_character(self, by_character: bool) -> None:
        """Change the units; the cursor stays where it is."""
        self._cursor.set_by_character(by_character)
        self.show_cursor()

    @property
    def text_cursor(self) -> TextCursor:
        """The cursor, for its units; move it by `select`, `put_cursor` and `take_key`."""
        return self._cursor

    def show_cursor(self, *, scroll: bool = True) -> None:
        """Draw the cursor where it is now, and say that it moved."""
        if scroll:
            self.reveal(*self._cursor.head)
        self.viewport().update()
        self.selection_changed.emit()

    def take_key(self, event: QKeyEvent) -> bool:
        """Move the cursor by arrows, Home, End, Page Up and Page Down, with Shift extend the selection. Accepts the
        event and returns True where the key was one of those; Ctrl with Left or Right is none.
        """
        page = max(40, self.viewport().height() - 60)
        taken = self._cursor.move_by_key(event.key(), event.modifiers(), page=page)
        if taken:
            event.accept()
            self.show_cursor()
        return taken

    # ------------------------------------------------------------------------------------------------- where it is

    def reveal(self, start: int, end: int) -> None:
        """Scroll so far that these code points are in view, the first line of them at least."""
        for _ in range(3):  # what comes into view gets its true height, and may move what is sought
            first, last = self.column.line_around(start), self.column.line_around(max(start, end - 1))
            bar, height = self.verticalScrollBar(), self.viewport().height()
            top, bottom = first[0] - 8, last[1] + 8
            value = bar.value()
            if bottom > value + height:
                value = round(bottom - height)
            value = min(value, round(top)) if top < value or bottom - top > height else value
            if value == bar.value():
                return
            self._settle(value)

    def needed_height(self, width: int) -> int:
        """The height that shows everything at this width; a guess for what was never in view."""
        self._fit(width)
        self.column.lay_out(0, 4000)
        return round(self.column.height) + 8

    def position_at(self, point: QPointF) -> int:
        """The code point under, or nearest to, a point of the viewport."""
        return self.column.position_at(self._in_column(point))

    def bar_at(self, point: QPointF) -> Bar | None:
        """The bar under a point of the viewport."""
        return self.column.bar_at(self._in_column(point))

    def mark_under(self, position: int) -> int | None:
        """The id of the innermost mark that holds a code point."""
        under = [one for one in self.column.marks if one.start <= position < one.end]
        return min(under, key=lambda one: one.end - one.start).id if under else None

    def arc_at(self, point: QPointF) -> int | None:
        """The id of the arc whose line or name is under a point of the viewport."""
        if not self.column.ends.arcs:
            return None
        offset = float(self.verticalScrollBar().value())
        stroker = QPainterPathStroker(QPen(Qt.GlobalColor.black, 9))
        for route in self._routes(offset, offset + self.viewport().height()):
            if route.name_box.contains(point) or stroker.createStroke(route.path).contains(point):
                return route.arc.id
        return None

    def reads_from_right(self, position: int) -> bool:
        """Whether the paragraph of a code point is read from the right."""
        return self.column.pieces[self.column.pieces.place_of(position)].is_rtl

    def rects(self, start: int, end: int) -> list[QRectF]:
        """Where these code points stand in the viewport."""
        offset = self.verticalScrollBar().value()
        return [rect.translated(0, -offset) for rect in self.column.rects(start, end)]

    def bar_rect(self, mark: int) -> QRectF:
        """Where the first bar of a mark that is in view stands in the viewport; empty where none does."""
        offset = float(self.verticalScrollBar().value())
        for _place, y, laid in self.column.in_view(offset, offset + self.viewport().height()):
            for line in laid.lines:
                for bar in line.bars:
                    if bar.mark.id == mark:
                        return bar.stripes[0].translated(0, y - offset)
        return QRectF()

    # ------------------------------------------------------------------------------------------------- Qt's events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        first = self.column.position_at(QPointF(0, self.verticalScrollBar().value()))
        self._fit(self.viewport().width())
        place = self.column.line_around(first)[0] if self.verticalScrollBar().value() > 0 else 0.0
        self._settle(round(place))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._settle()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = Look(colors(self.palette()), self._selected, self._selected_arc)
        offset, height = float(self.verticalScrollBar().value()), float(self.viewport().height())
        start, end = self._cursor.range
        for _place, y, laid in self.column.in_view(offset, offset + height):
            piece = laid.piece
            selected = laid.rects(start, end) if start <= piece.after and end > piece.start else []
            painter.save()
            painter.translate(0, y - offset)
            draw_piece(painter, laid, look=look, selection=selected, top=offset - y, bottom=offset - y + height)
            if selected:
                self._draw_cursor(painter, selected)
            painter.restore()
        routes = self._routes(offset, offset + height)
        for route in routes:
            draw_route(painter, route, look=look)
        for route in routes:
            draw_route_name(painter, route, look=look)
        if self._mouse.dragged_to is not None:
            painter.setPen(QPen(look.colors.accent, 2, Qt.PenStyle.DashLine))
            painter.drawLine(self._mouse.pressed_at, self._mouse.dragged_to)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse.press(event)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse.double_click(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        start, end = self._cursor.range
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Copy selection"), lambda: QGuiApplication.clipboard().setText(self._text[start:end]))
        menu.addAction(tr("Copy text"), lambda: QGuiApplication.clipboard().setText(self._text))
        menu.popup(event.globalPos())

    # ----------------------------------------------------------------------------------------------------- inside

    def _tell(self) -> None:
        self.setAccessibleDescription(in_words(self._text, marks=self.column.marks, arcs=self.column.ends.arcs))

    def _take_zoom(self) -> None:
        self.column.set_font(text_font(self._zoom.size(self._size)))
        self._fit(self.viewport().width())
        self._settle()

    def _fit(self, width: int) -> None:
        left = GUTTER if self.with_arcs else 2.0
        room = max(80, width - int(left) - 6)
        text = min(line_width(_LINE_LENGTH, size=self.column.font.pixelSize()), room)
        self.column.set_width(text, left=left, overhang=float(room - text))

    def _settle(self, value: int | None = None) -> None:
        """Lay out what is in view (from `value`, else where it is scrolled to) and tell the scroll bar."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        top = bar.value() if value is None else max(0, value)
        moved = self.column.lay_out(float(top), float(top + height))
        before = bar.blockSignals(True)
        bar.setRange(0, max(0, round(self.column.height) + 8 - height))
        bar.setPageStep(height)
        bar.setValue(top + round(moved))
        bar.blockSignals(before)
        bar.update()
        self.viewport().update()

    def _in_column(self, point: QPointF) -> QPointF:
        return QPointF(point.x(), point.y() + self.verticalScrollBar().value())

    def _draw_cursor(self, painter: QPainter, selected: Sequence[QRectF]) -> None:
        painter.setPen(QPen(colors(self.palette()).accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for rect in selected:
            painter.drawLine(rect.bottomLeft() + QPointF(0, -1), rect.bottomRight() + QPointF(0, -1))

    def _routes(self, top: float, bottom: float) -> list[Route]:
        ends = self.column.ends
        if not ends.arcs:
            return []
        first, last = self.column.place_at(top), self.column.place_at(bottom)

        def end(mark: int) -> tuple[LaidPiece, float] | float:
            place = ends.place_of(mark)
            y = self.column.top_of(place) - top
            return (self.column.laid(place), y) if first <= place <= last else y

        arcs = (arc for arc in ends.arcs if ends.reach(arc)[0] <= last and first <= ends.reach(arc)[1])
        return [ends.route(arc, head=end(arc.head), tail=end(arc.tail)) for arc in arcs]
