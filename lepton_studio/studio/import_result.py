"""What an import would do, and what it did, in figures and in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.language import tr, trn
from lepton_studio.project.records import Labels, Split
from lepton_studio.project.sources import ImportProblem
from lepton_studio.studio.twins import in_words
from lepton_studio.studio.updating import RowChange

_SHOWN_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an import would do, if the rows that are there already update their samples.

    `changes`: the first few that would change, in words. `twins`: names of labels that a person takes for one.
    """

    new: int
    changed: int
    same: int
    unlike: int
    changes: tuple[str, ...]
    twins: tuple[tuple[str, ...], ...]

    @property
    def known(self) -> int:
        """How many rows are samples of the project already."""
        return self.changed + self.same + self.unlike

    def sentence(self) -> str:
        """How many rows are known, and what they would change."""
        said = [
            trn("{count} row is already in the project:", "{count} rows are already in the project:", self.known),
            trn("{count} would update its sample,", "{count} would update their samples,", self.changed),
            trn("{count} is unchanged.", "{count} are unchanged.", self.same),
        ]
        if self.unlike:
            said.append(
                trn(
                    "{count} has the id of a sample with a different text and would not be imported.",
                    "{count} have the ids of samples with different texts and would not be imported.",
                    self.unlike,
                )
            )
        said.append(trn("{count} row is new.", "{count} rows are new.", self.new))
        return " ".join(said)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. `skipped` counts rows that were not taken; `problems` names them, and rows that lost a label.
    `begun`: samples whose annotation leaves something open.

    `duplicates`: imported samples whose text was there already. `leaks`: texts of this import in more than one split.
    `left_out`: a sentence for each sort of mark that the project's task cannot use; `problems` has them by file.
    `changed`, `same`: samples that were there and were updated, or were as the file says; `changes` says how, in words.
    `twins`: names of labels that a person takes for one, which were merged or not. `suggestions`: what models of other
    programs said and is kept; `unkept_suggestions`: what they said with labels that the project does not have.
    """

    added: int
    labelled: int
    skipped: int
    problems: tuple[ImportProblem, ...]
    labels_created: tuple[str, ...]
    duplicates: int
    leaks: int
    splits: Mapping[Split | None, int]
    left_out: tuple[str, ...] = ()
    changed: int = 0
    same: int = 0
    changes: tuple[str, ...] = ()
    twins: tuple[tuple[str, ...], ...] = ()
    merged_twins: bool = False
    suggestions: int = 0
    unkept_suggestions: int = 0
    begun: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether no row of the files is a sample now."""
        return not (self.added or self.changed or self.same)

    @property
    def unlabelled(self) -> int:
        """How many came in without a label."""
        return self.added - self.labelled

    def sentence(self) -> str:
        """The result in one or a few short sentences."""
        said = []
        if self.changed or self.same:
            said.append(trn("{count} sample was updated,", "{count} samples were updated,", self.changed))
            said.append(trn("{count} was up to date already.", "{count} were up to date already.", self.same))
        if self.is_nothing:
            said.append(tr("Nothing was imported: no row could be used as a sample."))
        elif self.added or not said:
            said.append(
                trn(
                    "{count} sample imported, {labelled} labelled.",
                    "{count} samples imported, {labelled} of them labelled.",
                    self.added,
                    labelled=self.labelled,
                )
            )
        if self.begun:
            said.append(
                trn(
                    "{count} of them is only partly annotated, so it still counts as unlabelled.",
                    "{count} of them are only partly annotated, so they still count as unlabelled.",
                    self.begun,
                )
            )
        if self.skipped:
            said.append(trn("{count} row could not be read.", "{count} rows could not be read.", self.skipped))
        if self.duplicates:
            said.append(
                trn(
                    "{count} of them has a text that was already in the project; it was added again.",
                    "{count} of them have texts that were already in the project; they were added again.",
                    self.duplicates,
                )
            )
        if self.leaks:
            said.append(
                trn(
                    "{count} text is in more than one split: scores will look too good.",
                    "{count} texts are in more than one split: scores will look too good.",
                    self.leaks,
                )
            )
        said += self._of_suggestions()
        if self.twins and self.merged_twins:
            said.append(tr("Merged into one label: {names}.", names=in_words(self.twins)))
        elif self.twins:
            said.append(twins_sentence(self.twins))
        return " ".join((*said, *self.left_out))

    def _of_suggestions(self) -> list[str]:
        said = []
        if self.suggestions:
            said.append(
                trn(
                    "{count} prediction in the file was kept as a suggestion.",
                    "{count} predictions in the file were kept as suggestions.",
                    self.suggestions,
                )
            )
        if self.unkept_suggestions:
            said.append(
                trn(
                    "{count} prediction was left out: its label is not in this project, or it cannot be read.",
                    "{count} predictions were left out: their labels are not in this project, or they cannot be read.",
                    self.unkept_suggestions,
                )
            )
        return said


def twins_sentence(twins: Sequence[tuple[str, ...]]) -> str:
    """What a person should know of labels that look alike."""
    return tr(
        "Labels that differ only in case, spaces, Unicode form or invisible characters: {names}.",
        names=in_words(twins),
    )


def changes_in_words(changes: Sequence[RowChange], task: Task[Any], labels: Labels) -> tuple[str, ...]:
    """The first changes, a line each: the row, and its value before and after."""

    def words(value: object | None) -> str:
        return tr("no label") if value is None else task.words(task.parse(value, labels), labels)

    lines = []
    for one in islice(changes, _SHOWN_CHANGES):
        said = [f"{words(one.before)} → {words(one.value)}"] if one.value is not None else []
        said += [tr("split: {split}", split=one.split)] if one.split is not None else []
        said += [tr("note: {note}", note=one.note)] if one.note else []
        said += [tr("skipped")] if one.skip else []
        lines.append(tr("row {row}: {change}", row=one.row, change=", ".join(said)))
    return tuple(lines)
