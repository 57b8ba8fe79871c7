"""Rules from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.end_to_end.conftest import Studio


def test_a_rule_is_made_listed_tried_and_applied(studio: Studio, tmp_path: Path) -> None:
    folder, file = tmp_path / "P.lepton", tmp_path / "in.jsonl"
    rows = [{"text": f"I want a refund, number {n}"} for n in range(20)] + [{"text": "Where is my parcel?"}]
    rows[0] |= {"label": "money", "split": "test"}
    rows[1] |= {"label": "parcel", "split": "train"}
    rows[2] |= {"split": "test"}
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert studio("new", folder, "--task", "text_classification").code == 0
    assert studio("import", folder, file, "--yes").code == 0
    assert studio("rules", folder).out.strip() == "This project has no rules."
    made = studio("rules", folder, "--add", "Refunds", "--label", "money", "--any", "refund, money back", "--json")
    assert made.code == 0, made.err
    listed = studio("rules", folder, "--json").json["rules"]
    assert listed == made.json["rules"]
    one = listed[0]
    assert (one["matched"], one["unlabelled"], one["n"], one["right"], one["precision"]) == (20, 18, 2, 1, 0.5)
    assert "Precision 50.0% on 2 samples" in studio("rules", folder).out

    dry = studio("rules", folder, "--apply", "Refunds", "--dry-run", "--json").json
    assert dry == {"rule": "Refunds", "labelled": 0, "would_label": 17, "same": 1, "conflicts": 1, "in_test": 1}
    done = studio("rules", folder, "--apply", "Refunds")
    assert done.out.startswith("17 samples are labelled now.")
    all_of_them = studio("rules", folder, "--apply", "Refunds", "--overwrite", "--include-test", "--json").json
    assert all_of_them["labelled"] == 2

    assert studio("rules", folder, "--add", "Bad", "--label", "money").code == 2
    bad = studio("rules", folder, "--add", "Bad", "--label", "money", "--pattern", "(refund")
    assert bad.code == 1 and "not a valid regular expression" in bad.err
    assert "no label “weather”" in studio("rules", folder, "--add", "B", "--label", "weather", "--any", "rain").err
    assert studio("rules", folder, "--delete", "Refunds").code == 0
    assert "no rule “Refunds”" in studio("rules", folder, "--apply", "Refunds").err
