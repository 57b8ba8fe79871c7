"""What copies say of a sample beside its annotation: flags, notes, splits, and that it was skipped.

Nothing that stands here is taken away: a flag is added, a note is written behind the one that is there, a split and a
skip are taken where there is none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from lepton_studio.language import trn
from lepton_studio.project.change import Change
from lepton_studio.project.facts import Marked
from lepton_studio.project.records import SampleId, Split
from lepton_studio.project.reviews import noted

_NOTHING = Marked()


@dataclass
class MergedMarks:
    """What is taken over, by sample."""

    flagged: set[SampleId] = field(default_factory=set)
    skipped: set[SampleId] = field(default_factory=set)
    notes: dict[SampleId, str] = field(default_factory=dict)
    splits: dict[SampleId, Split] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.flagged or self.skipped or self.notes or self.splits)

    def take(
        self,
        here: dict[SampleId, Marked],
        there: Mapping[SampleId, Marked],
        *,
        pairs: Mapping[SampleId, SampleId],
        labelled: Collection[SampleId],
    ) -> None:
        """Hold a copy's marks against those of now, which become what they will be. `labelled` are not skipped; new
        samples (ids below 0) bring all but their flag by themselves.
        """
        for id, theirs in there.items():
            sample = pairs.get(id)
            if sample is None:
                continue
            ours = here.get(sample, _NOTHING)
            if theirs.flagged and not ours.flagged:
                self.flagged.add(sample)
            if sample > 0:
                note = noted(ours.note, theirs.note)
                if note != ours.note:
                    self.notes[sample] = note
                if ours.split is None and theirs.split is not None:
                    self.splits[sample] = theirs.split
                if theirs.skipped and not ours.skipped and sample not in labelled:
                    self.skipped.add(sample)
                here[sample] = replace(
                    ours,
                    flagged=ours.flagged or theirs.flagged,
                    note=note,
                    split=ours.split or theirs.split,
                    skipped=ours.skipped or theirs.skipped,
                )

    def write(self, change: Change, *, ids: Mapping[SampleId, SampleId]) -> None:
        """As part of the merge's step; `ids` are those that new samples have now."""
        change.flag_many(ids.get(one, one) for one in sorted(self.flagged))
        change.skip_many(sorted(self.skipped))
        change.assign_splits(self.splits)
        for sample, note in self.notes.items():
            change.note(sample, note)

    def words(self) -> list[str]:
        """How much of what, for a sentence."""
        counted = (
            (len(self.notes), trn("{count} note", "{count} notes", len(self.notes))),
            (len(self.flagged), trn("{count} flag", "{count} flags", len(self.flagged))),
            (len(self.skipped), trn("{count} skipped sample", "{count} skipped samples", len(self.skipped))),
            (len(self.splits), trn("the split of {count} sample", "the splits of {count} samples", len(self.splits))),
        )
        return [words for count, words in counted if count]
