"""What a merge would do, or did, in sentences for a person."""

from __future__ import annotations

from lepton_studio.language import tr, trn
from lepton_studio.studio.merging import MergePlan


def merge_sentences(plan: MergePlan) -> list[str]:
    """What is new in the copies and what becomes of it, the most important first; for before and after."""
    if plan.is_empty:
        return [tr("There is nothing new in what you want to merge.")]
    said = []
    if plan.people:
        names = ", ".join(f"{who or tr('unknown')} ({count:,})" for who, count in plan.people.most_common())
        said.append(tr("New annotations by: {names}.", names=names))
    for count, sentence in (
        (plan.labelled, trn("{count} unlabelled sample is labelled.", "{count} unlabelled samples are labelled.",
                            plan.labelled)),
        (plan.replaced, trn("{count} annotation is replaced by a newer one.",
                            "{count} annotations are replaced by newer ones.", plan.replaced)),
        (plan.agreed, trn("{count} sample was labelled the same by both sides.",
                          "{count} samples were labelled the same by both sides.", plan.agreed)),
        (len(plan.new_samples), trn("{count} new sample is added.", "{count} new samples are added.",
                                    len(plan.new_samples))),
    ):  # fmt: skip
        if count:
            said.append(sentence)
    if plan.new_labels:
        names = ", ".join(f"“{one.name}”" for one in plan.new_labels)
        said.append(tr("New labels: {names}.", names=names))
    if plan.marks:
        said.append(tr("Taken over beside: {what}.", what=", ".join(plan.marks.words())))
    if count := len(plan.differing):
        said.append(
            trn(
                "{count} sample is labelled differently. It keeps its annotation here until you settle it.",
                "{count} samples are labelled differently. They keep their annotations here until you settle them.",
                count,
            )
        )
    return said
