"""How to label: the guidelines, and samples that are kept as examples of a label."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.guidelines import with_example
from lepton_studio.project.records import Label, LabelId, Sample
from lepton_studio.ui.label.deciding import Deciding
from lepton_studio.ui.label.guidelines_card import GuidelinesCard
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.choice_popup import Choice, ChoicePopup

READ, MEANINGS, EXAMPLE, COUNTER_EXAMPLE = "F2", "Ctrl+D", "Ctrl+Shift+E", "Ctrl+Shift+X"


class Guiding(QObject):
    """`fold` opens and closes what is said of the labels beside the sample; `anchor` is where a choice opens."""

    def __init__(
        self, session: Session, page: QWidget, deciding: Deciding, *, fold: Callable[[], object], anchor: QWidget
    ) -> None:
        super().__init__(page)
        self._session, self._page, self._deciding = session, page, deciding
        self._fold, self._anchor = fold, anchor

    def actions(self) -> list[Action]:
        """What can be done, in the order of the menu."""
        found = [Action("guidelines", tr("Guidelines…"), self.read, READ, "label")]
        if self._session.task.label_kinds:
            found += [
                Action("meanings", tr("Show or hide what the labels mean"), self._fold, MEANINGS, "label"),
                Action("example", tr("Keep as an example of its label"), self.keep_example, EXAMPLE, "label",
                       lambda: self._deciding.has_sample),
                Action("counter_example", tr("Keep as a counter-example of a label…"), self.keep_counter_example,
                       COUNTER_EXAMPLE, "label", lambda: self._deciding.has_sample),
            ]  # fmt: skip
        return found

    def read(self) -> None:
        """Open the guidelines."""
        if self._deciding.is_saved():
            GuidelinesCard.over(self._page).open_on(self._session)

    def keep_example(self) -> None:
        """Keep the sample in view as an example of its label; of which, where it has several or none yet."""
        current = self._deciding.queue.current if self._deciding.is_saved() else None
        if current is None:
            return
        own = self._labels_of(current)
        if len(own) == 1:
            self._keep(current, own[0], is_good=True)
        else:
            self._ask(current, own or self._labels(), hint=tr("An example of which label?"), is_good=True)

    def keep_counter_example(self) -> None:
        """Keep the sample in view as one that seems to have a label, and does not have it."""
        current = self._deciding.queue.current if self._deciding.is_saved() else None
        if current is not None:
            own = {label.id for label in self._labels_of(current)}
            others = [label for label in self._labels() if label.id not in own]
            self._ask(current, others, hint=tr("A counter-example of which label?"), is_good=False)

    # ------------------------------------------------------------------------------------------------------ inside

    def _labels(self) -> list[Label]:
        return list(self._deciding.saving.labels.values())

    def _labels_of(self, sample: Sample) -> list[Label]:
        task, labels = self._session.task, self._deciding.saving.labels
        if sample.value is None:
            return []
        ids = dict.fromkeys(task.labels_in(task.parse(sample.value, tuple(labels.values()))))
        return [labels[one] for one in ids if one in labels]

    def _ask(self, sample: Sample, among: list[Label], *, hint: str, is_good: bool) -> None:
        by_id = {label.id: label for label in among}
        popup = ChoicePopup([Choice(one.id, one.name, one.color) for one in among], parent=self._anchor, hint=hint)

        def take(chosen: LabelId) -> None:
            self._keep(sample, by_id[chosen], is_good=is_good)

        popup.chosen.connect(take)
        popup.open_below(self._anchor)

    def _keep(self, sample: Sample, label: Label, *, is_good: bool) -> None:
        options = with_example(self._session.project.label(label.id).options, sample, is_good=is_good)
        name = (
            tr("Add an example of “{label}”", label=label.name)
            if is_good
            else tr("Add a counter-example of “{label}”", label=label.name)
        )
        said = (
            tr("Kept as an example of “{label}”.", label=label.name)
            if is_good
            else tr("Kept as a counter-example of “{label}”.", label=label.name)
        )
        self._session.perform(lambda project: project.set_label_options(label.id, options, name=name), say=said)
