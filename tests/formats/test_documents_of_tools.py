"""Files of annotation tools and corpora with spans, relations, questions and turns: what stands in them, all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.formats import OutLabel, Row, read, sniff_all, write
from lepton_studio.project.marks import AnswerMark, Marks, QuestionMark, RelationMark, SpanMark

TEXT = "Maria Lopez joined Acme Labs 🚀 in  Lyon.\n\nA case, mark\u2028 my words. "
SPANS = (
    SpanMark(0, 11, "PER"),
    SpanMark(19, 28, "ORG"),
    SpanMark(19, 23, "part of"),
    SpanMark(27, 30, "case"),
    SpanMark(35, 39, "LOC"),
)


def rows_of(
    path: Path, wants: Sequence[str] = ("spans", "relations", "question", "answer", "turns", "target")
) -> list[Any]:
    """Every row of every set of files, problems among them."""
    return [row for guess in sniff_all([path], wants=wants) for row in read(guess)]


def plain(marks: Marks) -> set[tuple[int, int, str]]:
    return {(span.start, span.end, span.label) for span in marks.spans or ()}


def test_brat_documents_come_with_events_attributes_and_notes(shared_data: Path) -> None:
    rows = rows_of(shared_data / "tool_brat" / "tutorials" / "bio")
    assert len(rows) == 13 and all(isinstance(row, Row) for row in rows)
    relations = Counter(one.label for row in rows for one in row.marks.relations or ())
    assert relations["Theme"] and relations["Part-of"] and relations["Cause"]
    attributes = [span.attributes for row in rows for span in row.marks.spans or ()]
    assert any("Confidence" in one for one in attributes) and any("note" in one for one in attributes)
    spans = [(row, span) for row in rows for span in row.marks.spans or ()]
    assert all(" ".join(row.text[span.start : span.end].split()) == " ".join(span.quote.split())
               for row, span in spans if span.quote)  # fmt: skip


def test_every_document_of_the_brat_corpora_is_read(shared_data: Path) -> None:
    rows = rows_of(shared_data / "tool_brat" / "corpora")
    assert len(rows) == 70 and not any(row.remark for row in rows)


def test_every_webanno_document_is_read_with_its_stacked_marks(shared_data: Path) -> None:
    folder = shared_data / "tool_inception_webanno"
    files = [path for name in ("tsv3-suite", "curation_testsuite") for path in sorted((folder / name).rglob("*.tsv"))]
    rows = {path: rows_of(path) for path in files}
    assert len(rows) == 86 and all(len(found) == 1 and isinstance(found[0], Row) for found in rows.values())
    stacked = next(row[0] for path, row in rows.items() if path.parent.name.startswith("testStackedSubMultiToken"))
    assert {"1a", "1b", "9a"} <= {span.label for span in stacked.marks.spans}
    related = [row[0].marks.relations for row in rows.values() if row[0].marks.relations]
    assert len(related) == 10


def test_old_webanno_files_come_with_their_stacked_marks(shared_data: Path) -> None:
    old, second = (rows_of(shared_data / "tool_inception_webanno" / "tsv2" / f"example{n}.tsv") for n in ("", "2"))
    for (row,) in (old, second):
        found = [(row.text[span.start : span.end], span.label) for span in row.marks.spans]
        assert found[:4] == [
            ("Ms. Haag", "PER"), ("Elianti", "OTH"), ("Rolls-Royce Motor", "ORGpart"), ("Rolls-Royce", "ORG"),
        ]  # fmt: skip
        assert ("BELL INDUSTRIES Inc.", "ORGpart") in found and ("BELL INDUSTRIES", "ORG") in found
        assert ("BELL", "PER") in found and ("Los Angeles", "LOC") in found
        assert row.marks.relations is None and "relations between words" in row.remark
    assert plain(old[0].marks) == plain(second[0].marks) and len(old[0].marks.spans) == 11


def test_webanno_2_links_marks_by_their_first_words(tmp_path: Path) -> None:
    path = tmp_path / "doc.tsv"
    path.write_text(
        " # webanno.custom.Who | kind | sure # webanno.custom.Link | what | AttachTo=webanno.custom.Who\n"
        "#id=1\n#text=Ada Byron met  Mr. Babbage.\n"
        "1-1\tAda\tB-person|B-first\tB-yes|B-_\t_\t_\n1-2\tByron\tI-person|O-_\tI-yes|O-_\t_\t_\n"
        "1-3\tmet\tO\tO\t_\t_\n1-4\tMr.\tB-webanno.custom.Who_\tB-_\tmet\t1-1\n"
        "1-5\tBabbage\tI-webanno.custom.Who_\tI-_\t_\t_\n1-6\t.\tO\tO\t_\t_\n",
        "utf-8",
    )
    (row,) = rows_of(path)
    assert row.text == "Ada Byron met  Mr. Babbage." and row.remark == ""
    assert [(row.text[one.start : one.end], one.label, dict(one.attributes)) for one in row.marks.spans] == [
        ("Ada Byron", "person", {"sure": "yes"}), ("Ada", "first", {}), ("Mr. Babbage", "Who", {}),
    ]  # fmt: skip
    assert row.marks.relations == (RelationMark(0, 2, "met"),)


def test_semeval_pairs_keep_their_direction(shared_data: Path) -> None:
    rows = rows_of(shared_data / "semeval2010_task8" / "TRAIN_FILE.TXT")
    assert len(rows) == 8000
    assert sum(not row.marks.relations for row in rows) == 1410
    first = rows[0]
    (relation,) = first.marks.relations
    head, tail = (first.marks.spans[place] for place in (relation.head, relation.tail))
    assert (head.quote, relation.label, tail.quote) == ("elements", "Component-Whole", "configuration")


def test_pairs_of_one_sentence_are_one_sample(shared_data: Path) -> None:
    rows = rows_of(shared_data / "finre" / "test.txt")
    assert len({row.text for row in rows}) == len(rows)
    assert sum(len(row.marks.relations) for row in rows) > 2500


def test_inclusive_ends_are_found_out_and_put_right(shared_data: Path) -> None:
    (guess,) = sniff_all([shared_data / "cluener" / "test.json"])
    assert guess.offsets == "inclusive" and "3072 of 3072" in guess.notices[0]
    assert all(
        row.text[span.start : span.end] == span.quote
        for row in rows_of(shared_data / "cluener" / "test.json")
        for span in row.marks.spans
    )


@pytest.mark.parametrize("language", ["en", "zh", "ar"])
def test_a_paragraph_is_a_sample_with_all_its_questions(shared_data: Path, language: str) -> None:
    rows = rows_of(shared_data / "xquad" / f"xquad.{language}.json")
    assert len(rows) == 240
    questions = [one for row in rows for one in row.marks.questions]
    assert len(questions) == 1190 and all(one.answers for one in questions)


def test_the_last_turn_is_the_reply_to_learn(shared_data: Path) -> None:
    rows = rows_of(shared_data / "xdailydialog" / "en_dev_human.txt")
    assert len(rows) == 995
    assert all(len(row.marks.targets) == 1 and json.loads(row.fields["turns"]) for row in rows)
    assert rows[0].fields["topic"] and rows[0].fields["acts"]


def test_a_docbin_is_what_spacy_reads_and_writes(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.spacy", tmp_path / "theirs.spacy"
    row = Row(TEXT, Marks(labels=("hiring",), spans=SPANS), row=1)
    assert write("spacy_docbin", ours, rows=[row], labels=[OutLabel("hiring"), OutLabel("firing")]) == ()
    script = (
        "import json, sys, spacy\nfrom spacy.tokens import DocBin\n"
        f"nlp = spacy.blank('en')\ndocs = list(DocBin().from_disk({str(ours)!r}).get_docs(nlp.vocab))\n"
        "(doc,) = docs\nspans = [[s.start_char, s.end_char, s.label_] for s in doc.spans['sc']]\n"
        f"DocBin(docs=docs).to_disk({str(theirs)!r})\n"
        "json.dump([doc.text, spans, doc.cats, [e.text for e in doc.ents]], sys.stdout)"
    )
    said = subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, capture_output=True, text=True)
    text, spans, categories, entities = json.loads(said.stdout)
    assert text == TEXT and {tuple(span) for span in spans} == plain(row.marks)
    assert categories == {"hiring": 1.0, "firing": 0.0} and entities == ["Maria Lopez", "Acme Labs", "Lyon"]
    for path in (ours, theirs):
        (back,) = rows_of(path)
        assert back.text == TEXT and plain(back.marks) == plain(row.marks) and back.marks.labels == ("hiring",)


def test_brat_files_come_back_as_they_went(tmp_path: Path) -> None:
    spans = (*SPANS[:2], SpanMark(35, 46, "LOC", attributes={"note": "two lines"}))
    row = Row(TEXT, Marks(spans=spans, relations=(RelationMark(0, 1, "works_for"),)), row=7, id="doc-7")
    losses = write("brat", tmp_path / "out", rows=[row], labels=[OutLabel("PER", kind="span")])
    (back,) = rows_of(tmp_path / "out")
    assert losses == () and back.text == TEXT and back.id == "doc-7"
    assert plain(back.marks) == plain(row.marks) and back.marks.spans[2].attributes == {"note": "two lines"}
    assert [(one.head, one.tail, one.label) for one in back.marks.relations] == [(0, 1, "works_for")]


def test_questions_come_back_from_squad(tmp_path: Path) -> None:
    asked = (
        QuestionMark("Who?", (AnswerMark(0, 11, "Maria Lopez"),), id="a"),
        QuestionMark("Why?", impossible=True, id="b"),
    )
    rows = [Row(TEXT, Marks(questions=asked), fields={"title": "One"}, row=1), Row("Next.", Marks(questions=()), row=2)]
    write("squad", tmp_path / "out.json", rows=rows, labels=[])
    back = rows_of(tmp_path / "out.json")
    assert [row.text for row in back] == [TEXT, "Next."]
    assert back[0].marks.questions == asked and back[0].fields["title"] == "One"


NESTED = {
    "id": "r1",
    "fields": {"text": "Maria joined Acme 🚀 in Lyon."},
    "metadata": {"split": "train"},
    "responses": {
        "ner": [{"value": [{"start": 0, "end": 5, "label": "PER"}, {"start": 24, "end": 28, "label": "LOC"}]}],
        "topic": [{"value": "hiring", "status": "submitted"}, {"value": "firing", "status": "submitted"}],
    },
    "suggestions": {},
}
FLAT = {"id": "r2", "text": "Fine.", "topic.responses": ["hiring"], "topic.responses.status": ["submitted"]}
ASIDE = {"id": "r3", "text": "Odd.", "topic.responses": ["hiring"], "topic.responses.status": ["discarded"]}
FIRST = {"text": "Good.", "prediction": None, "annotation": "pos", "multi_label": False, "metadata": {"a": 1}}


def test_argilla_records_of_every_version_are_read(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in (NESTED, FLAT, ASIDE, FIRST)), "utf-8")
    nested, flat, aside, first = rows_of(path)
    assert plain(nested.marks) == {(0, 5, "PER"), (23, 27, "LOC")}, "counted in UTF-16 units by its editor"
    assert nested.marks.labels == ("hiring",) and nested.split == "train" and "1 further" in nested.remark
    assert flat.marks.labels == ("hiring",) and first.marks.labels == ("pos",) and first.fields == {"a": "1"}
    assert aside.skipped and aside.marks.labels is None


def test_old_spacy_data_is_read_as_a_list_and_line_by_line(tmp_path: Path) -> None:
    pairs = [["Maria came.", {"entities": [[0, 5, "PER"]]}], ["Fine.", {"cats": {"good": 1.0, "bad": 0.0}}]]
    (tmp_path / "list.json").write_text(json.dumps(pairs), "utf-8")
    (tmp_path / "lines.jsonl").write_text("".join(json.dumps(one) + "\n" for one in pairs), "utf-8")
    for name in ("list.json", "lines.jsonl"):
        named, rated = rows_of(tmp_path / name)
        assert plain(named.marks) == {(0, 5, "PER")} and rated.marks.labels == ("good",)
