"""Linking spans: what the labels allow, from given spans and from the bare text, and a folder that works elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from lepton_studio.contract.span_values import Span
from lepton_studio.contract.task import Input
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.tasks.relations.annotation import Linked, Triple
from lepton_studio.tasks.relations.learner import RelationsLearner
from lepton_studio.training.failures import BadData
from lepton_studio.training.inference import runner
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import Base
from tests.training.tiny import FILLERS, write_tiny_model

PERSON, FIRM, WORKS, MARRIED = 11, 12, 13, 14
LABELS = (
    JobLabel(PERSON, "person"),
    JobLabel(FIRM, "firm"),
    JobLabel(WORKS, "works for", {"kind": "relation", "pairs": [["person", "firm"]]}),
    JobLabel(MARRIED, "married", {"kind": "relation", "directed": False, "pairs": [["person", "person"]]}),
)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers that reads 40 tokens at once."""
    return write_tiny_model(tmp_path_factory.mktemp("tiny"))


def story(place: int) -> tuple[Input, Linked]:
    """Two people and a firm; who stands beside the firm works for it, and "money" between people weds them."""
    others = [FILLERS[(5 * place + i) % 30] for i in range(4)]
    weds = "money" if place % 3 else others[3]
    order = ("pin bank {a} card" if place % 2 else "pin {a} card bank").format(a=weds).split()
    words = [others[0], *order, *others[1:3]]
    spans = {}
    for word, label in (("pin", PERSON), ("card", PERSON), ("bank", FIRM)):
        start = len(" ".join(words[: words.index(word)])) + 1
        spans[word] = Span(start, start + len(word), label)
    triples: list[Triple] = [(spans["pin" if place % 2 else "card"], spans["bank"], WORKS)]
    if weds == "money":
        triples.append((spans["pin"], spans["card"], MARRIED))
    return Input(" ".join(words)), Linked.of(spans.values(), triples)


@pytest.fixture(scope="module")
def learner(tiny_model: Path) -> RelationsLearner:
    """One that has seen 36 stories."""
    torch.manual_seed(1)
    learner = RelationsLearner.start(Base(str(tiny_model)), labels=LABELS, recipe=Recipe(dropout=0.0))
    stories = [story(place) for place in range(36)]
    examples = learner.encode([text for text, _ in stories], [value for _, value in stories])
    learner.prepare(examples)
    optimizer = torch.optim.AdamW([one for one in learner.model.parameters() if one.requires_grad], lr=5e-3)
    for _ in range(80):
        batch = learner.collate(examples)
        (learner.loss(learner.forward(batch), batch) / batch.weight).backward()
        optimizer.step()
        optimizer.zero_grad()
    return learner


def said(learner: RelationsLearner, text: Input, given: Linked | None) -> Linked:
    run = runner(learner=learner, machine=find_machine())
    examples = learner.encode([text], None if given is None else [given])
    (decision,) = learner.decide([text], examples, run=run)
    assert 0.0 <= decision.score <= 1.0
    return decision.value


def test_links_are_found_between_given_spans_and_from_the_bare_text(learner: RelationsLearner) -> None:
    for place in (40, 41, 42, 43):
        text, value = story(place)
        assert said(learner, text, Linked(value.spans)) == value
        assert said(learner, text, None) == value
    assert said(learner, Input(""), None) == said(learner, Input(""), Linked()) == Linked()


def test_given_spans_stay_as_they_are_and_only_what_the_labels_allow_is_linked(learner: RelationsLearner) -> None:
    words = " ".join(["pin bank"] * 40)
    spans = [
        Span(match.start(), match.end(), (PERSON, FIRM)[place % 2])
        for place, match in enumerate(re.finditer(r"\w+", words))
    ]
    value = said(learner, Input(words), Linked.of(spans))
    assert value.spans == tuple(spans)
    assert value.relations
    for head, tail, label in value.triples():
        assert (head.label, tail.label) == ((PERSON, FIRM) if label == WORKS else (PERSON, PERSON))


def test_a_saved_model_links_elsewhere_as_here(
    learner: RelationsLearner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    learner.save(tmp_path)
    loaded = RelationsLearner.load(tmp_path)
    text, value = story(44)
    assert said(loaded, text, None) == value

    code = re.search(r"```python\n(.*?)```", (tmp_path / "README.md").read_text("utf-8"), re.DOTALL)
    assert code is not None
    names = {PERSON: "person", FIRM: "firm"}
    given = [(span.start, span.end, names[span.label]) for span in value.spans]
    monkeypatch.chdir(tmp_path)
    exec(re.sub("spans = .*", f"spans = {given}", code[1].replace("Ada works for Acme.", text.text)), {})
    printed = capsys.readouterr().out
    assert printed.count("works for") + printed.count("married") == len(value.relations)


def test_a_run_without_labels_or_links_says_so(tiny_model: Path) -> None:
    with pytest.raises(BadData, match="relations"):
        RelationsLearner.start(Base(str(tiny_model)), labels=LABELS[:2], recipe=Recipe())
    learner = RelationsLearner.start(Base(str(tiny_model)), labels=LABELS, recipe=Recipe())
    text, value = story(1)
    with pytest.raises(BadData, match="linked"):
        learner.prepare(learner.encode([text], [Linked(value.spans)]))
