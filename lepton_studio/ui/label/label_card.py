"""All that can be done to one label, on a small card beside it; every change can be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QLineEdit, QWidget

from lepton_studio.contract.hierarchy import path_of
from lepton_studio.language import tr, trn
from lepton_studio.project.label_options import is_retired, split_into
from lepton_studio.project.records import Filter, Label, LabelId, Labels
from lepton_studio.ui.label.label_changes import LabelChanges
from lepton_studio.ui.label.label_kinds import kind_of
from lepton_studio.ui.label.relation_options import RelationOptions, rename_label
from lepton_studio.ui.shared.read_only import grey_if_only_read
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.choice_popup import Choice, ChoicePopup
from lepton_studio.widgets.color import colors, label_color
from lepton_studio.widgets.flow_layout import FlowLayout
from lepton_studio.widgets.layouts import button, column, line, row, words
from lepton_studio.widgets.theme import CAPTION


class Swatch(QAbstractButton):
    """One colour to choose."""

    def __init__(self, color: str, *, current: bool) -> None:
        super().__init__()
        self.color = color
        self.setCheckable(True)
        self.setChecked(current)
        self.setAccessibleName(tr("Colour {color}", color=color))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(24, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(palette.text if self.isChecked() or self.hasFocus() else Qt.GlobalColor.transparent, 2))
        painter.setBrush(QColor(self.color))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 5, 5)


class LabelCard(QFrame):
    """A popup that lives until it is closed. Writes through the session; what was typed is taken on Enter."""

    samples_wanted = Signal(object)

    def __init__(
        self, session: Session, label: Label, *, labels: Labels, changes: LabelChanges, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self.setFixedWidth(352)
        self._session = session
        self._label = label
        self._changes = changes
        kinds = session.task.label_kinds
        kind = kind_of(label.options, kinds=kinds)
        self._others = tuple(one for one in labels if one.id != label.id and kind_of(one.options, kinds=kinds) == kind)
        self._samples = session.project.affected_by_label(label.id)
        self._gone = False
        self.name = QLineEdit(label.name)
        self.name.setAccessibleName(tr("Label name"))
        self.name.editingFinished.connect(self._rename)
        self.key = QLineEdit(label.key.upper())
        self.key.setMaxLength(1)
        self.key.setFixedWidth(48)
        self.key.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.key.setAccessibleName(tr("Label key"))
        self.key.setPlaceholderText(tr("key"))
        self.key.textEdited.connect(self._rekey)
        self.description = QLineEdit(label.description)
        self.description.setPlaceholderText(tr("When does this label apply?"))
        self.description.setAccessibleName(tr("When does this label apply?"))
        self.description.editingFinished.connect(self._describe)
        swatches = QWidget()
        flow = FlowLayout(swatches, gap=4)
        palette = dict.fromkeys([label.color, *(label_color(place) for place in range(21))])
        for color in list(palette)[:20]:
            swatch = Swatch(color, current=color == label.color)
            swatch.clicked.connect(lambda _on=False, one=color: self._recolor(one))
            flow.addWidget(swatch)
        self.show_samples = button(tr("Show its samples"), role="quiet")
        self.show_samples.clicked.connect(self._show_samples)
        self.merge = button(tr("Merge into…"), role="quiet")
        self.merge.setEnabled(bool(self._others))
        self.merge.clicked.connect(self._choose_target)
        self.split = button(tr("Go on splitting") if split_into(label) else tr("Split…"), role="quiet")
        self.split.clicked.connect(lambda: self._leave(self._changes.ask_to_split))
        self.nest = button(tr("Nest under…"), role="quiet")
        self.nest.clicked.connect(self._choose_parent)
        self.retire = button(tr("Offer again") if is_retired(label) else tr("Retire"), role="quiet")
        self.retire.clicked.connect(lambda: self._leave(self._changes.retire))
        self.delete = button(tr("Delete"), role="quiet")
        self.delete.clicked.connect(self._delete)
        self.relation: RelationOptions | None = None
        if kind == "relation":
            spans = [one.name for one in labels if kind_of(one.options, kinds=kinds) == "span"]
            self.relation = RelationOptions(label.options, spans=spans)
            self.relation.changed.connect(self._set_options)
            self.relation.resized.connect(lambda: QTimer.singleShot(0, self, self._fit))
        more = [line(), self.relation] if self.relation is not None else []
        self.setLayout(
            column(
                row(self.name, self.key),
                self.description,
                swatches,
                *more,
                line(),
                words(
                    trn("{count} sample has this label", "{count} samples have this label", self._samples),
                    size=CAPTION,
                    muted=True,
                ),
                row(self.show_samples, self.merge, None, self.delete, gap=4),
                row(self.split, self.nest, None, self.retire, gap=4),
                gap=12,
                margins=(16, 16, 16, 12),
            )
        )
        writes = (self.name, self.key, self.description, swatches, self.merge, self.split, self.nest, self.delete)
        also = () if self.relation is None else (self.relation,)
        grey_if_only_read(session.project, *writes, self.retire, *also)
        self.split.setVisible(session.task.linear == "choice" and bool(self._samples))
        self.nest.setVisible(session.task.from_labels is not None and bool(self._others))

    def open_beside(self, anchor: QWidget, spot: QPoint) -> None:
        """Show it left of `spot` (in `anchor`), kept on the screen."""
        self._fit()
        place = anchor.mapToGlobal(spot) - QPoint(self.width() + 8, 16)
        room = anchor.screen().availableGeometry()
        place.setX(max(room.left(), place.x()))
        place.setY(max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.move(place)
        self.show()
        self.name.setFocus()
        self.name.selectAll()

    def _fit(self) -> None:
        """Be as high as all its lines; `adjustSize` would think of the colours as one line, and cut the others off."""
        lines = self.layout()
        assert lines is not None
        self.resize(self.width(), lines.totalHeightForWidth(self.width()))

    def rename(self, name: str) -> None:
        """Give the label another name."""
        label = self._label
        changes = self._session.perform(
            lambda project: rename_label(project, label.id, name),
            say=trn(
                "Renamed “{old}” to “{new}” on {count} sample.",
                "Renamed “{old}” to “{new}” on {count} samples.",
                self._samples,
                old=label.name,
                new=name,
            ),
        )
        if changes is not None:
            self._label = self._session.project.label(label.id)

    def merge_into(self, target: int) -> None:
        """Make all its decisions decisions for the label `target`."""
        other = next(one for one in self._others if one.id == target)
        self._leave(lambda label: self._changes.merge(label, other, samples=self._samples))

    def delete_label(self) -> None:
        """Take the label and its decisions out."""
        self._leave(lambda label: self._changes.delete(label, samples=self._samples))

    def _rename(self) -> None:
        name = self.name.text().strip()
        if not self._gone and name and name != self._label.name:
            self.rename(name)
            self.name.setText(self._label.name)

    def _rekey(self, typed: str) -> None:
        key = typed.strip().casefold()
        if self._session.perform(lambda project: project.rekey_label(self._label.id, key)) is None:
            self.key.setText(self._label.key.upper())
        else:
            self._label = self._session.project.label(self._label.id)
            self.key.setText(self._label.key.upper())
            self.key.selectAll()

    def _describe(self) -> None:
        text = self.description.text().strip()
        if not self._gone and text != self._label.description:
            self._session.perform(lambda project: project.describe_label(self._label.id, text))
            self._label = self._session.project.label(self._label.id)

    def _set_options(self, options: dict[str, object]) -> None:
        self._session.perform(lambda project: project.set_label_options(self._label.id, options))

    def _recolor(self, color: str) -> None:
        self._session.perform(lambda project: project.recolor_label(self._label.id, color))
        for swatch in self.findChildren(Swatch):
            swatch.setChecked(swatch.color == color)

    def _show_samples(self) -> None:
        self.close()
        self.samples_wanted.emit(Filter(label=self._label.id))

    def _choose_target(self) -> None:
        others = [Choice(one.id, one.name, one.color) for one in self._others]
        popup = ChoicePopup(others, parent=self.merge, hint=tr("Merge “{name}” into…", name=self._label.name))
        popup.chosen.connect(self._ask_to_merge)
        popup.open_below(self.merge)

    def _ask_to_merge(self, target: LabelId) -> None:
        other = next(one for one in self._others if one.id == target)
        self._leave(lambda label: self._changes.ask_to_merge(label, other))

    def _choose_parent(self) -> None:
        top = [Choice("", tr("None: top level"))] if len(path_of(self._label.name)) > 1 else []
        others = [Choice(one.name, one.name, one.color) for one in self._others]
        popup = ChoicePopup([*top, *others], parent=self.nest, hint=tr("Nest “{name}” under…", name=self._label.name))
        popup.chosen.connect(lambda parent: self._leave(lambda label: self._changes.ask_to_nest(label, parent)))
        popup.open_below(self.nest)

    def _delete(self) -> None:
        if self._samples:
            self._leave(self._changes.ask_to_delete)
        else:
            self.delete_label()

    def _leave(self, go_on: Callable[[Label], object]) -> None:
        """Close, and go on with the label as it is now."""
        label = self._session.project.label(self._label.id)
        self._gone = True
        self.close()
        go_on(label)
