"""What the labels mean: the words and the examples that the person gave them; beside the sample, to be folded away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lepton_studio.language import tr
from lepton_studio.project.guidelines import examples_of
from lepton_studio.project.records import Label, Labels
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.theme import CAPTION

_HIGHEST = 150


class Meanings(QWidget):
    """A line to fold it, and below each label that is described; not there where none is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_open = True
        self.fold = button("", role="link")
        self.fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fold.clicked.connect(self.turn)
        self._list = column(gap=6)
        content = QWidget()
        content.setLayout(column(self._list, None))
        self._content = content
        self.words = QScrollArea()
        self.words.setFrameShape(QFrame.Shape.NoFrame)
        self.words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.words.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.words.setWidgetResizable(True)
        self.words.setWidget(content)
        self.words.setAccessibleName(tr("What the labels mean"))
        self.setLayout(column(row(self.fold, None), self.words, gap=2))
        self.hide()

    def show_labels(self, labels: Labels) -> None:
        """Show what is said of these."""
        described = [(label, lines) for label in labels if (lines := _said_of(label))]
        clear(self._list)
        for label, lines in described:
            name = words(label.name, size=CAPTION, bold=True, wrap=True)
            said = [words(line, size=CAPTION, muted=True, wrap=True) for line in lines]
            self._list.addLayout(column(name, *said, gap=0))
            for shown in (name, *said):
                shown.show()  # at once: what is not shown yet counts for nothing in `fit`
        self.setVisible(bool(described))
        self._show_open(self._is_open)

    def turn(self) -> None:
        """Open it, or fold it away."""
        self._show_open(not self._is_open)

    def fit(self, width: int) -> None:
        """Take what the words need at this width, and not much of the side."""
        layout = self._content.layout()
        needed = layout.totalHeightForWidth(width - 12) if layout is not None else 0
        self.words.setFixedHeight(min(_HIGHEST, max(0, needed) + 2))

    def room(self) -> int:
        """The height that the words take now, in pixels; 0 where they are folded away."""
        return 0 if self.isHidden() or not self._is_open else self.words.height()

    def _show_open(self, is_open: bool) -> None:
        self._is_open = is_open
        self.words.setVisible(is_open)
        self.fold.setText(f"{'▾' if is_open else '▸'} {tr('What the labels mean')}")


def _said_of(label: Label) -> list[str]:
    """What it is for, then its examples and counter-examples."""
    examples = examples_of(label)
    return [
        *([label.description] if label.description.strip() else []),
        *(f"✓ {one.text}" for one in examples.good),
        *(f"✗ {one.text}" for one in examples.bad),
    ]
