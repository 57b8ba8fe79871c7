"""What the mouse does in a text with marks: selects text, clicks and links marks, drags the selected one's edges."""

from __future__ import annotations

from typing import Literal, Protocol

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, SignalInstance
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from lepton_studio.widgets.marked_text.laid_piece import Bar
from lepton_studio.widgets.marked_text.marks import TextMark
from lepton_studio.widgets.marked_text.text_cursor import TextCursor

_FAR = 4
"""Pixels that the mouse moves before a press on a bar becomes a drag; also how near to an edge a press takes it."""
_SHAPES = Qt.CursorShape


class TextSurface(Protocol):
    """What the mouse finds under itself and sets off: the view of the text. Asked only while it has an event."""

    with_arcs: bool

    @property
    def mark_clicked(self) -> SignalInstance: ...

    @property
    def mark_dragged(self) -> SignalInstance: ...

    @property
    def mark_resized(self) -> SignalInstance: ...

    @property
    def arc_clicked(self) -> SignalInstance: ...

    @property
    def text_cursor(self) -> TextCursor: ...

    @property
    def selected_mark(self) -> TextMark | None: ...

    def viewport(self) -> QWidget: ...

    def verticalScrollBar(self) -> QScrollBar: ...

    def show_cursor(self, *, scroll: bool = True) -> None: ...

    def position_at(self, point: QPointF) -> int: ...

    def bar_at(self, point: QPointF) -> Bar | None: ...

    def arc_at(self, point: QPointF) -> int | None: ...

    def mark_under(self, position: int) -> int | None: ...

    def rects(self, start: int, end: int) -> list[QRectF]: ...

    def reads_from_right(self, position: int) -> bool: ...


class TextMouse:
    """The view gives it its events. Points are those of the viewport."""

    def __init__(self, view: TextSurface, *, parent: QObject) -> None:
        self._view = view
        self._pressed_mark: int | None = None
        self._edge: tuple[TextMark, Literal["start", "end"]] | None = None
        self._at_edge_of_view = QTimer(parent)
        self._at_edge_of_view.setInterval(40)
        self._at_edge_of_view.timeout.connect(self._scroll_on)
        self.pressed_at = QPointF()
        self.dragged_to: QPointF | None = None
        """Where a link that is being drawn ends now."""

    def reset(self) -> None:
        """Forget what was begun: the text is another."""
        self._pressed_mark = self._edge = self.dragged_to = None

    def press(self, event: QMouseEvent) -> None:
        """The left button went down."""
        view, point = self._view, event.position()
        self.pressed_at = point
        self._edge = self._edge_at(point)
        bar, arc = view.bar_at(point), view.arc_at(point)
        if self._edge is not None:
            return
        if bar is not None:
            self._pressed_mark = bar.mark.id
        elif arc is not None:
            view.arc_clicked.emit(arc)
        else:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            view.text_cursor.press(view.position_at(point), fine=_is_fine(event), extend=extend)
            view.show_cursor(scroll=False)

    def move(self, event: QMouseEvent) -> None:
        """It moved, with the button held or not."""
        view, point = self._view, event.position()
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._show_what_is_under(point)
        elif self._edge is not None:
            view.text_cursor.select(*self._dragged_range(event))
            view.viewport().update()
        elif self._pressed_mark is not None:
            far = (point - self.pressed_at).manhattanLength() > _FAR
            if view.with_arcs and (far or self.dragged_to is not None):
                self.dragged_to = point
                view.viewport().update()
        elif view.text_cursor.is_pressed:
            view.text_cursor.drag(view.position_at(point), fine=_is_fine(event))
            view.show_cursor(scroll=False)
            inside = 0 <= point.y() < view.viewport().height()
            self._at_edge_of_view.stop() if inside else self._at_edge_of_view.start()

    def release(self, event: QMouseEvent) -> None:
        """The left button went up."""
        view, point = self._view, event.position()
        self._at_edge_of_view.stop()
        pressed, edge, dragged = self._pressed_mark, self._edge, self.dragged_to is not None
        self._pressed_mark = self.dragged_to = None
        if edge is not None:
            start, end = self._dragged_range(event)
            self._edge = None
            if (start, end) != (edge[0].start, edge[0].end):
                view.mark_resized.emit(edge[0].id, start, end)
        elif pressed is not None:
            bar = view.bar_at(point)
            other = bar.mark.id if bar is not None else view.mark_under(view.position_at(point))
            if dragged and other is not None and other != pressed:
                view.mark_dragged.emit(pressed, other)
            elif not dragged:
                view.mark_clicked.emit(pressed)
            view.viewport().update()
        elif view.text_cursor.release() and (under := view.mark_under(view.position_at(point))) is not None:
            view.mark_clicked.emit(under)

    def double_click(self, event: QMouseEvent) -> None:
        """Select a word."""
        view = self._view
        if view.bar_at(event.position()) is None:
            view.text_cursor.select_token(view.position_at(event.position()))
            view.show_cursor(scroll=False)

    # ----------------------------------------------------------------------------------------------------- inside

    def _show_what_is_under(self, point: QPointF) -> None:
        view = self._view
        if self._edge_at(point) is not None:
            shape = _SHAPES.SizeHorCursor
        elif view.bar_at(point) is not None or view.arc_at(point) is not None:
            shape = _SHAPES.PointingHandCursor
        else:
            shape = _SHAPES.IBeamCursor
        view.viewport().setCursor(shape)

    def _edge_at(self, point: QPointF) -> tuple[TextMark, Literal["start", "end"]] | None:
        """The edge of the selected mark that is under the point."""
        mark = self._view.selected_mark
        rects = self._view.rects(mark.start, mark.end) if mark is not None else []
        if mark is None or not rects:
            return None
        from_right = self._view.reads_from_right(mark.start)
        # Several parts of one line come from left to right; a text from the right begins in the last one.
        tops = [one for one in rects if one.top() == rects[0].top()]
        bottoms = [one for one in rects if one.top() == rects[-1].top()]
        first, last = (tops[-1], bottoms[0]) if from_right else (tops[0], bottoms[-1])
        ends = (first.right(), last.left()) if from_right else (first.left(), last.right())
        if first.top() <= point.y() <= first.bottom() and abs(point.x() - ends[0]) <= _FAR:
            return mark, "start"
        if last.top() <= point.y() <= last.bottom() and abs(point.x() - ends[1]) <= _FAR:
            return mark, "end"
        return None

    def _dragged_range(self, event: QMouseEvent) -> tuple[int, int]:
        assert self._edge is not None
        mark, which = self._edge
        cursor = self._view.text_cursor
        unit = cursor.unit_at(self._view.position_at(event.position()), fine=_is_fine(event))
        if which == "start":
            return (unit[0], mark.end) if unit[0] < mark.end else (mark.start, mark.end)
        return (mark.start, unit[1]) if unit[1] > mark.start else (mark.start, mark.end)

    def _scroll_on(self) -> None:
        view = self._view
        at = QPointF(view.viewport().mapFromGlobal(QCursor.pos()))
        bar = view.verticalScrollBar()
        bar.setValue(bar.value() + (30 if at.y() > 0 else -30))
        view.text_cursor.drag(view.position_at(at), fine=False)
        view.show_cursor(scroll=False)


def _is_fine(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
