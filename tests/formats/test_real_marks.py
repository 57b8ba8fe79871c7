"""The real corpora come in right: sentences, splits, spans, relations, questions, targets, answers, as they are counted
in them."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from lepton_studio.formats import Problem, Row, UnreadableFile, read, sniff, sniff_all
from lepton_studio.formats.corpora.tag_schemes import find_tag_scheme
from lepton_studio.project.marks import Marks, SpanMark


def rows_of(*paths: Path, wants: Sequence[str] = ()) -> list[Row]:
    """All rows of all sets of files, none of which may be a problem."""
    found = [row for guess in sniff_all(paths, wants=wants) for row in read(guess)]
    assert not [one for one in found if isinstance(one, Problem)]
    return [one for one in found if isinstance(one, Row)]


def spans(rows: Iterable[Row]) -> list[SpanMark]:
    return [span for row in rows for span in row.marks.spans or ()]


def by_label(rows: Iterable[Row]) -> Counter[str]:
    return Counter(span.label for span in spans(rows))


def relations(rows: Iterable[Row]) -> Counter[str]:
    return Counter(one.label for row in rows for one in row.marks.relations or ())


def test_conll2003_is_read_as_iob1_and_says_so(shared_data: Path) -> None:
    guess = sniff([shared_data / "conll2003"])
    assert guess.format == "conll" and guess.notices[0] == "eng.testa: The tags are read as IOB1."
    assert any("Columns not read: 2, 3." in notice for notice in guess.notices)
    rows = [row for row in read(guess) if isinstance(row, Row)]
    assert Counter(row.split for row in rows) == {"train": 14_041, "validation": 3_250, "test": 3_453}
    train = by_label(row for row in rows if row.split == "train")
    assert train == {"LOC": 7_140, "PER": 6_600, "ORG": 6_321, "MISC": 3_438}
    documents = {(row.split, row.fields["document"]) for row in rows}
    assert Counter(split for split, _ in documents) == {"train": 946, "validation": 216, "test": 231}


def test_conllpp_is_read_as_bio(shared_data: Path) -> None:
    (guess,) = sniff_all([shared_data / "conllpp"])
    assert "BIO (IOB2)" in guess.notices[0]
    assert by_label(rows_of(shared_data / "conllpp")) == {"ORG": 1_715, "LOC": 1_646, "PER": 1_618, "MISC": 723}


def test_wnut17_comes_in_under_three_ways_of_naming_files(shared_data: Path) -> None:
    rows = rows_of(shared_data / "wnut17")
    assert Counter(row.split for row in rows) == {"train": 3_394, "validation": 1_009, "test": 1_287}
    train = by_label(row for row in rows if row.split == "train")
    assert train == {
        "person": 660, "location": 548, "group": 264, "corporation": 221, "product": 142, "creative-work": 140,
    }  # fmt: skip


def test_weibo_tokens_lose_their_digit_and_join_to_chinese(shared_data: Path) -> None:
    rows = rows_of(shared_data / "weibo_ner")
    assert Counter(row.split for row in rows) == {"train": 1_350, "validation": 270, "test": 270}
    train = [row for row in rows if row.split == "train"]
    assert (
        rows[0].text == "口腔溃疡加上这玩意～酸酸甜甜好滋味。" and sum(len(row.text) for row in train) == 73_778 + 284
    )
    labels = by_label(train)  # 284 characters are two replacement characters each
    assert (labels["PER.NOM"], labels["PER.NAM"], labels["GPE.NAM"], labels["ORG.NAM"]) == (772, 578, 205, 183)


def test_genia_layers_become_nested_spans(shared_data: Path) -> None:
    rows = rows_of(shared_data / "genia_nested" / "genia.dev.iob2")
    assert len(rows) == 1_669
    assert by_label(rows) == {"protein": 2_303, "DNA": 1_026, "cell_type": 551, "cell_line": 325, "RNA": 132}
    pairs = 0
    for row in rows:
        marks = row.marks.spans or ()
        pairs += sum(
            one is not other and one.start <= other.start and other.end <= one.end for one in marks for other in marks
        )
    assert pairs == 373


def test_conll04_relations_link_the_spans_whose_last_tokens_they_name(shared_data: Path) -> None:
    rows = rows_of(shared_data / "conll04")
    assert Counter(row.split for row in rows) == {"train": 910, "validation": 243, "test": 288}
    assert not any(row.remark for row in rows) and sum(relations(rows).values()) == 2_048
    train = [row for row in rows if row.split == "train"]
    assert by_label(train) == {"Loc": 1_204, "Peop": 1_145, "Org": 596, "Other": 448}
    assert sum(relations(train).values()) == 1_273
    assert relations(train)["Live_In"] == 342 and relations(train)["Kill"] == 203


def test_parallel_lines_are_texts_with_their_translations(shared_data: Path, tmp_path: Path) -> None:
    rows = rows_of(shared_data / "multi30k", wants=("target",))
    assert Counter(row.split for row in rows) == {"train": 29_000, "validation": 1_014, "test": 1_000}
    assert all(row.marks.targets and len(row.marks.targets) == 1 and not row.fields for row in rows)
    for name in ("val.en", "val.de"):
        shutil.copy(shared_data / "multi30k" / name, tmp_path / name)
    with (tmp_path / "val.de").open("a", encoding="utf-8") as stream:
        stream.write("one more\n")
    with pytest.raises(UnreadableFile, match=r"val\.en and val\.de line by line: .* \(1014 and 1015\)"):
        sniff_all([tmp_path])


def test_dialogsum_has_one_summary_or_three(shared_data: Path) -> None:
    rows = rows_of(shared_data / "dialogsum", wants=("target",))
    assert Counter((row.split, len(row.marks.targets or ())) for row in rows) == {
        ("test", 3): 500, ("validation", 1): 500, (None, 0): 100,
    }  # fmt: skip
    talk = rows_of(shared_data / "dialogsum" / "dialogsum.test.jsonl", wants=("turns", "target"))
    assert talk[0].marks.targets == (
        "Yes. Please get this memo typed up and distributed to all employees before 4 pm.",
    )
    assert talk[0].text.startswith("#Person1#: Ms. Dawson, I need you to take a dictation for me.\n#Person2#: ")


def test_conversations_by_line_take_their_labels_from_the_files_beside(shared_data: Path) -> None:
    rows = rows_of(shared_data / "xdailydialog" / "1k_part_data", wants=("turns", "target"))
    assert len(rows) == 2_000 and {"topic", "action", "emotion"} <= set(rows[0].fields)
    assert sum(bool(row.remark) for row in rows) == 12
    topics = rows_of(shared_data / "xdailydialog" / "en_test_human.txt", wants=("label",))
    assert len(topics) == 996 and len({row.labels for row in topics}) == 10
    assert not topics[0].marks.targets and topics[0].text.startswith("A: ")


def test_instructions_and_chats_give_the_reply_to_learn(shared_data: Path) -> None:
    guesses = sniff_all([shared_data / "llm_finetune_formats"], wants=("turns", "target"))
    by_format = {guess.format: [row for row in read(guess) if isinstance(row, Row)] for guess in guesses}
    assert len(by_format["alpaca"]) == 999 + 1_000 + 91 and len(by_format["chat"]) == 299 + 300 + 300 + 6 + 500 + 10
    files = Counter((Path(row.source).name, bool(row.marks.targets)) for row in by_format["chat"])
    assert files["kto_en_demo.json", True] == files["kto_en_demo.json", False] == 150
    preferred = [row for row in by_format["chat"] if Path(row.source).name.endswith("dpo_en_demo.json")]
    assert len(preferred) == 299 and all(row.marks.targets and row.fields["rejected"] for row in preferred)
    assert len(by_format["lines"]) == 30


def test_columns_of_0_and_1_are_labels(shared_data: Path) -> None:
    rows = rows_of(shared_data / "semeval2018_ec", wants=("label",))
    train = [row for row in rows if row.split == "train"]
    assert Counter(row.split for row in rows) == {"train": 6_838, "validation": 886, "test": 3_259}
    assert sum(row.marks.labels == () for row in train) == 204
    assert round(sum(len(row.labels) for row in train) / len(train), 2) == 2.35
    assert len({label for row in train for label in row.labels}) == 11


def test_a_text_repeated_for_each_of_its_labels_is_one_sample(shared_data: Path) -> None:
    rows = rows_of(shared_data / "bdci_car2018" / "train_2.csv", wants=("label",))
    labels = Counter(label for row in rows for label in row.labels)
    assert len(rows) == 10_654 and labels["动力"] == 3_454 and labels["空间"] == 535 and len(labels) == 10
    assert sum(len(row.labels) > 1 for row in rows) == 1_472 and max(len(row.labels) for row in rows) == 7


def test_label_studio_gives_the_newest_annotation_and_counts_the_rest(shared_data: Path) -> None:
    folder = shared_data / "tool_label_studio"
    rows = rows_of(folder / "label-studio" / "tasks_annotations_predictions.json")
    assert [row.labels for row in rows] == [("class_A",), ("class_A",), ("class_TESTING",), (), (), ()]
    assert [row.remark for row in rows if row.remark] == ["The newest of 2 annotations was used."]
    (named,) = rows_of(folder / "label-studio" / "editor_examples" / "named_entity.annotation.json")
    assert [(span.label, named.text[span.start : span.end]) for span in spans([named])] == [("Date", "February 22")]
    (pair,) = rows_of(folder / "label-studio" / "editor_examples" / "pairwise.annotation.json")
    assert pair.labels == ("right",) and pair.fields["second_text"].startswith("Death remembered")
    cars = rows_of(folder / "csv_test.json")
    assert [row.id for row in cars] == ["1", "2"] and all("rectanglelabels" in row.remark for row in cars)
    with pytest.raises(UnreadableFile, match="without a text"):
        sniff([folder / "label-studio" / "previous_export.json"])


def test_prodigy_spans_stand_right_and_ignored_tasks_are_put_aside(shared_data: Path) -> None:
    rows = rows_of(shared_data / "tool_prodigy" / "annotated_news_headlines-ORG-PERSON-LOCATION-ner.jsonl")
    assert len(rows) == 373 and len(spans(rows)) == 303 and sum(row.skipped for row in rows) == 1
    assert len(spans(rows_of(shared_data / "tool_prodigy" / "bio_events.jsonl"))) == 422


def test_doccano_imports_of_every_kind_come_in(shared_data: Path) -> None:
    folder = shared_data / "tool_doccano_import" / "tests" / "data"
    (company,) = rows_of(folder / "relation_extraction" / "example.jsonl")
    assert relations([company]) == {"foundedAt": 1, "foundedBy": 2} and len(company.marks.spans or ()) == 4
    (overlapping,) = rows_of(folder / "sequence_labeling" / "example_overlapping.jsonl")
    assert len(overlapping.marks.spans or ()) == 2
    found = list(read(sniff([folder / "intent" / "example.jsonl"])))
    assert [row.marks for row in found if isinstance(row, Row)][:2] == [
        Marks(labels=("positive",), spans=(SpanMark(0, 1, "LOC"),)),
        Marks(labels=("positive",)),
    ]
    assert [problem.row for problem in found if isinstance(problem, Problem)] == [5]
    written = list(read(sniff([folder / "seq2seq" / "example.jsonl"], wants=("target",))))
    assert [row.marks.targets for row in written if isinstance(row, Row)] == [("label1",), None]


def test_a_broken_conll_file_names_the_line_and_keeps_the_other_sentences(shared_data: Path) -> None:
    folder = shared_data / "tool_doccano_import" / "tests" / "data" / "sequence_labeling"
    bad, *rows = read(sniff([folder / "labeling.invalid.conll"]))
    assert isinstance(bad, Problem) and (bad.row, bad.reason) == (1, "Line 1 has 1 of 2 columns.")
    assert [row.text for row in rows if isinstance(row, Row)] == [
        "Nadim Ladki",
        "AL-AIN , United Arab Emirates 1996-12-06",
    ]
    assert len(rows_of(folder / "labeling.trailing.conll")) == 1


def test_what_potato_keeps_of_each_annotator_is_joined_with_its_items(shared_data: Path) -> None:
    guess, items = sniff_all([shared_data / "tool_potato"])
    rows = [row for row in read(guess) if isinstance(row, Row)]
    assert guess.format == "potato" and {row.fields["annotator"] for row in rows} == {
        "lina",
        "lina1",
        "lina2",
        "linaiyer",
    }
    assert all(row.labels and row.text for row in rows) and len(list(read(items))) == 20


@pytest.mark.parametrize(
    ("tags", "name", "irregular"),
    [
        ("O B-A I-A O B-A", "BIO (IOB2)", 0),
        ("O B-A I-A O I-A B-B", "BIO (IOB2)", 1),
        ("O I-A I-A B-A O I-B", "IOB1", 0),
        ("O S-A O B-A I-A E-A", "BIOES", 0),
        ("O U-A O B-A I-A L-A", "BILOU", 0),
        ("O B-A M-A E-A S-B", "BMES", 0),
        ("I-A E-A E-B O", "IOE2", 0),
        ("O O", "", 0),
    ],
)
def test_the_scheme_of_tags_is_found_out(tags: str, name: str, irregular: int) -> None:
    found = find_tag_scheme([tags.split()])
    assert (found.name, found.irregular) == (name, irregular)
