"""Units of texts, the conditional random field on them, and the gazetteer."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from scipy import sparse

from lepton_studio.quick import crf
from lepton_studio.quick.tagging import Gazetteer, Known, choose, learn
from lepton_studio.quick.units import units_of


def _known(text: str) -> Known:
    units = units_of(text)
    return Known(units, np.zeros((len(units), 4), np.float16))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ada's 3 dogs, U.K.", ["Ada", "'", "s", "3", "dogs", ",", "U", ".", "K", "."]),
        ("彭小军在Berlin住2年", ["彭", "小", "军", "在", "Berlin", "住", "2", "年"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words_signs_and_chinese_characters(text: str, parts: list[str]) -> None:
    units = units_of(text)
    assert [text[start:end] for start, end in zip(units.starts, units.ends, strict=True)] == parts
    assert len(units.columns) == len(parts)


def test_a_span_is_found_by_the_units_that_it_touches() -> None:
    units = units_of("Ada Lopez wrote")
    assert units.within(0, 9) == (0, 1) and units.within(4, 6) == (1, 1) and units.within(3, 4) is None


def _layer(tags: int, seed: int) -> tuple[crf.Layer, np.ndarray]:
    chance = np.random.default_rng(seed)
    may = crf.allowed(tags)
    first = np.where(np.arange(tags) % 2 + (np.arange(tags) == 0) > 0, chance.normal(size=tags), crf.NEVER)
    steps = np.where(may, chance.normal(size=(tags, tags)), crf.NEVER)
    return crf.Layer(np.zeros((1, tags)), None, np.zeros(tags), steps, first), chance.normal(size=(4, tags))


def test_sums_over_all_sequences_are_those_of_counting_them() -> None:
    layer, scores = _layer(5, 0)
    paths = list(product(range(5), repeat=4))
    values = np.array(
        [
            layer.first[path[0]] + scores[range(4), path].sum() + sum(layer.steps[a, b] for a, b in pairwise(path))
            for path in paths
        ]
    )
    total = np.log(np.exp(values - values.max()).sum()) + values.max()
    field = crf.Lattice(scores, np.array([4]), layer)
    likely = np.exp(values - total)
    assert field.log_total[0] == pytest.approx(total)
    for place, tag in product(range(4), range(5)):
        expected = sum(one for one, path in zip(likely, paths, strict=True) if path[place] == tag)
        assert field.marginals()[place, tag] == pytest.approx(expected, abs=1e-9)
    just = sum(one for one, path in zip(likely, paths, strict=True) if path[1:3] == (3, 4) and path[3] != 4)
    assert field.of_span(0, 1, 2, 1) == pytest.approx(just, abs=1e-9)
    assert tuple(crf.best_tags(scores, layer)) == paths[int(values.argmax())]


def test_the_gradient_is_that_of_the_likelihood() -> None:
    """One step along it from zero makes the texts likelier, and what is fitted says them again."""
    chance = np.random.default_rng(1)
    seen = sparse.csr_matrix(np.eye(6)[[0, 1, 2, 3, 4, 5, 0, 1, 2]])
    rows = crf.Rows(seen, chance.normal(size=(9, 2)).astype(np.float32), np.array([0, 6, 9]))
    targets = np.array([0, 1, 2, 0, 3, 0, 0, 1, 2])
    layer = crf.fit(rows, targets, tags=5, strength=10, steps=100)
    scores = layer.scores(rows)
    assert crf.best_tags(scores[:6], layer) == targets[:6].tolist()
    again = crf.fit(rows, targets, tags=5, strength=10, steps=1, start=layer)
    assert np.abs(again.of_seen - layer.of_seen).max() < 0.05, "it begins where it stood"


def test_tags_never_begin_inside_a_span() -> None:
    for seed in range(20):
        layer, scores = _layer(7, seed)
        tags = crf.best_tags(scores * 5, layer)
        for before, tag in zip([0, *tags], tags, strict=False):
            assert tag == 0 or tag % 2 or before in (tag - 1, tag)


def test_of_spans_that_overlap_the_longer_counts() -> None:
    assert crf.spans_of(crf.tags_of([(1, 1, 0), (0, 2, 1)], units=4).tolist()) == [(0, 2, 1)]


def test_what_was_marked_elsewhere_is_found_again_and_ones_own_marks_do_not_count() -> None:
    texts = [_known("Ada Lopez wrote"), _known("we saw Ada Lopez"), _known("Berlin is large")]
    spans = [[(0, 1, 0)], [(2, 3, 0)], [(0, 0, 1)]]
    gazetteer = Gazetteer(texts, spans)
    assert gazetteer.marks(units_of("Today ADA LOPEZ left Berlin")) == [(1, 2, 0), (4, 4, 1)]
    assert gazetteer.marks(texts[0].units, own=spans[0]) == [(0, 1, 0)], "another text has it too"
    assert gazetteer.marks(texts[2].units, own=spans[2]) == []


def test_what_was_left_out_is_said_and_settings_are_chosen_by_it() -> None:
    names = ("Ada", "Tom", "Mia", "Jonas", "Lena", "Omar")
    texts = [_known(f"{'Mr ' if n % 2 else 'Hello '}{names[n % 6]} number {n} came") for n in range(60)]
    spans = [[(1, 1, 0)] if n % 2 else [] for n in range(60)]
    setting, held_out = choose(texts, spans, labels=1)
    assert set(held_out) == set(range(60)) and setting.texts == 60
    assert sum([*one.spans] == spans[at] for at, one in held_out.items()) >= 58
    tagger = learn(texts, spans, labels=1, setting=setting)
    (said,) = tagger.marked([_known("Mr Tom number 99 came")])
    assert said.spans == ((1, 1, 0),) and said.sure[0] > 0.8 and 0 <= said.doubt < 0.5
