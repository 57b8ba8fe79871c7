"""How good the relations task's own recipe is on whole public data sets, built-in encoder.

SemEval-2010 task 8: two given spans a sentence; the official score, macro-F1 over nine relations, direction counted,
"Other" (two spans that are not linked) left out. CoNLL04: several spans a text, spans given and from the bare text.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from itertools import groupby

from lepton_studio.contract.task import Report
from lepton_studio.runs.job import JobLabel
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data
from tests.benchmarks.tasks.tuned import Row, Tuned, over_seeds, tuned

_SEMEVAL_LABELS = (
    "Cause-Effect", "Component-Whole", "Content-Container", "Entity-Destination", "Entity-Origin", "Instrument-Agency",
    "Member-Collection", "Message-Topic", "Product-Producer",
)  # fmt: skip
_CONLL04_SPANS = ("Peop", "Org", "Loc", "Other")
_CONLL04_RELATIONS = ("Kill", "Live_In", "Located_In", "OrgBased_In", "Work_For")
_RELATION = {"kind": "relation"}
CONLL04_LABELS = (
    *(JobLabel(place + 1, name) for place, name in enumerate(_CONLL04_SPANS)),
    *(JobLabel(5 + place, name, _RELATION) for place, name in enumerate(_CONLL04_RELATIONS)),
)


def semeval(name: str) -> list[Row]:
    """Texts with two spans each; the nominal that the relation names first is its head."""
    content = (shared_data() / "semeval2010_task8" / name).read_text("utf-8")
    rows = []
    for quoted, label in re.findall(r'^\d+\t"(.*)"\s*\n(\S+)$', content.replace("\r\n", "\n"), re.MULTILINE):
        text, places = "", list[int]()
        for part in re.split(r"(</?e[12]>)", quoted):
            if re.fullmatch(r"</?e[12]>", part):
                places.append(len(text))
            else:
                text += part
        found = re.fullmatch(r"(.+)\((e[12]),(e[12])\)", label)
        relations = []
        if found is not None:
            head = 0 if found[2] == "e1" else 1
            relations.append([head, 1 - head, 2 + _SEMEVAL_LABELS.index(found[1])])
        spans = [[places[0], places[1], 1], [places[2], places[3], 1]]
        rows.append(Row(text, {"spans": spans, "relations": relations}))
    return rows


def conll04(name: str) -> list[Row]:
    """Texts with all spans and relations; a relation stands at its head's last word and points at its tail's."""
    ids = {name: place + 1 for place, name in enumerate((*_CONLL04_SPANS, *_CONLL04_RELATIONS))}
    lines = (shared_data() / "conll04" / name).read_text("utf-8").splitlines()
    rows = []
    for is_head, some in groupby(lines, key=lambda line: line.startswith("#doc")):
        cells = [line.split("\t") for line in some if line.strip()]
        if is_head or not cells:
            continue
        starts = [0]
        for cell in cells:
            starts.append(starts[-1] + len(cell[1]) + 1)
        spans, of_last = list[list[int]](), dict[int, int]()
        for place, cell in enumerate(cells):
            prefix, _, label = cell[2].partition("-")
            if prefix == "B":
                spans.append([starts[place], 0, ids[label]])
            if prefix != "O":
                spans[-1][1] = starts[place + 1] - 1
                of_last[place] = len(spans) - 1
        relations = [
            [of_last[place], of_last[tail], ids[label]]
            for place, cell in enumerate(cells)
            for label, tail in zip(ast.literal_eval(cell[3]), ast.literal_eval(cell[4]), strict=True)
            if label != "N"
        ]
        rows.append(Row(" ".join(cell[1] for cell in cells), {"spans": spans, "relations": relations}))
    return rows


def macro_f1(report: Report) -> float:
    """Over all relations."""
    return sum(row.f1 for row in report.per_class) / len(report.per_class)


def relations_semeval() -> Figure:
    """Spans given."""
    labels = [JobLabel(1, "nominal"), *(JobLabel(2 + i, name, _RELATION) for i, name in enumerate(_SEMEVAL_LABELS))]
    train, test = semeval("TRAIN_FILE.TXT"), semeval("TEST_FILE_FULL.TXT")
    return over_seeds(
        lambda seed: tuned("relations", labels=labels, train=train, test=test, seed=seed),
        name="SemEval-2010 task 8 macro-F1, official",
        target=">= 80",
        score=macro_f1,
    )


def relations_conll04() -> list[Figure]:
    """Spans given, and strict: found by the same run."""
    train, test = [*conll04("train.txt"), *conll04("dev.txt")], conll04("test.txt")
    runs: list[Tuned] = []

    def run(seed: int) -> Tuned:
        runs.append(tuned("relations", labels=CONLL04_LABELS, train=train, test=test, seed=seed))
        return runs[-1]

    given = over_seeds(run, name="CoNLL04 relations F1, spans given", target="", score=lambda one: one.headline["f1"])
    strict = Figure.of(
        "CoNLL04 relations F1, strict from the bare text",
        [100 * one.report.headline["strict_f1"] for one in runs],
        unit="%",
    )
    return [given, replace(strict, note="the same runs, trained on train and dev")]


FIGURES = [relations_semeval, relations_conll04]
