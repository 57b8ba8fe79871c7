"""Let the model do the rest: which unlabelled samples it can label with no more errors than a person accepts.

It labels what it is surer of than a threshold. The threshold is proven on the decisions of the test split, which chance
chose and no model has seen: by fixed-sequence testing (Angelopoulos et al., Learn then Test, 2021, arXiv 2110.01052) in
an order that does not depend on what the person decided there. A person may look again whenever there are more labels:
the confidence is shared out among all looks (a union bound), so that in at most one project of twenty more than the
accepted share of what it takes is ever wrong. That holds for texts like those that the test split was drawn from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import RIGHT, Filter, SampleId
from lepton_studio.studio.certainty import LEVEL, binomial_tail, upper_bound
from lepton_studio.studio.instant.decisions import Decisions, read_decisions
from lepton_studio.studio.instant.model import InstantModel
from lepton_studio.studio.scores_in_words import per_cent

RISKS = (0.02, 0.05, 0.1, 0.2)
"""What a person chooses from."""
_SHARES = 40
"""So many shares of the unlabelled samples are tried at most."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Proof:
    """What the model can take: all of which it is at least as sure as `threshold`, None for nothing.

    Of the test samples of which it is so sure, `n`, so many are `wrong`; `bound` is the upper bound of that share,
    which holds with 95 % confidence however often it is looked at.
    """

    threshold: float | None = None
    n: int = 0
    wrong: int = 0
    bound: float = 1.0


