"""A new user with a Chinese table and no network gets the model for it without choosing anything."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.end_to_end.conftest import Studio

GOOD = ("味道不错，下次再来", "送得很快，服务态度好", "很好吃，分量也足", "包装干净，好评")
BAD = ("送餐太慢了，饭都凉了", "难吃，再也不点了", "少送了一个菜，没人管", "态度恶劣，差评")


def test_a_chinese_table_is_tuned_and_predicted_with_the_multilingual_model(
    studio: Studio, tmp_path: Path, multilingual: str
) -> None:
    table, project = tmp_path / "评论.csv", tmp_path / "评论.lepton"
    rows = [(f"{text}{'！' * place}", label) for place in range(5) for text, label in (
        *((one, "好评") for one in GOOD), *((one, "差评") for one in BAD),
    )]  # fmt: skip
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    assert studio("new", project, "--task", "text_classification").code == 0
    assert studio("import", project, table).code == 0
    tuned = studio("tune", project, "--set", "epochs=1", "--set", "fewest_steps=0", "--json")
    assert tuned.code == 0, tuned.err
    assert "Mostly Chinese: multilingual-e5-small, 118 M parameters." in tuned.err
    assert json.loads((project / "runs" / "run-1" / "job.json").read_text("utf-8"))["model"] == multilingual
    assert tuned.json["scores"]["train"]["accuracy"] >= 0.9
    done = studio("predict", project, "--input", table, "--output", tmp_path / "out.csv")
    assert done.code == 0, done.err
    assert (tmp_path / "out.csv").read_text("utf-8-sig").count("差评") >= 15
