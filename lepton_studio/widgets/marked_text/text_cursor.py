"""The cursor in a text: the unit that it stands on, and the unit from which more is selected."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from lepton_studio.widgets.marked_text.text_column import TextColumn
from lepton_studio.widgets.marked_text.units import Range, Units

_MODIFIERS = Qt.KeyboardModifier
_KEYS = Qt.Key


class TextCursor:
    """Moves over the units of a column: tokens or characters. `range` goes from the anchor to the head, both in it."""

    def __init__(self, column: TextColumn) -> None:
        self._column = column
        self._anchor: Range = (0, 0)
        self._goal_x: float | None = None
        self._chosen = False
        self._pressed = self._dragged = False
        self.head: Range = (0, 0)
        self.units = Units(column.pieces)

    @property
    def range(self) -> Range:
        """All that is selected; the unit under the cursor where nothing more is."""
        return min(self._anchor[0], self.head[0]), max(self._anchor[1], self.head[1])

    @property
    def has_selection(self) -> bool:
        """Whether the person selected something: several units, or a range of their own."""
        return self._chosen or self._anchor != self.head

    @property
    def is_pressed(self) -> bool:
        """Whether the mouse is selecting."""
        return self._pressed

    def start(self) -> None:
        """Stand on the first unit of a new text."""
        self.units = Units(self._column.pieces, by_character=self.units.by_character)
        self._stand_on(self.units.after(0) or (0, 0))
        self._pressed = False

    def set_by_character(self, by_character: bool) -> None:
        """Change the units; the selection goes, the cursor stands on the unit at the old one's start."""
        self.units = Units(self._column.pieces, by_character=by_character)
        self._stand_on(self.units.at(self.head[0]) or self.head)

    def put(self, position: int) -> None:
        """Stand on the unit that holds the position, or is nearest to it."""
        self._stand_on(self.units.at(position) or (position, position))

    def unit_at(self, position: int, *, fine: bool) -> Range:
        """The unit (`fine`: the character) that holds a position, or is nearest to it."""
        return self._units(fine).at(position) or (position, position)

    def select(self, start: int, end: int) -> None:
        """Select a range that need not keep to units."""
        self._anchor = self.head = (start, end)
        self._chosen, self._goal_x = True, None

    def select_token(self, position: int) -> None:
        """Select the whole token at a position, whatever the units are."""
        found = Units(self._column.pieces).at(position)
        if found is not None:
            self.select(*found)
        self._pressed = False

    # ------------------------------------------------------------------------------------------------- by the mouse

    def press(self, position: int, *, fine: bool, extend: bool) -> None:
        """The mouse went down; `fine`: by characters; `extend`: from where the cursor was."""
        unit = self.unit_at(position, fine=fine)
        if extend:
            self._extend_to(unit)
        else:
            self._stand_on(unit)
        self._pressed, self._dragged = True, extend

    def drag(self, position: int, *, fine: bool) -> None:
        """The mouse moved while down."""
        unit = self._units(fine).at(position) or self.head
        if unit != self.head:
            self._dragged = True
            self._extend_to(unit)
            self._chosen = True

    def release(self) -> bool:
        """The mouse went up; whether it was a click, without any drag."""
        clicked = self._pressed and not self._dragged
        self._pressed = self._dragged = False
        return clicked

    # -------------------------------------------------------------------------------------------------------- by keys

    def move_by_key(self, key: int, modifiers: Qt.KeyboardModifier, *, page: float) -> bool:
        """Do what an arrow key, Home, End, Page Up or Page Down asks for; False for any other."""
        held = modifiers & ~(_MODIFIERS.KeypadModifier | _MODIFIERS.ShiftModifier)
        goal_x = self._goal_x
        if held == _MODIFIERS.NoModifier:
            unit = self._target(key, page=page)
        elif held == _MODIFIERS.ControlModifier and key in (_KEYS.Key_Home, _KEYS.Key_End):
            unit = self.units.after(0) if key == _KEYS.Key_Home else self.units.before(self._column.pieces[-1].after)
        else:
            return False
        if unit is None:
            return False
        if modifiers & _MODIFIERS.ShiftModifier:
            self._extend_to(unit)
        else:
            self._stand_on(unit)
        vertical = key in (_KEYS.Key_Up, _KEYS.Key_Down, _KEYS.Key_PageUp, _KEYS.Key_PageDown)
        self._goal_x = (self._goal_of(unit) if goal_x is None else goal_x) if vertical else None
        return True

    def _target(self, key: int, *, page: float) -> Range | None:
        """The unit to go to; the head itself where there is none further; None: the key is no such key."""
        from_right = self._column.pieces[self._column.pieces.place_of(self.head[0])].is_rtl
        start, end = (self.head[0], self.head[1])
        match key:
            case _KEYS.Key_Left | _KEYS.Key_Right:
                forward = (key == _KEYS.Key_Right) != from_right
                return (self.units.after(end) if forward else self.units.before(start)) or self.head
            case _KEYS.Key_Home | _KEYS.Key_End:
                return self._edge_of_line(last=key == _KEYS.Key_End)
            case _KEYS.Key_Up:
                return self._at_height(self._column.line_around(start)[0] - 3, down=False)
            case _KEYS.Key_Down:
                return self._at_height(self._column.line_around(start)[1] + 3, down=True)
            case _KEYS.Key_PageUp:
                return self._at_height(self._column.line_around(start)[0] - page, down=False)
            case _KEYS.Key_PageDown:
                return self._at_height(self._column.line_around(start)[1] + page, down=True)
        return None

    def _at_height(self, y: float, *, down: bool) -> Range | None:
        if y < 0:
            return self.units.after(0) or self.head
        if y >= self._column.height:
            return self.units.before(self._column.pieces[-1].after) or self.head
        x = self._goal_of(self.head) if self._goal_x is None else self._goal_x
        unit = self.units.at(self._column.position_at(QPointF(x, y))) or self.head
        if down and unit[0] <= self.head[0]:
            return self.units.after(self.head[1]) or self.head
        if not down and unit[0] >= self.head[0]:
            return self.units.before(self.head[0]) or self.head
        return unit

    def _goal_of(self, unit: Range) -> float:
        rects = self._column.rects(*unit)
        return rects[0].center().x() if rects else self._column.left

    def _edge_of_line(self, *, last: bool) -> Range:
        place = self._column.pieces.place_of(self.head[0])
        laid, piece = self._column.laid(place), self._column.pieces[place]
        line = laid.lines[laid.line_of(self.head[0])]
        first, end = piece.position_at(line.first), piece.position_at(line.last)
        found = self.units.before(max(end, self.head[1])) if last else self.units.after(min(first, self.head[0]))
        return found or self.head

    def _units(self, fine: bool) -> Units:
        return Units(self._column.pieces, by_character=True) if fine else self.units

    def _stand_on(self, unit: Range) -> None:
        self._anchor = self.head = unit
        self._chosen, self._goal_x = False, None

    def _extend_to(self, unit: Range) -> None:
        self.head = unit
        self._chosen = True
