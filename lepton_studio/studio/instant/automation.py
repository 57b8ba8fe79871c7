"""Let the model do the rest: which unlabelled samples it can label with no more errors than a person accepts.

It labels what it is surer of than a threshold. The threshold is proven on the decisions of the test split, which chance
chose and no model has seen: by fixed-sequence testing (Angelopoulos et al., Learn then Test, 2021, arXiv 2110.01052) in
an order that does not depend on what the person decided there. So in at most one project of twenty more than the
accepted share of what it takes is wrong. That holds for texts like those that the test split was drawn from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import RIGHT, Filter, SampleId
from lepton_studio.studio.certainty import LEVEL, binomial_tail, upper_bound
from lepton_studio.studio.instant.decisions import read_decisions
from lepton_studio.studio.instant.model import InstantModel
from lepton_studio.studio.scores_in_words import per_cent

_SHARES = 40
"""So many shares of the unlabelled samples are tried at most."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Proof:
    """What the model can take: all of which it is at least as sure as `threshold`, None for nothing.

    Of the test samples of which it is so sure, `n`, so many are `wrong`; `bound` is the 95 % upper bound of that share.
    """

    threshold: float | None = None
    n: int = 0
    wrong: int = 0
    bound: float = 1.0


@dataclass(frozen=True)
class Plan:
    """What would be done: the samples to be `taken` of so many that are `unlabelled`, with so many `tested` in all."""

    risk: float
    unlabelled: int
    tested: int
    taken: tuple[SampleId, ...]
    proof: Proof


def needed_tests(risk: float) -> int:
    """Test samples without an error from which on a risk can be proven: 59 for 5 %."""
    return math.ceil(math.log(LEVEL) / math.log1p(-risk))


def prove(pool: Numbers, tested: Numbers, wrong: NDArray[np.bool_], *, risk: float) -> Proof:
    """The lowest threshold under which at most `risk` is wrong, with 95 % confidence.

    `pool`: how sure the model is of each unlabelled sample; `tested` and `wrong`: of each test sample how sure it is,
    and whether it is wrong. Of the thresholds with enough test samples the first to be tried is the one that would
    be proven most easily, were the model as often right as it says; then lower ones, up to the first that fails.
    """
    if not len(pool) or len(tested) < needed_tests(risk):
        return Proof()
    thresholds = np.unique(np.quantile(pool, np.linspace(0, 1, _SHARES, endpoint=False)))[::-1]
    thresholds = thresholds[[int((tested >= one).sum()) >= needed_tests(risk) for one in thresholds]]
    ease = []
    for one in thresholds:
        sure = tested[tested >= one]
        ease.append(binomial_tail(round(float((1 - sure).sum())), n=len(sure), share=risk))
    found = Proof()
    for one in thresholds[int(np.argmin(ease)) if ease else 0 :]:
        is_sure = tested >= one
        n, errors = int(is_sure.sum()), int(wrong[is_sure].sum())
        if binomial_tail(errors, n=n, share=risk) > LEVEL:
            break
        found = Proof(float(one), n, errors, upper_bound(errors, n=n))
    return found


def plan(project: Project, model: InstantModel | None, *, risk: float) -> Plan:
    """What the model can take as the project stands. Samples of the test and validation splits are a person's."""
    unlabelled = [id for id in project.sample_ids(Filter(state="unlabelled"))]
    held_back = {
        id for split in ("test", "validation") for id in project.sample_ids(Filter(state="unlabelled", split=split))
    }
    sure: dict[SampleId, float] = {}
    tested: dict[SampleId, tuple[float, bool]] = {}
    if model is not None:
        for id in unlabelled:
            said = None if id in held_back else model.suggestion(id)
            if said is not None and said.score is not None:
                sure[id] = said.score
        tested = _tested(model, read_decisions(project).tested)
    scores = np.array([score for score, _ in tested.values()], np.float64)
    wrong = np.array([is_wrong for _, is_wrong in tested.values()], bool)
    proof = prove(np.array(list(sure.values()), np.float64), scores, wrong, risk=risk)
    bound = math.inf if proof.threshold is None else proof.threshold
    taken = tuple(id for id, score in sure.items() if score >= bound)
    return Plan(risk, len(unlabelled), len(tested), taken, proof)


def _tested(model: InstantModel, gold: Mapping[SampleId, Any]) -> dict[SampleId, tuple[float, bool]]:
    found = {}
    for id, value in gold.items():
        said = model.suggestion(id)
        if said is not None and said.score is not None:
            found[id] = said.score, any(one.kind != RIGHT for one in model.task.compare(value, said.value))
    return found


def apply(project: Project, plan: Plan, model: InstantModel) -> Changes:
    """Label what is to be taken, in one step that can be undone; it goes to the training split, so that no score is
    ever measured on it.
    """
    task, rows = model.task, []
    still = set(project.sample_ids(Filter(state="unlabelled")))  # the person may have gone on meanwhile
    for id in plan.taken:
        said = model.suggestion(id)
        if said is not None and id in still:
            value = task.accept(said.value)
            rows.append((id, task.dump(value), task.labels_in(value)))
    name = tr("Labelled by the instant model, at most {risk} wrong", risk=per_cent(plan.risk, digits=0))
    with project.change(name) as change:
        change.annotate_many(rows, origin="bulk")
        change.assign_splits({id: "train" for id, _, _ in rows})
    return change.result


def plan_sentence(plan: Plan) -> str:
    """What it can take, for a person, or what is missing."""
    risk, proof = per_cent(plan.risk, digits=0), plan.proof
    if proof.threshold is None and plan.tested < (needed := needed_tests(plan.risk)):
        return tr(
            "At least {needed} labelled test samples are needed to show that at most {risk} are wrong. There are {n}.",
            needed=needed, risk=risk, n=plan.tested,
        )  # fmt: skip
    if proof.threshold is None:
        return tr(
            "The {n} labelled test samples do not show that the model can label any samples with at most {risk} wrong. "
            "Label more samples, or accept more errors.",
            n=f"{plan.tested:,}", risk=risk,
        )  # fmt: skip
    return tr(
        "Of {all} unlabelled samples, the model can label {taken} with at most {risk} wrong "
        "({n} test samples: {wrong} wrong, at most {bound} with 95% confidence).",
        all=f"{plan.unlabelled:,}",
        taken=f"{len(plan.taken):,}",
        risk=risk,
        n=f"{proof.n:,}",
        wrong=per_cent(proof.wrong / proof.n),
        bound=per_cent(proof.bound),
    )
