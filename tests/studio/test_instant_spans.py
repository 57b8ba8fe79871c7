"""The instant model of spans: reads the units of some texts, learns what is marked in them, and marks others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.children.owner import Children
from lepton_studio.studio.instant.span_model import SpanModel
from lepton_studio.studio.instant.span_working import SpanWork

NAMES = ("Ada Lopez", "Tom Baker", "Mia Chen", "Jonas Weber", "Lena Novak", "Omar Haddad", "Ines Costa", "Paul Roth")
PLACES = ("Lisbon", "Berlin", "Nairobi", "Toronto", "Prague", "Osaka", "Lima", "Cairo")
SAID = ("{name} wrote to us from {place}.", "On Friday {name} flies to {place}.", "In {place} we met {name} again.")


def rows(count: int) -> Iterator[tuple[str, list[list[int]]]]:
    """Texts with a person (1) and a place (2)."""
    for n in range(count):
        name, place = NAMES[n % 8], PLACES[(n * 3 + n // 8) % 8]
        text = SAID[n % 3].format(name=name, place=place)
        spans = [[text.index(one), text.index(one) + len(one), label] for one, label in ((name, 1), (place, 2))]
        yield text, sorted(spans)


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with Children() as owner:
        yield owner


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Sixty texts, of which none is labelled."""
    with Project.create(tmp_path / "Test.lepton", task="spans", labels=("person", "place")) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(text) for text, _ in rows(60))
        yield made


@pytest.fixture
def work(children: Children) -> Iterator[SpanWork]:
    made = SpanWork(children)
    yield made
    made.close()
    assert not made.folder.exists()


def decide(project: Project, *samples: int) -> None:
    """Mark what is to be marked in these."""
    gold = list(rows(60))
    project.annotate_many((one, {"spans": gold[one - 1][1]}, (1, 2)) for one in samples)


def _model(work: SpanWork, project: Project) -> SpanModel:
    work.go_on(project)
    assert work.model is not None
    return work.model


def test_from_ten_labelled_texts_on_names_and_places_are_suggested_with_how_sure_each_is(
    work: SpanWork, project: Project
) -> None:
    work.go_on(project)
    assert work.model is None and work.asking.chosen[0].why == "random"

    decide(project, *range(1, 13))
    work.first = (40, 41, 42)
    work.learn()
    model = _model(work, project)
    assert model.decisions == 12 and model.score is not None and model.score.n == 12 and model.score.measure == "f1"
    gold = list(rows(60))
    for sample in work.first:
        said = model.suggestion(sample)
        assert said is not None and said.predictor.kind == "instant"
        assert [[one.start, one.end, one.label] for one in said.value.spans] == gold[sample - 1][1]
        assert said.score is not None and 0.5 < said.score <= 1 and set(said.scores) == {1, 2}
    assert all(one.why == "doubtful" for one in work.asking.chosen)
    assert not {one.sample for one in work.asking.chosen} & {*range(1, 13)}


def test_what_is_shown_next_gets_a_suggestion_without_learning_anew(work: SpanWork, project: Project) -> None:
    decide(project, *range(1, 13))
    before = _model(work, project)
    assert not work.is_due
    work.first = (60,)
    assert work.is_due
    model = _model(work, project)
    assert model.suggestion(60) is not None and model.score == before.score


def test_another_label_is_learnt_from_the_beginning(work: SpanWork, project: Project) -> None:
    decide(project, *range(1, 13))
    _model(work, project)
    project.add_label("day")
    project.annotate(30, {"spans": [*list(rows(60))[29][1], [3, 9, 3]]}, labels=(1, 2, 3))
    work.first = (50,)
    work.learn()
    model = _model(work, project)
    assert model.decisions == 13 and len(model.labels) == 3 and model.suggestion(50) is not None


def test_chinese_is_marked_by_characters(work: SpanWork, tmp_path: Path) -> None:
    names, places = ("王小明", "李芳", "赵国强", "陈静"), ("上海", "北京", "成都", "南京市")
    said = ("{name}从{place}来信说货到了。", "昨天{name}在{place}开会。", "我们在{place}见到了{name}。")
    texts = []
    for n in range(36):
        name, place = names[n % 4], places[(n // 4 + n) % 4]
        text = said[n % 3].format(name=name, place=place)
        texts.append((text, [[text.index(one), text.index(one) + len(one), k] for one, k in ((name, 1), (place, 2))]))
    with Project.create(tmp_path / "Zh.lepton", task="spans", labels=("人名", "地名")) as project:
        with project.change("Import") as change:
            change.add_samples(NewSample(text) for text, _ in texts)
        project.annotate_many((at + 1, {"spans": texts[at][1]}, (1, 2)) for at in range(16))
        work.first = (30, 31, 32)
        model = _model(work, project)
        for sample in work.first:
            one = model.suggestion(sample)
            assert one is not None
            assert [[s.start, s.end, s.label] for s in one.value.spans] == sorted(texts[sample - 1][1])
