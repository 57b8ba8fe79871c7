"""What differs between two texts, word by word: as values, and painted.

Try it: `python -m lepton_studio.widgets.difference`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, LiteralString

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSizePolicy, QWidget

from lepton_studio.scripts import HAN_AND_KANA
from lepton_studio.widgets.color import colors, mixed, readable
from lepton_studio.widgets.direction import is_right_to_left
from lepton_studio.widgets.plain_text import PlainLabel, filled, joined
from lepton_studio.widgets.theme import BODY, text_font

Kind = Literal["same", "added", "removed"]

_BREAKS = (
    re.escape(string.punctuation.replace("'", "").replace("-", ""))
    + "\u00a1\u00ab\u00bb\u00bf\u060c\u061b\u061f\u06d4\u0964\u0965\u2013-\u2018\u201a-\u2027"
    + "\u3001-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
"""Marks that are tokens of their own; apostrophes and hyphens belong to their words."""
_TOKEN = re.compile(rf"(?:[{HAN_AND_KANA}]|[^\s{HAN_AND_KANA}{_BREAKS}]+|[{_BREAKS}]|^)\s*", re.DOTALL)
_LONG = 2000
"""Tokens; in longer texts words that stand everywhere no longer anchor the comparison, so that it stays quick."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both have, or only the new one ("added"), or only the old one ("removed")."""

    kind: Kind
    text: str


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """What turns `old` into `new`, in words; in scripts without spaces, in characters. White space does not count.

    The pieces that are not removed make up `new`, to the last character.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(
        None,
        [token.strip() for token in before],
        [token.strip() for token in after],
        autojunk=len(before) + len(after) > _LONG,
    )
    return tuple(piece for piece in _pieces(matcher, before, after) if piece.text)


def _pieces(matcher: SequenceMatcher[str], before: list[str], after: list[str]) -> Iterator[Piece]:
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            yield Piece("same", "".join(after[new_from:new_to]))
        else:
            yield Piece("removed", "".join(before[old_from:old_to]))
            yield Piece("added", "".join(after[new_from:new_to]))


class DifferenceView(PlainLabel):
    """A text, with what is new against another underlined and what it leaves out struck through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._old = ""
        self._new = ""
        self.setWordWrap(True)
        self.setFont(text_font(BODY + 2))
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)  # where it scrolls, it is as high as its lines at that width
        self.setSizePolicy(policy)

    @property
    def shown(self) -> tuple[Piece, ...]:
        """What is painted: the text alone where there is nothing to compare it with."""
        if not self._old.strip():
            return (Piece("same", self._new),) if self._new else ()
        return difference(self._old, self._new)

    def show_difference(self, old: str, new: str) -> None:
        """Show `new` against `old`."""
        if (old, new) != (self._old, self._new):
            self._old, self._new = old, new
            self.setAccessibleDescription(new)
            self._write()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._write()

    def _write(self) -> None:
        # The style sheet gives what lies in a scroll area a palette of see-through black.
        palette = colors(QGuiApplication.palette())
        styles = {}
        for kind, color, line in (("added", palette.good, "underline"), ("removed", palette.bad, "line-through")):
            ground = mixed(color, palette.base, 0.14)
            ink = readable(color, on=ground)
            styles[kind] = f"color:{ink.name()};background:{ground.name()};text-decoration:{line}"
        parts = []
        for piece in self.shown:
            style = styles.get(piece.kind, "")
            parts.append(filled("<span style='{style}'>{text}</span>", style=style, text=piece.text))
        side: LiteralString = "rtl" if is_right_to_left(self._new) else "ltr"
        self.set_markup(joined(parts, inside=f"<p dir='{side}' style='margin:0;white-space:pre-wrap'>{{parts}}</p>"))


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.widgets.theme import apply_theme

    app = QApplication([])
    apply_theme(app)
    view = DifferenceView()
    view.show_difference("Your card was sent on Monday.", "Dear Ms Hill, your new card was sent on Tuesday.")
    view.resize(480, 120)
    view.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