@dataclass(frozen=True, slots=True)
class Offer:
    """What the model can take at one risk; `tests_needed`: with fewer test samples nothing can be proven."""

    risk: float
    proof: Proof
    tests_needed: int
    taken: tuple[SampleId, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What could be done: an offer for each risk. Of so many samples that are `unlabelled` the model may label some;
    those left alone of which it would be sure are `covered`, each with how sure it is. So many were `tested` in all.

    `measured`: (how many samples it would take, which share of the test samples it is so sure of is wrong), rising.
    """

    unlabelled: int
    tested: int
    offers: tuple[Offer, ...]
    measured: tuple[tuple[int, float], ...] = ()
    covered: tuple[tuple[SampleId, float], ...] = ()

    def at(self, risk: float) -> Offer:
        """The offer for this risk."""
        return next(one for one in self.offers if one.risk == risk)


def needed_tests(risk: float, level: float = LEVEL) -> int:
    """Test samples without an error from which on a risk can be proven: 59 for 5 % at the level 5 %."""
    return math.ceil(math.log(level) / math.log1p(-risk))


def level_of_look(number: int) -> float:
    """How likely a proof may be false in the look of this number, from 1 on: over all looks it adds up to `LEVEL`."""
    return LEVEL / (number * (number + 1))


def prove(pool: Numbers, tested: Numbers, wrong: NDArray[np.bool_], *, risk: float, level: float = LEVEL) -> Proof:
    """The lowest threshold under which at most `risk` is wrong; more are with the probability `level` at most.

    `pool`: how sure the model is of each unlabelled sample; `tested` and `wrong`: of each test sample how sure it is,
    and whether it is wrong. Of the thresholds with enough test samples the first to be tried is the one that would
    be proven most easily, were the model as often right as it says; then lower ones, up to the first that fails.
    """
    needed = needed_tests(risk, level)
    if not len(pool) or len(tested) < needed:
        return Proof()
    thresholds = _thresholds(pool)
    thresholds = thresholds[[int((tested >= one).sum()) >= needed for one in thresholds]]
    ease = []
    for one in thresholds:
        sure = tested[tested >= one]
        ease.append(binomial_tail(round(float((1 - sure).sum())), n=len(sure), share=risk))
    found = Proof()
    for one in thresholds[int(np.argmin(ease)) if ease else 0 :]:
        is_sure = tested >= one
        n, errors = int(is_sure.sum()), int(wrong[is_sure].sum())
        if binomial_tail(errors, n=n, share=risk) > level:
            break
        found = Proof(float(one), n, errors, upper_bound(errors, n=n, level=level))
    return found


def plan(project: Project, model: InstantModel | None, *, risks: Sequence[float] = RISKS) -> Plan:
    """What the model can take as the project stands, which is kept as a look at the test split where that can prove
    anything.

    A person's are the samples of the test and validation splits, what chance chose for the test, and texts that stand
    in those splits.
    """
    with project.snapshot():
        decisions = read_decisions(project)
        unlabelled = project.sample_ids(Filter(state="unlabelled"))
        text_of = {id: text for id, text, _ in project.text_hashes(Filter(state="unlabelled"))}
        apart = {
            text: split for split in ("validation", "test") for _, text, _ in project.text_hashes(Filter(split=split))
        }
        taught = {text for _, text, split in project.text_hashes(Filter(state="labelled")) if split != "test"}
        text_of_tested = {id: text for id, text, _ in project.text_hashes(Filter(state="labelled", split="test"))}
    gone = {id for one in project.automations() for id in one.covered}
    sure: dict[SampleId, float] = {}
    covered: list[tuple[SampleId, float]] = []
    tested: dict[SampleId, tuple[float, bool]] = {}
    if model is not None:
        for id in unlabelled:
            said = model.suggestion(id)
            if said is None or said.score is None:
                continue
            if apart.get(text_of[id]) == "validation":
                continue
            if text_of[id] in apart or model.is_drawn(id):
                covered.append((id, said.score))
            else:
                sure[id] = said.score
        fair = {
            id: value
            for id, value in decisions.tested.items()
            if id not in gone and text_of_tested.get(id) not in taught
        }
        tested = _tested(model, fair)
        covered += [(id, score) for id, (score, _) in tested.items()]
    pool = np.array(list(sure.values()), np.float64)
    scores = np.array([score for score, _ in tested.values()], np.float64)
    wrong = np.array([is_wrong for _, is_wrong in tested.values()], bool)
    level = _level(project, decisions, tests=len(tested) if len(pool) else 0, risk=max(risks))
    offers = []
    for risk in risks:
        proof = prove(pool, scores, wrong, risk=risk, level=level)
        bound = math.inf if proof.threshold is None else proof.threshold
        taken = tuple(id for id, score in sure.items() if score >= bound)
        offers.append(Offer(risk, proof, needed_tests(risk, level), taken))
    has_looked = len(pool) > 0 and len(tested) >= min(one.tests_needed for one in offers)
    measured = _measured(pool, scores, wrong) if has_looked else ()
    return Plan(len(unlabelled), len(tested), tuple(offers), measured, tuple(covered))


def _level(project: Project, decisions: Decisions, *, tests: int, risk: float) -> float:
    """Of this look: that of the last one in the same state, else of a new one, which is kept unless so few `tests`
    cannot prove even this risk.
    """
    looks, state = project.looks(), _state(decisions)
    number = looks.index(state) if state in looks else len(looks)
    level = level_of_look(number + 1)
    if number == len(looks) and tests >= needed_tests(risk, level):
        project.note_look(state)
    return level


def _state(decisions: Decisions) -> str:
    """What tells apart what the model has learnt and is tested on."""
    digest = blake2b(repr(decisions.ids).encode(), digest_size=8)
    for id, value in (*zip(decisions.samples, decisions.values, strict=True), *decisions.tested.items()):
        digest.update(f"{id} {value}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _thresholds(pool: Numbers) -> Numbers:
    """The highest first, at about equal steps of what is taken."""
    return np.unique(np.quantile(pool, np.linspace(0, 1, _SHARES, endpoint=False), method="higher"))[::-1]


def _measured(pool: Numbers, tested: Numbers, wrong: NDArray[np.bool_]) -> tuple[tuple[int, float], ...]:
    found = []
    for one in _thresholds(pool):
        is_sure = tested >= one
        if is_sure.any():
            found.append((int((pool >= one).sum()), float(wrong[is_sure].mean())))
    return tuple(found)


def _tested(model: InstantModel, gold: Mapping[SampleId, Any]) -> dict[SampleId, tuple[float, bool]]:
    found = {}
    for id, value in gold.items():
        said = model.suggestion(id)
        if said is not None and said.score is not None:
            found[id] = said.score, any(one.kind != RIGHT for one in model.task.compare(value, said.value))
    return found


def apply(project: Project, plan: Plan, model: InstantModel, *, risk: float) -> Changes:
    """Label what is to be taken at this risk, in one step that can be undone; it goes to the training split, so that no
    score is ever measured on it. What it is as sure of and leaves alone counts as no test of what is left any more.
    """
    task, rows, offer = model.task, [], plan.at(risk)
    threshold = offer.proof.threshold
    assert threshold is not None
    still = set(project.sample_ids(Filter(state="unlabelled")))  # the person may have gone on meanwhile
    for id in offer.taken:
        said = model.suggestion(id)
        if said is not None and id in still:
            value = task.accept(said.value)
            rows.append((id, task.dump(value), task.labels_in(value)))
    name = tr(
        "Labelled by the instant model where its confidence is at least {sure}: at most {risk} wrong",
        sure=per_cent(threshold, digits=0), risk=per_cent(risk, digits=0),
    )  # fmt: skip
    with project.change(name) as change:
        change.annotate_many(rows, origin="bulk")
        change.assign_splits({id: "train" for id, _, _ in rows})
        change.note_automation(risk=risk, covered=(id for id, score in plan.covered if score >= threshold))
    return change.result


def offer_sentence(plan: Plan, risk: float) -> str:
    """What the model can take at this risk, for a person, or what is missing."""
    offer, share = plan.at(risk), per_cent(risk, digits=0)
    proof = offer.proof
    if proof.threshold is None and plan.tested < offer.tests_needed:
        return tr(
            "At least {needed} labelled test samples are needed to show that at most {risk} are wrong. There are {n}.",
            needed=offer.tests_needed, risk=share, n=plan.tested,
        )  # fmt: skip
    if proof.threshold is None:
        return tr(
            "The {n} labelled test samples do not show that the model can label any samples with at most {risk} wrong. "
            "Label more samples, or accept more errors.",
            n=f"{plan.tested:,}", risk=share,
        )  # fmt: skip
    return tr(
        "Of {all} unlabelled samples, the model can label {taken} with at most {risk} wrong "
        "({n} test samples: {wrong} wrong, at most {bound} with 95% confidence).",
        all=f"{plan.unlabelled:,}",
        taken=f"{len(offer.taken):,}",
        risk=share,
        n=f"{proof.n:,}",
        wrong=per_cent(proof.wrong / proof.n),
        bound=per_cent(proof.bound),
    )
