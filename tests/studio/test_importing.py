"""Importing: all of a file or nothing, labels become decisions, splits never leak, one undo takes it back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.formats import UnreadableFile, sniff, sniff_all
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Scale
from lepton_studio.studio.exporting import export_annotations
from lepton_studio.studio.importing import Cancelled, Shares, import_files
from lepton_studio.tasks import task_named


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project.create(tmp_path / "New.lepton", task="text_classification")
    yield made
    made.close()


def table(folder: Path, *rows: str, name: str = "some.csv", header: str = "text,label") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def names_by_count(project: Project) -> dict[str, int]:
    counts = project.label_counts()
    return {label.name: counts[label.id] for label in project.labels()}


def test_labels_of_a_file_become_labels_and_decisions(project: Project, tmp_path: Path) -> None:
    path = table(tmp_path, "hello there,greeting", "where is it,question", "good day,greeting", "no idea,")
    result = import_files(project, sniff([path]))
    assert (result.added, result.labelled, result.unlabelled, result.skipped) == (4, 3, 1, 0)
    assert result.labels_created == ("greeting", "question") and result.problems == ()
    assert names_by_count(project) == {"greeting": 2, "question": 1}
    first = project.samples()[0]
    assert (first.text, first.origin, first.split) == ("hello there", "import", None)
    assert [decision.origin for decision in project.decisions(first.id)] == ["import"]
    assert project.count(Filter(state="unlabelled")) == 1
    kept = project.source_row(first.id)
    assert (kept.source, kept.row, kept.raw) == (str(path), 2, {"text": "hello there", "label": "greeting"})


def test_what_is_annotated_in_part_comes_in_and_is_said_to_be_unlabelled(tmp_path: Path) -> None:
    asked: list[dict[str, object]] = [
        {"question": "Who?", "answers": {"text": ["Ada"], "answer_start": [0]}},
        {"question": "When?"},
    ]
    path = tmp_path / "asked.jsonl"
    path.write_text("".join(json.dumps({"context": "Ada wrote.", **one}) + "\n" for one in asked), "utf-8")
    with Project.create(tmp_path / "Asked.lepton", task="question_answering") as project:
        result = import_files(project, sniff([path], wants=task_named("question_answering").wants))
        assert (result.added, result.labelled, result.begun) == (1, 0, 1)
        assert project.samples()[0].draft is not None and project.count(Filter(state="unlabelled")) == 1
    assert result.sentence().endswith("1 of them is only partly annotated, so it still counts as unlabelled.")


def test_one_undo_takes_an_import_back_and_one_redo_brings_it_again(project: Project, tmp_path: Path) -> None:
    import_files(project, sniff([table(tmp_path, "hello there,a", "good day,b")]))
    assert project.undo_name() == "Import some.csv"
    project.undo()
    assert project.count() == 0 and project.labels() == ()
    project.redo()
    assert project.count() == 2 and names_by_count(project) == {"a": 1, "b": 1}


def test_labels_that_are_there_already_are_used(project: Project, tmp_path: Path) -> None:
    with project.change("labels") as change:
        change.add_label("b")
    result = import_files(project, sniff([table(tmp_path, "hello there,a", "good day,b")]))
    assert result.labels_created == ("a",) and [label.name for label in project.labels()] == ["b", "a"]


def test_numbered_labels_are_listed_by_number(project: Project, tmp_path: Path) -> None:
    rows = [f"some words {place},{value}" for place, value in enumerate([10, 2, 1, 10, 2])]
    import_files(project, sniff([table(tmp_path, *rows)]))
    assert [label.name for label in project.labels()] == ["1", "2", "10"]


def test_named_classes_keep_the_order_of_their_table(project: Project, shared_data: Path) -> None:
    result = import_files(project, sniff([shared_data / "tweeteval_emotion"]))
    assert result.labels_created == ("anger", "joy", "optimism", "sadness")
    assert result.splits == {"train": 3_257, "validation": 374, "test": 1_421, None: 0}


def test_rows_that_cannot_be_read_are_listed_and_the_good_ones_come_in(project: Project, tmp_path: Path) -> None:
    path = table(tmp_path, "hello there,a", ",b", "good day,b,too,many", "fine,a")
    result = import_files(project, sniff([path]))
    assert (result.added, result.skipped) == (2, 2)
    assert [(one.source, one.row) for one in result.problems] == [(str(path), 3), (str(path), 4)]
    assert project.import_problems() == list(result.problems)
    assert "2 rows could not be read" in result.sentence()


def test_several_labels_leave_the_sample_unlabelled_and_say_so(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "one two", "label": ["a", "b"]}\n{"text": "three", "label": ["a"]}\n', encoding="utf-8")
    result = import_files(project, sniff([path]))
    assert (result.added, result.labelled, result.skipped) == (2, 1, 0)
    assert result.problems[0].row == 1 and "Several labels (a, b)" in result.problems[0].reason
    assert result.labels_created == ("a",)


def test_a_cancelled_import_leaves_nothing(project: Project, tmp_path: Path) -> None:
    path = table(tmp_path, *(f"text {place},x" for place in range(3_000)))
    for pass_to_stop_in in (1, 2):
        seen: list[tuple[int, int | None]] = []

        def stop(seen: list = seen, wanted: int = pass_to_stop_in) -> bool:
            return any((total is None) == (wanted == 1) and done > 0 for done, total in seen)

        with pytest.raises(Cancelled):
            import_files(project, sniff([path]), progress=lambda *step, seen=seen: seen.append(step), should_stop=stop)
        assert project.count() == 0 and project.labels() == () and project.undo_name() is None


def test_progress_ends_at_the_total(project: Project, tmp_path: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    path = table(tmp_path, *(f"text {place},x" for place in range(1_200)))
    import_files(project, sniff([path]), progress=lambda *step: steps.append(step))
    assert steps[0] == (0, None) and steps[-1] == (1_200, 1_200)


def test_a_file_that_becomes_unreadable_leaves_the_project_as_it_was(project: Project, tmp_path: Path) -> None:
    guess = sniff([table(tmp_path, "hello there,a"), table(tmp_path, "good day,b", name="other.csv")])
    guess.paths[1].unlink()
    with pytest.raises(UnreadableFile, match=r"other\.csv"):
        import_files(project, guess)
    assert project.count() == 0 and project.undo_name() is None


def test_the_same_file_again_is_reported_not_dropped(project: Project, tmp_path: Path) -> None:
    guess = sniff([table(tmp_path, "hello there,a", "good day,b", "hello there,a")])
    assert import_files(project, guess).duplicates == 1
    assert import_files(project, guess).duplicates == 3
    assert project.count() == 6


def test_a_test_text_that_is_also_in_train_is_called_a_leak(project: Project, tmp_path: Path) -> None:
    train = table(tmp_path, "hello there,a", "good day,b", name="train.csv")
    test = table(tmp_path, "hello there,a", "fine,b", name="test.csv")
    result = import_files(project, sniff([train, test]))
    assert (result.duplicates, result.leaks) == (1, 1) and "more than one split" in result.sentence()
    assert project.count(Filter(state="leak")) == 2
    again = import_files(project, sniff([test]).with_split("validation"))
    assert (again.duplicates, again.leaks) == (2, 2)


def test_a_stratified_split_keeps_the_mix_of_labels(project: Project, tmp_path: Path) -> None:
    rows = [f"text number {place},{'rare' if place % 10 == 0 else 'common'}" for place in range(500)]
    result = import_files(project, sniff([table(tmp_path, *rows, "no label here,")]), shares=Shares())
    assert result.splits == {"train": 400, "validation": 50, "test": 50, None: 1}
    rare = project.label_named("rare")
    assert rare is not None
    assert [project.label_counts(split=split)[rare.id] for split in ("train", "validation", "test")] == [40, 5, 5]


def test_the_same_seed_gives_the_same_split(tmp_path: Path) -> None:
    path = table(tmp_path, *(f"text number {place},{place % 3}" for place in range(90)))
    found: list[list[str | None]] = []
    for seed in (1, 1, 2):
        with Project.create(tmp_path / f"{len(found)}.lepton", task="text_classification") as project:
            import_files(project, sniff([path]), shares=Shares(), seed=seed)
            found.append([sample.split for sample in project.all_rows()])
    assert found[0] == found[1] != found[2]


def test_identical_texts_land_in_one_split_also_with_those_already_there(project: Project, tmp_path: Path) -> None:
    first = table(tmp_path, *(f"text {place},{place % 2}" for place in range(40)), name="test.csv")
    import_files(project, sniff([first]))
    second = table(tmp_path, *(f"text {place % 100},{place % 2}" for place in range(300)), name="more.csv")
    result = import_files(project, sniff([second]), shares=Shares(0.5, 0.25, 0.25))
    assert result.leaks == 0 and project.statistics().leaks == 0
    assert all(result.splits[split] for split in ("train", "validation", "test"))


def test_the_splits_of_the_file_names_stand_before_shares(project: Project, shared_data: Path) -> None:
    guess = sniff([shared_data / "banking77" / "train.csv", shared_data / "banking77" / "test.csv"])
    result = import_files(project, guess, shares=Shares())
    assert result.splits == {"train": 10_003, "validation": 0, "test": 3_080, None: 0}
    assert len(result.labels_created) == 77 and result.added == result.labelled == 13_083


def test_sms_spam_and_waimai_come_in_whole(project: Project, shared_data: Path) -> None:
    result = import_files(project, sniff([shared_data / "sms_spam"]))
    assert (result.added, result.duplicates, names_by_count(project)) == (5_573, 414, {"ham": 4_825, "spam": 748})
    result = import_files(project, sniff([shared_data / "waimai_10k"]))
    assert result.added == 11_987 and names_by_count(project)["0"] == 7_987


def test_several_kinds_of_file_come_in_together(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    table(folder, "hello there,a", "good day,b")
    (folder / "more.jsonl").write_text('{"text": "and this", "label": "c"}\n', encoding="utf-8")
    result = import_files(project, sniff_all([folder]))
    assert result.added == 3 and sorted(result.labels_created) == ["a", "b", "c"]
    assert project.undo_name() == "Import some.csv and 1 more"


def test_texts_are_stored_to_the_letter(project: Project, tmp_path: Path) -> None:
    text = "  two\r\nlines\0and \ufeff a \u2028 mark 🚀 "
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "  two\\r\\nlines\\u0000and \\ufeff a \\u2028 mark 🚀 "}\n', encoding="utf-8")
    import_files(project, replace(sniff([path]), text="text"))
    assert project.samples()[0].text == text


def test_every_text_of_trec_is_kept_with_its_latin_1_character(project: Project, shared_data: Path) -> None:
    import_files(project, sniff([shared_data / "trec"]))
    splits = Counter(sample.split for sample in project.all_rows())
    assert splits == {"train": 5_452, "test": 500} and len(project.labels()) == 50
    assert project.count(Filter(state="leak")) > 0


def other_region(label: str) -> dict[str, object]:
    value = {"start": 0, "end": 5, "text": "Maria", "labels": [label]}
    return {"id": "a", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def test_labels_and_colours_of_label_studio_survive_the_way_out_and_in(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    task = {"id": 1, "data": {"text": "Maria joined Acme."}, "annotations": [{"result": []}]}
    (folder / "tasks.json").write_text(json.dumps([task]), "utf-8")
    (folder / "my project.xml").write_text(
        """<View><Labels name="label" toName="text"><Label value="Person" alias="PER" background="#d33" hotkey="p"/>
        <Label value="ORG" background="darkorange" hint="A company"/><Label value="LOC" hotkey="p"/></Labels>
        <Relations><Relation value="works for"/></Relations><Text name="text" value="$text"/>
        <Choices name="sure" toName="text" perRegion="true"><Choice value="no"/></Choices></View>""",
        "utf-8",
    )
    looks, source = [], folder
    for step in ("first", "second"):
        with Project.create(tmp_path / f"{step}.lepton", task="relations") as project:
            result = import_files(project, sniff_all([source], wants=("spans", "relations")))
            assert result.labels_created == ("PER", "ORG", "LOC", "works for") and not result.left_out
            assert project.samples()[0].value == {"spans": [], "relations": []}, "the annotation says: none of these"
            looks.append([(one.name, one.color, one.key, one.description) for one in project.labels()])
            source = tmp_path / f"{step} out"
            export_annotations(project, source, format="label_studio")
    stranger = json.dumps(task | {"annotations": [{"result": [other_region("DRUG")]}]})
    (folder / "tasks.json").write_text(f"[{stranger}]", "utf-8")
    assert sniff([folder / "tasks.json"]).labels == (), "the configuration is of another project"
    assert looks[0] == looks[1]
    assert looks[0][:2] == [("PER", "#dd3333", "p", ""), ("ORG", "#ff8c00", looks[0][1][2], "A company")]
    assert [name for name, _, key, _ in looks[0] if key == "p"] == ["PER"]


def test_spans_of_white_space_alone_are_reported_with_their_row_and_go_back_as_they_came(tmp_path: Path) -> None:
    spans = [(0, 5, "PER"), (5, 6, "PER"), (7, 7, "PER"), (10, 12, "LOC")]
    task = {
        "text": "Maria came \u00a0.",
        "spans": [{"start": start, "end": end, "label": label} for start, end, label in spans],
        "answer": "accept",
    }
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps(task) + "\n", "utf-8")
    with Project.create(tmp_path / "New.lepton", task="spans") as project:
        result = import_files(project, sniff_all([path], wants=("spans",)))
        assert project.samples()[0].value == {"spans": [[0, 5, 1]]} and result.labels_created == ("PER",)
        (problem,) = result.problems
        assert (problem.source, problem.row) == (str(path), 1) and problem.reason.startswith("3 marks hold only white")
        export_annotations(project, tmp_path / "out.jsonl", format="prodigy")
    assert json.loads((tmp_path / "out.jsonl").read_text("utf-8")) == task


def test_a_rating_off_the_scale_is_told_and_its_text_comes_in_without_one(tmp_path: Path) -> None:
    rated = tmp_path / "rated.csv"
    rated.write_text("text,stars\n" + "".join(f"meal {n},{n % 5 + 1}\n" for n in range(20)) + "odd,99\n", "utf-8")
    more = tmp_path / "more.csv"
    more.write_text("text,stars\nlate,4\nwild,7\n", "utf-8")
    with Project.create(tmp_path / "Stars.lepton", task="ratings") as project:
        for file, odd in ((rated, 21), (more, 23)):
            result = import_files(project, sniff([file], wants=task_named("ratings").wants))
            assert project.scale() == Scale(1, 5)
            sample = project.sample(odd)
            assert sample.value is None and "not on the scale from 1 to 5" in project.import_problems()[0].reason
            assert "1 rating is not on the scale" in result.sentence() and result.unlabelled == 1
        assert project.count(Filter(state="labelled")) == 21
