"""The command line does what the README says, in real processes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.instant_files import AUDIT_SHARE
from lepton_studio.quick.querying import draws
from tests.end_to_end.conftest import Kept, Studio


@pytest.fixture
def project(studio: Studio, tmp_path: Path, sample_file: Path) -> Iterator[Path]:
    folder = tmp_path / "Post.lepton"
    assert studio("new", folder, "--task", "text_classification").code == 0
    assert studio("import", folder, sample_file).code == 0
    yield folder


def test_a_new_project_knows_the_labels_it_was_given(studio: Studio, tmp_path: Path) -> None:
    made = studio("new", tmp_path / "Post", "--task", "text_classification", "--label", "a b", "--label", "c", "--json")
    assert made.code == 0
    assert made.json["labels"] == ["a b", "c"]
    assert Path(made.json["project"]) == tmp_path / "Post.lepton"
    assert studio("status", tmp_path / "Post", "--json").json["labels"] == {"a b": 0, "c": 0}
    linked = studio(
        "new", tmp_path / "Firms", "--task", "relations", "--label", "firm", "--label", "relation:owns", "--json"
    )
    assert linked.json["labels"] == ["firm", "owns"]


def test_every_task_can_be_asked_for_by_the_name_that_is_listed(studio: Studio) -> None:
    listed = studio("tasks", "--json").json["tasks"]
    assert {"text_classification", "spans", "question_answering"} <= {one["id"] for one in listed}
    assert all(one["title"] and one["summary"] for one in listed)


def test_an_import_says_what_came_in_and_status_agrees(studio: Studio, tmp_path: Path, sample_file: Path) -> None:
    studio("new", tmp_path / "Post.lepton", "--task", "text_classification")
    brought = studio("import", tmp_path / "Post.lepton", sample_file, "--json")
    assert {
        name: brought.json[name] for name in ("added", "labelled", "changed", "skipped", "duplicates", "problems")
    } == {
        "added": 300,
        "labelled": 120,
        "changed": 0,
        "skipped": 0,
        "duplicates": 0,
        "problems": [],
    }
    status = studio("status", tmp_path / "Post.lepton", "--json").json
    assert (status["task"], status["samples"], status["labelled"]) == ("text_classification", 300, 120)
    assert set(status["labels"].values()) == {20}
    assert status["splits"] == {"train": 72, "validation": 18, "test": 30, "unassigned": 180}
    assert status["runs"] == []


def test_rows_that_cannot_be_read_are_listed_and_the_others_come_in(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "message,kind\nhello there,greeting\n,greeting\nbye now,parting\n", encoding="utf-8"
    )
    studio("new", tmp_path / "p.lepton", "--task", "text_classification")
    brought = studio(
        "import", tmp_path / "p.lepton", tmp_path / "in.csv", "--text", "message", "--label", "kind", "--json"
    )
    assert (brought.json["added"], brought.json["labelled"], brought.json["skipped"]) == (2, 2, 1)
    (problem,) = brought.json["problems"]
    assert problem["row"] == 3 and problem["file"].endswith("in.csv") and problem["reason"]


def test_the_names_of_labels_and_files_do_not_steer_the_terminal(studio: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "p.lepton"
    rows = [{"text": f"hello {n}", "label": "\x1b]0;owned\x07\x9b31mred\u202e" if n % 2 else "blue"} for n in range(8)]
    lines = [*map(json.dumps, rows), "{"]
    (tmp_path / "\x1b[2Jin.jsonl").write_text("\n".join(lines), "utf-8")
    studio("new", folder, "--task", "text_classification")
    said = [studio("import", folder, tmp_path / "\x1b[2Jin.jsonl"), studio("status", folder)]
    as_json = studio("status", folder, "--json")
    for one in (*said, as_json):
        assert not set(one.out + one.err) & set("\x1b\x07\x9b\u202e"), one
    assert "red" in said[1].out and any("\x9b31mred" in name for name in as_json.json["labels"])


def test_a_row_that_is_nested_without_end_is_left_out_and_the_rest_goes_out_again(
    studio: Studio, tmp_path: Path
) -> None:
    deep = '{"text": "deep", "more": ' + "[" * 980 + "]" * 980 + "}"
    (tmp_path / "in.jsonl").write_text(deep + '\n{"text": "flat", "label": "a", "more": [[1]]}' * 5, "utf-8")
    studio("new", tmp_path / "p.lepton", "--task", "text_classification")
    brought = studio("import", tmp_path / "p.lepton", tmp_path / "in.jsonl", "--json")
    assert (brought.json["added"], brought.json["skipped"]) == (5, 1), brought
    for name in ("out.jsonl", "out.csv", "out.xlsx"):
        assert studio("export", tmp_path / "p.lepton", "annotations", tmp_path / name).code == 0


def test_a_split_can_be_named_for_a_whole_file(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text,label\nhello there,a\ngood night,b\n", encoding="utf-8")
    studio("new", tmp_path / "p.lepton", "--task", "text_classification")
    studio("import", tmp_path / "p.lepton", tmp_path / "in.csv", "--split", "test")
    assert studio("status", tmp_path / "p.lepton", "--json").json["splits"]["test"] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "nowhere.lepton"),
        ("import", "Post.lepton", "nowhere.csv"),
        ("import", "Post.lepton", "Post.lepton/project.db"),
        ("report", "Post.lepton"),
        ("report", "Post.lepton", "7"),
        ("explain", "Post.lepton", "--sample", "1"),
        ("explain", "Post.lepton", "--sample", "999999"),
        ("predict", "Post.lepton", "--input", "nowhere.csv", "--output", "out.jsonl"),
        ("export", "Post.lepton", "model", "out"),
        ("tune", "Post.lepton", "--model", "./no-such-folder"),
        ("new", "Post.lepton", "--task", "text_classification"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(kept: Kept, arguments: tuple[str, ...]) -> None:
    studio, project = kept.studio, kept.project
    refused = studio(*arguments, "--json")
    assert refused.code == 1
    last = refused.err.strip().splitlines()[-1]
    assert last and "Lepton Studio itself" not in last, refused.err
    assert not list((project.parent / "home").rglob("*.log"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("new", "a.lepton"),
        ("new", "a.lepton", "--task", "no_such_task"),
        ("import", "a.lepton"),
        ("import", "a.lepton", "x.csv", "--format", "no_such_format"),
        ("import", "a.lepton", "x.csv", "--split", "half"),
        ("tune", "a.lepton", "--set", "epochs"),
        ("tune", "a.lepton", "--set", "no_such_setting=1"),
        ("tune", "a.lepton", "--set", "epochs=0"),
        ("export", "a.lepton", "nothing", "out"),
        ("no-such-verb", "a.lepton", "b"),
        ("manual", "howto-cook"),
    ],
)
def test_wrong_usage_is_told_apart_from_failure(studio: Studio, arguments: tuple[str, ...]) -> None:
    refused = studio(*arguments)
    assert refused.code == 2
    assert refused.err and not refused.out


def test_help_and_version_need_no_project(studio: Studio) -> None:
    shown = studio("--help")
    assert shown.code == 0
    assert all(
        verb in shown.out for verb in ("new", "import", "status", "tune", "report", "predict", "export", "self-test")
    )
    assert studio("--version").out.startswith("Lepton Studio ")


def test_the_manual_is_read_and_searched_without_a_project(studio: Studio) -> None:
    pages = studio("manual", "--json").json["pages"]
    assert {"name": "howto-excel", "title": "My texts are in an Excel file"} in pages
    assert studio("manual", "--find", "offline mode", "--json").json["pages"][0]["name"] == "howto-offline"
    assert studio("manual", "window-tune").out.startswith("# The Tune page\n")


def test_the_sample_texts_are_chosen_by_name(studio: Studio, tmp_path: Path) -> None:
    made = studio("new", tmp_path / "Court", "--task", "text_classification", "--sample-texts", "court_notes", "--json")
    assert made.json["labels"] == ["deadline", "evidence", "costs", "settlement"]


def test_labelled_data_goes_out_in_the_form_that_its_name_says(kept: Kept) -> None:
    studio, project = kept.studio, kept.project
    for name in ("out.jsonl", "out.csv", "out"):
        written = studio("export", project, "annotations", project.parent / name, "--json")
        assert written.code == 0, written.err
        assert written.json["samples"] == 120
    rows = [json.loads(line) for line in (project.parent / "out.jsonl").read_text("utf-8").splitlines()]
    assert {row["label"] for row in rows} >= {"refund", "card lost"}
    assert (project.parent / "out").is_dir()
    again = studio("export", project, "annotations", project.parent / "out.csv")
    assert again.code == 1 and "out.csv" in again.err


def test_what_is_labelled_so_far_suggests_the_rest_without_a_run(kept: Kept) -> None:
    studio, project = kept.studio, kept.project
    said = studio("suggest", project, "--instant", "--show", "4", "--json")
    assert said.code == 0, said.err
    assert (said.json["decisions"], said.json["score"]["n"]) == (90, 30), "the test split teaches nothing: it judges"
    assert said.json["score"]["right"] > 22
    listed = said.json["suggestions"]
    assert len(listed) == 4 and [one["margin"] for one in listed] == sorted(one["margin"] for one in listed)
    assert studio("status", project, "--json").json["suggestions"] == [], "nothing is kept"
    words = studio("suggest", project, "--instant", "--show", "1")
    assert words.out.startswith("Learned from 90 labels. Right on ") and "(95% CI: " in words.out


def test_marked_passages_suggest_those_of_the_other_texts(studio: Studio, tmp_path: Path) -> None:
    project = tmp_path / "Contracts.lepton"
    assert studio("new", project, "--task", "spans", "--sample").code == 0
    said = studio("suggest", project, "--instant", "--show", "3", "--json")
    assert said.code == 0, said.err
    assert said.json["decisions"] == 57 and 0.5 < said.json["score"]["f1"] <= 1
    listed = said.json["suggestions"]
    assert listed and all(0 < one["score"] <= 1 for one in listed)


def test_similar_texts_are_listed_and_all_of_them_stand_on_a_map(kept: Kept, tmp_path: Path) -> None:
    studio, project = kept.studio, kept.project
    said = studio("similar", project, "1", "--limit", "3", "--json")
    assert said.code == 0, said.err
    cosines = [one["cosine"] for one in said.json["similar"]]
    assert len(cosines) == 3 and cosines == sorted(cosines, reverse=True) and cosines[0] > 0
    assert studio("similar", project, "999999").code == 1

    drawn = studio("map", project, "--out", tmp_path / "map.csv", "--json")
    assert drawn.code == 0, drawn.err
    rows = (tmp_path / "map.csv").read_text("utf-8").splitlines()
    assert rows[0] == "sample,x,y,text" and len(rows) >= 1 + drawn.json["samples"] > 100
    assert "samples are on the map." in studio("map", project).out


def test_what_suggests_is_listed_with_how_often_it_is_right(kept: Kept) -> None:
    studio, project = kept.studio, kept.project
    nothing = studio("sources", project)
    assert nothing.code == 0 and "Nothing has suggested anything" in nothing.out
    facts = studio("sources", project, "--json").json
    assert facts["sources"] == [] and facts["agreement"]["shown"] == 0


def test_labels_that_may_be_wrong_are_listed(kept: Kept) -> None:
    studio, project = kept.studio, kept.project
    said = studio("suspects", project, "--limit", "3", "--json")
    assert said.code == 0, said.err
    assert 80 < said.json["judged"] < 120, "all that is labelled, but for the test split"
    listed = said.json["suspects"]
    assert len(listed) == min(3, said.json["suspected"]) and all(one["label"] != one["suggestion"] for one in listed)
    assert [one["doubt"] for one in listed] == sorted((one["doubt"] for one in listed), reverse=True)
    words = studio("suspects", project)
    assert f"{said.json['suspected']} of {said.json['judged']} labels may be wrong." in words.out


def test_what_to_label_next_is_listed_in_the_order_that_is_wanted(kept: Kept, tmp_path: Path) -> None:
    studio, project = kept.studio, kept.project
    said = studio("queue", project, "--order", "diversity", "--limit", "30", "--json")
    assert said.code == 0, said.err
    listed = said.json["queue"]
    assert len({one["sample"] for one in listed}) == len(listed) == 30
    assert {one["why"] for one in listed} <= {"different", "drawn"} and listed[0]["why"] == "different"
    words = studio("queue", project, "--limit", "2")
    assert words.out.splitlines()[0].split() == ["sample", "why"] and len(words.out.splitlines()) == 3
    shortest = studio("queue", project, "--order", "shortest", "--json").json["queue"]
    lengths = [len(one["text"]) for one in shortest]
    assert len(shortest) == 20 and lengths == sorted(lengths)
    assert studio("queue", project, "--order", "best").code == 2
    writing = tmp_path / "Replies.lepton"
    studio("new", writing, "--task", "text_to_text", "--sample")
    refused = studio("queue", writing)
    assert refused.code == 1 and "Possible here: added, longest, shortest." in refused.err


def test_the_model_labels_the_rest_where_the_test_split_proves_it(kept: Kept, tmp_path: Path) -> None:
    studio, project = kept.studio, kept.project
    few = studio("automate", project, "--dry-run", "--json")
    assert few.code == 0, few.err
    assert (few.json["can_label"], few.json["tested"], few.json["tests_needed"]) == (0, 30, 72)
    assert "At least 72 labelled test samples are needed" in studio("automate", project, "--dry-run").out
    assert studio("automate", project, "--risk", "5").code == 2

    lines = [f"{text} {n}" for n in range(80) for text in ("My parcel never came", "I want my money back")]
    rows = [{"text": text, "label": f"{'parcel' if at % 2 == 0 else 'money'}"} for at, text in enumerate(lines)]
    known = [{**row, "split": "test" if at >= 30 else "train"} for at, row in enumerate(rows[:110])]
    (tmp_path / "known.jsonl").write_text("\n".join(map(json.dumps, known)), "utf-8")
    (tmp_path / "rest.jsonl").write_text("\n".join(json.dumps({"text": row["text"]}) for row in rows[110:]), "utf-8")
    folder = tmp_path / "Two.lepton"
    studio("new", folder, "--task", "text_classification")
    studio("import", folder, tmp_path / "known.jsonl", "--yes")
    studio("import", folder, tmp_path / "rest.jsonl", "--yes")
    drawn = int((draws([row["text"] for row in rows[110:]]) < AUDIT_SHARE).sum())
    assert drawn > 0, "what chance chose to test on is a person's"
    dry = studio("automate", folder, "--dry-run", "--json").json
    assert (dry["unlabelled"], dry["can_label"], dry["labelled"], dry["tested"]) == (50, 50 - drawn, 0, 80)
    done = studio("automate", folder, "--risk", "0.05", "--json").json
    assert (done["labelled"], done["wrong"], done["n"]) == (50 - drawn, 0, 80) and done["bound"] <= 0.05
    status = studio("status", folder, "--json").json
    assert status["labelled"] == 160 - drawn and status["splits"]["test"] == 80, "what it labels is never tested on"


def test_what_more_labels_bring_is_told(kept: Kept) -> None:
    studio, project = kept.studio, kept.project
    said = studio("forecast", project, "--json")
    assert said.code == 0, said.err
    facts = said.json
    assert (facts["decisions"], facts["cross_validated_on"], facts["score"]["on"]) == (90, 90, "test")
    assert [one["labels"] for one in facts["curve"]] == [9, 18, 36, 54, 72]
    assert [one["more"] for one in facts["forecast"]] == [50]
    assert facts["forecast"][0]["low"] < facts["forecast"][0]["gain"] < facts["forecast"][0]["high"]
    assert facts["seconds_a_label"] is None, "the labels came with the file"
    assert "50 more labels: about " in studio("forecast", project).out
    time = studio("status", project, "--json").json["active_time"]
    assert (time["seconds"], time["labels"], time["sessions"]) == (0, 0, [])


def test_the_whole_loop_works_without_a_window(studio: Studio, project: Path) -> None:
    """Tune, report, predict on new texts, export the model: as section 8 of the README shows."""
    tuned = studio("tune", project, "--set", "epochs=1", "--json")
    assert tuned.code == 0, tuned.err
    assert tuned.json["status"] == "finished" and tuned.json["run"] == 1
    assert tuned.json["steps"] > 0 and tuned.json["samples_per_second"] > 0 and tuned.json["seconds"] > 0
    assert set(tuned.json["scores"]) >= {"validation", "test"}
    assert tuned.err.strip()

    report = studio("report", project, "--json").json
    assert (report["run"], report["split"], report["n"], report["methods"]) == (1, "test", 30, ["full"])
    assert report["accuracy"] == pytest.approx(tuned.json["scores"]["test"]["accuracy"], abs=1e-6)
    assert set(report["per_class"]) == set(report["confusion"]["labels"])
    assert sum(map(sum, report["confusion"]["matrix"])) == 30
    assert studio("report", project, "1", "--split", "validation", "--json").json["n"] == 18
    page = project.parent / "report.pdf"
    assert studio("report", project, "--save", page).code == 0 and page.read_bytes().startswith(b"%PDF-")

    read = studio("suggest", project, "--at-most", "5", "--json")
    assert read.code == 0, read.err
    assert (read.json["run"], read.json["read"], len(read.json["suggestions"])) == (1, 5, 5)
    scores = [one["score"] for one in read.json["suggestions"]]
    assert scores == sorted(scores), "the least sure come first"
    [said] = studio("status", project, "--json").json["suggestions"]
    assert (said["run"], said["unlabelled"], said["samples"]) == (1, 5, 120 + 5)
    listed = studio("suggest", project, "--at-most", "0", "--show", "99", "--disagrees", "--json").json["suggestions"]
    assert len(listed) == said["disagrees"] and studio("suggest", project, "--show", "few").code == 2

    sample, asked = read.json["suggestions"][0]["sample"], ("--sample", read.json["suggestions"][0]["sample"])
    why = studio("explain", project, *asked, "--label", "refund", "--json").json
    (of_refund,) = why["labels"]
    assert (why["run"], why["sample"], of_refund["label"], of_refund["by"]) == (1, sample, "refund", "gradients")
    assert [why["text"][one["start"] : one["end"]] for one in of_refund["words"]] == [
        one["text"] for one in of_refund["words"]
    ]
    added = sum(one["weight"] for one in of_refund["words"])
    assert added == pytest.approx(of_refund["said"] - of_refund["nothing"], abs=of_refund["gap"] + 1e-3)
    strange = studio("explain", project, *asked, "--label", "nobody")
    assert strange.code == 2 and "It knows: " in strange.err

    new = project.parent / "calls.json"
    turns = ["My card was stolen in the tram!", "I am sorry to hear that.", "When do I get my money back?"]
    roles = ("user", "assistant", "user")
    messages = [{"role": role, "content": content} for role, content in zip(roles, turns, strict=True)]
    new.write_text(json.dumps([{"id": "call 1", "messages": messages}]), encoding="utf-8")
    out = project.parent / "predictions.jsonl"
    predicted = studio("predict", project, "--input", new, "--turns-of", "user", "--output", out, "--json")
    assert predicted.code == 0, predicted.err
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["text"] for row in rows] == turns[::2]
    for row in rows:
        assert row["score"] == pytest.approx(max(row["scores"].values()))
        assert row["label"] == max(row["scores"], key=row["scores"].get)
        assert sum(row["scores"].values()) == pytest.approx(1.0, abs=1e-4)

    model = studio("export", project, "model", project.parent / "model", "--json")
    assert model.code == 0, model.err
    assert (project.parent / "model" / "README.md").is_file()
    (run,) = studio("status", project, "--json").json["runs"]
    assert (run["run"], run["status"]) == (1, "finished")


def test_a_quick_model_is_a_run_like_any_other(studio: Studio, project: Path) -> None:
    """Fitted in seconds; scored, used on new texts and exported as tuned ones are."""
    words = studio("tune", project, "--set", "methods=words", "--json")
    quick = studio("tune", project, "--set", "methods=quick", "--json")
    for number, tuned in enumerate((words, quick), 1):
        assert tuned.code == 0, tuned.err
        assert (tuned.json["run"], tuned.json["status"], tuned.json["steps"]) == (number, "finished", 0)
    assert quick.json["scores"]["test"]["accuracy"] > words.json["scores"]["test"]["accuracy"] > 1 / 3

    report = studio("report", project, "2", "--json").json
    assert (report["n"], report["methods"]) == (30, ["quick"])
    assert report["accuracy"] == pytest.approx(quick.json["scores"]["test"]["accuracy"], abs=1e-6)
    assert report["baseline"] == words.json["scores"]["test"]
    share = f"{report['baseline']['accuracy']:.1%}"
    assert f"Word statistics alone get {share} on the same 30 texts; 95% CI: " in studio("report", project, "2").out
    assert report["quick"] is None
    assert studio("report", project, "1", "--json").json["baseline"] is None
    assert studio("tune", project, "--set", "epochs=1").code == 0
    tuned = studio("report", project, "3", "--json").json
    assert (tuned["baseline"], tuned["quick"]) == (words.json["scores"]["test"], quick.json["scores"]["test"])

    refused = studio("report", project, "2", "--risk", "0.02")
    assert refused.code == 1 and "it takes 149 at least" in refused.err
    (share,) = [one for one in report["trust"]["answers"] if one["risk"] == 0.2]
    kept = studio("report", project, "2", "--risk", "0.2")
    assert "so that at most 20% of the rest is wrong" in kept.out
    texts = project.parent / "new.csv"
    texts.write_text("text\nMy card was stolen in the tram!\nI want my money back for this.\n", encoding="utf-8")
    for run in ("1", "2"):
        out = project.parent / f"predictions-{run}.jsonl"
        predicted = studio("predict", project, run, "--input", texts, "--output", out, "--scores", "--json")
        assert predicted.code == 0, predicted.err
        rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        assert rows[0]["label"] == "card lost" and rows[1]["label"] == "refund"
        unsure = [row.get("unsure") for row in rows]
        assert unsure == ([None] * 2 if run == "1" else [row["score"] < share["threshold"] for row in rows])
    assert studio("report", project, "2", "--no-risk", "--json").code == 0
    assert "unsure" not in studio("report", project, "2").out
    exported = studio("export", project, "model", project.parent / "words", "--run", "1", "--json")
    assert exported.code == 0, exported.err
    assert sorted(path.name for path in (project.parent / "words").iterdir()) == [
        "MODEL_CARD.html", "MODEL_CARD.md", "README.md",
        "labels.json", "lepton.json", "words.json", "words.safetensors",
    ]  # fmt: skip


def test_a_quick_model_is_refused_for_spans_before_anything_starts(studio: Studio, tmp_path: Path) -> None:
    assert studio("new", tmp_path / "Names", "--task", "spans", "--sample").code == 0
    refused = studio("tune", tmp_path / "Names", "--set", "methods=quick")
    assert refused.code == 2 and "only works where whole texts get labels or ratings" in refused.err
    assert not list((tmp_path / "Names.lepton" / "runs").glob("run-*"))


def test_a_machine_can_be_checked_with_one_command(studio: Studio) -> None:
    checked = studio("self-test", "--json")
    assert checked.code == 0, checked.err
    assert checked.json["passed"] is True
    assert checked.json["packages"]["torch"]  # the report that is sent on names them


def test_it_says_what_it_is_built_with(studio: Studio) -> None:
    told = studio("--version", "--json")
    assert told.code == 0 and told.json["packages"]["torch"] and told.json["by_installer"] is False
    assert studio("version").out.startswith(f"Lepton Studio {told.json['version']}")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_without_a_display_the_window_says_so_in_a_sentence(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    ended = studio()
    assert ended.code == 1 and ended.err.startswith("There is no display")


def test_a_copy_and_a_check_say_what_they_found(studio: Studio, project: Path, tmp_path: Path) -> None:
    copied = studio("copy", project, tmp_path / "Copy", "--json")
    assert copied.json == {"project": str(tmp_path / "Copy.lepton"), "lost": []}
    sound = studio("check", tmp_path / "Copy")
    assert sound.code == 0 and "The project is sound." in sound.out
    database = tmp_path / "Copy.lepton" / "project.db"
    stored = bytearray(database.read_bytes())
    for place in range(40_000, len(stored), 9_000):
        stored[place : place + 200] = b"\xff" * 200
    database.write_bytes(stored)
    damaged = studio("check", tmp_path / "Copy")
    assert damaged.code == 1 and "damaged" in damaged.err and "Traceback" not in damaged.err


def test_the_models_that_come_with_the_app_are_listed_and_asked_for_by_name(studio: Studio, tmp_path: Path) -> None:
    listed = studio("models", "--json").json["models"]
    assert {"all-MiniLM-L6-v2", "multilingual-e5-small", "all-mpnet-base-v2"} <= {one["name"] for one in listed}
    assert all(one["licence"] and one["download"] and one["sha256"] for one in listed)
    assert "all-mpnet-base-v2" in studio("models").out
    wrong = studio("models", "fetch", "no-such-model")
    assert wrong.code == 2 and "all-MiniLM-L6-v2" in wrong.err
    assert studio("models", "add").code == studio("models", "delete").code == 2
    nothing = studio("models", "add", tmp_path)
    assert nothing.code == 1 and "has no files of a built-in model" in nothing.err
    unreachable = studio("models", "fetch", "all-mpnet-base-v2", "--mirror", "http://127.0.0.1:9/simple")
    assert unreachable.code == 1 and unreachable.err.startswith("Cannot reach 127.0.0.1.")
