"""Merging, deleting, splitting, nesting and retiring a label in the window: what that changes is shown first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.hierarchy import have_paths
from lepton_studio.language import tr, trn
from lepton_studio.project.errors import BadLabel
from lepton_studio.project.label_options import is_retired, split_into
from lepton_studio.project.records import BY_GAIN, Filter, Label
from lepton_studio.studio import label_changes
from lepton_studio.studio.label_changes import Impact, impact_of, impact_sentences
from lepton_studio.ui.label.label_change_card import LabelChangeCard
from lepton_studio.ui.shared.page import Page
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.writing import Write

_MANY = 2000


class LabelChanges(QObject):
    """`samples_wanted(Filter)`: those of a label that is being split. Cards lie over the page that `panel` is on."""

    samples_wanted = Signal(object)

    def __init__(self, session: Session, panel: QWidget) -> None:
        super().__init__(panel)
        self._session, self._panel = session, panel

    def ask_to_merge(self, label: Label, into: Label) -> None:
        """Show what merging would change."""
        self._look(
            label,
            tr("Merge “{label}” into “{into}”?", label=label.name, into=into.name),
            do=tr("Merge"),
            run=lambda impact: self.merge(label, into, samples=impact.samples),
            into=into,
        )

    def merge(self, label: Label, into: Label, *, samples: int) -> None:
        """Make all decisions for a label decisions for another one."""
        relabel = self._session.relabeller({label.id: into.id})
        self._write(
            tr("Merging labels"),
            lambda project: project.merge_labels(label.id, into.id, relabel=relabel),
            samples=samples,
            say=trn(
                "Merged “{old}” into “{new}” on {count} sample.",
                "Merged “{old}” into “{new}” on {count} samples.",
                samples,
                old=label.name,
                new=into.name,
            ),
        )

    def ask_to_delete(self, label: Label) -> None:
        """Show what deleting would change; a label that nothing has goes at once."""
        self._look(
            label,
            tr("Delete “{label}”?", label=label.name),
            do=tr("Delete"),
            run=lambda impact: self.delete(label, samples=impact.samples),
            more=tr("Samples without another label become unlabelled. To keep the label on them, retire it instead."),
        )

    def delete(self, label: Label, *, samples: int) -> None:
        """Take a label and its decisions out."""
        relabel = self._session.relabeller({label.id: None})
        self._write(
            tr("Deleting a label"),
            lambda project: project.delete_label(label.id, relabel=relabel),
            samples=samples,
            say=trn(
                "Deleted “{name}” and removed it from {count} sample.",
                "Deleted “{name}” and removed it from {count} samples.",
                samples,
                name=label.name,
            ),
        )

    def retire(self, label: Label) -> None:
        """Offer a label no more, or again: that changes no sample."""
        again = is_retired(label)
        say = (
            tr("“{label}” is offered again.", label=label.name)
            if again
            else tr("“{label}” is no longer offered. Samples keep it.", label=label.name)
        )
        self._session.perform(lambda project: label_changes.retire(project, label.id, is_retired=not again), say=say)

    def ask_to_nest(self, label: Label, parent: str) -> None:
        """Show what the names would be below another label, "" for none."""
        labels = self._session.project.labels()
        try:
            names = label_changes.nested_names(labels, label.id, parent=parent)
        except BadLabel as error:
            self._session.failed.emit(str(error))
            return
        after = [names.get(one.id, one.name) for one in labels]
        said = [tr("“{old}” becomes “{new}”.", old=one.name, new=names[one.id]) for one in labels if one.id in names]
        if have_paths(after):
            said.append(tr("Labels are shown in groups, and reports also give hierarchical F1. No sample changes."))
        else:
            said.append(tr("No sample changes."))
        title = tr("Nest “{label}” under “{parent}”?", label=label.name, parent=parent)
        LabelChangeCard.over(self._host).ask(
            title if parent else tr("Move “{label}” to the top level?", label=label.name),
            sentences=said,
            do=tr("Nest") if parent else tr("Move"),
            run=lambda _typed: self._session.perform(
                lambda project: label_changes.nest(project, label.id, parent=parent),
                say=tr("“{label}” is called “{name}” now.", label=label.name, name=names[label.id]),
            ),
        )

    def ask_to_split(self, label: Label) -> None:
        """Ask which labels the samples are to be sorted into; where that has begun, go on with it."""
        if split_into(label) and self._session.project.affected_by_label(label.id):
            self._sort(label)
            return
        sentence = tr(
            "Its samples come one by one, first those that look most like one of the new labels. “{label}” is retired.",
            label=label.name,
        )
        self._look(
            label,
            tr("Split “{label}”", label=label.name),
            do=tr("Sort its samples"),
            more=sentence,
            typed=lambda typed: self._begin_to_split(label, typed.splitlines()),
            field=tr("The new labels, one on each line"),
        )

    # ------------------------------------------------------------------------------------------------------ inside

    @property
    def _host(self) -> QWidget:
        """The page that the panel is on."""
        widget: QWidget | None = self._panel
        while widget is not None and not isinstance(widget, Page):
            widget = widget.parentWidget()
        return widget or self._panel.window()

    def _begin_to_split(self, label: Label, names: list[str]) -> None:
        if self._session.perform(lambda project: label_changes.split(project, label.id, names)) is not None:
            self._sort(label)

    def _sort(self, label: Label) -> None:
        self._session.instant.start()
        self.samples_wanted.emit(Filter(label=label.id, order=BY_GAIN))

    def _look(
        self,
        label: Label,
        title: str,
        *,
        do: str,
        run: Callable[[Impact], object] = lambda _impact: None,
        into: Label | None = None,
        more: str = "",
        typed: Callable[[str], object] | None = None,
        field: str = "",
    ) -> None:
        """Count beside the window what would change, and show it."""

        def show(impact: Impact) -> None:
            said = impact_sentences(impact) if typed is None else []
            said += [more] if more and impact.samples else []
            LabelChangeCard.over(self._host).ask(
                title,
                sentences=[
                    *(impact_sentences(impact) if typed is None else []),
                    *([more] if more and impact.samples else []),
                ],
                do=do,
                run=typed or (lambda _typed: run(impact)),
                field=field,
            )

        other = None if into is None else into.id
        self._session.run_in_background(
            title, lambda progress: impact_of(progress.project, label.id, into=other), show, quiet=True
        )

    def _write(self, title: str, write: Write, *, samples: int, say: str) -> None:
        if samples > _MANY:
            self._session.perform_in_background(title, write, say=say)
        else:
            self._session.perform(write, say=say)
