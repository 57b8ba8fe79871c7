"""Learning from other projects: it learns, is judged by nothing that it saw, leaves nothing of them, can be resumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from lepton_studio.child.learning import NOTHING, learn, read_by_model
from lepton_studio.child.measure import measure
from lepton_studio.child.others import read_others, unjudged
from lepton_studio.child.trying import NoCheckpoints
from lepton_studio.child.work import Work
from lepton_studio.contract.task import Input
from lepton_studio.methods.multitask.hooks import GUESTS
from lepton_studio.methods.recipes import adjusted
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.runs.events import Estimated, Event, Finished, Noted, Stepped
from lepton_studio.runs.folder import RunFolder, other_split, read_json_lines
from lepton_studio.runs.job import BUILT_IN_MODEL, BadSetting, JobLabel, OtherProject, Recipe
from lepton_studio.tasks import task_named
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.training.batches import epoch_batches
from lepton_studio.training.models import load_encoder
from lepton_studio.training.signals import ShouldStop
from lepton_studio.training.snapshot import Rows
from tests.training.tiny import CPU, LABELS, RECIPE, Told, after_steps, detail, rows, tune_here, write_lines, write_run

TASK = task_named("text_classification")
CHANGES = {"methods": "full,multitask", "other_batches": 1, "epochs": 2, "batch_size": 8}


def with_others(
    folder: Path, *, model: Path, sizes: Sequence[int] = (40, 12, 12), others: Sequence[OtherProject], **changes: Any
) -> RunFolder:
    """A run beside projects whose texts are of the same kind; a rating is the place of a label."""
    run = write_run(folder, model=model, recipe=adjusted(RECIPE, {**CHANGES, **changes}, task=TASK), sizes=sizes)
    run.write_job(replace(run.job(), others=tuple(others)))
    ids = [one.id for one in LABELS]
    for place, one in enumerate(others):
        lines = rows(one.samples, seed=20 + place, noise=0)
        for line in lines:
            place_of = ids.index(line["value"]["labels"][0])
            line["value"] = {"rating": place_of} if one.task == "ratings" else {"labels": [one.labels[place_of].id]}
        write_lines(run, other_split(place), lines)
    return run


THEIRS = OtherProject("Theirs", "text_classification", tuple(JobLabel(5 + n, f"kind {n}") for n in range(3)), 60, 90)
RATED = OtherProject("Rated", "ratings", (), 30, 30)


def weights_of(run: RunFolder) -> dict[str, bytes]:
    return {str(one.relative_to(run.model)): one.read_bytes() for one in run.model.rglob("*.safetensors")}


class _Killed(BaseException):
    """The process is gone."""


def test_it_goes_on_where_it_was_left_and_killed_bit_for_bit_and_leaves_nothing_of_the_others(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_CHECKPOINT_SECONDS", "0")
    changes: dict[str, Any] = {"methods": "full,multitask,fgm", "other_batches": 1.5}
    whole, left = (
        with_others(tmp_path / name, model=tiny_model, others=(THEIRS, RATED), **changes) for name in ("whole", "left")
    )
    told = tune_here(whole)
    assert isinstance(told.last, Finished), detail(told.last)
    assert told.of(Stepped)[-1].step == 2 * (5 + 8), "40 samples in batches of 8, and 1.5 times as many of the others"
    notes = [one.message for one in told.of(Noted) if one.lasts]
    assert notes[0].startswith("Learned from the project “Theirs” too: 60 of 90 labelled training samples (")
    names = {name for file in whole.model.rglob("*.safetensors") for name in load_file(file)}
    assert names and not any(GUESTS in one for one in names)

    def kill(told: Told) -> ShouldStop:
        def ask() -> None:
            if len(told.of(Stepped)) == 4:
                raise _Killed

        return ask

    tune_here(left, should_stop=after_steps(3, "leave"))
    with pytest.raises(_Killed):
        tune_here(left, resume=True, should_stop=kill)
    again = tune_here(left, resume=True)
    assert isinstance(again.last, Finished), detail(again.last)
    assert again.of(Stepped)[0].step > 3
    assert weights_of(left) == weights_of(whole) and weights_of(whole)
    assert [one.loss for one in again.of(Stepped)] == [one.loss for one in told.of(Stepped)[-len(again.of(Stepped)) :]]


@pytest.mark.parametrize(
    ("theirs", "judged", "is_left_out"),
    [
        (Input("My card is gone."), Input("My card is gone."), True),
        (Input("my  CARD\nis gone. "), Input("My card is gone."), True),
        (Input("@desk_7: my card is gone! https://t.co/x"), Input("@user my card is gone."), True),
        (Input("My card is back."), Input("My card is gone."), False),
        (Input("12 : 3"), Input("12 : 3 "), True),
        (Input("12 : 3"), Input("12 : 4"), False),
        (Input("A", {SECOND_TEXT: "My card is gone."}), Input("My card is gone."), True),
        (Input("My card is gone."), Input("A", {SECOND_TEXT: "My card is gone."}), True),
        (Input("A", {SECOND_TEXT: "B"}), Input("C", {SECOND_TEXT: "D"}), False),
        (Input("A", {SECOND_TEXT: ""}), Input("C", {SECOND_TEXT: ""}), False),
    ],
)
def test_no_text_of_theirs_that_the_run_is_judged_by_is_learned(
    theirs: Input, judged: Input, is_left_out: bool
) -> None:
    rows = Rows([1, 2], [theirs, Input("Another one.")], ["x", "y"])
    held_out: tuple[Rows[str], ...] = (Rows([], [], []), Rows([7], [judged], ["z"]))
    assert unjudged(rows, held_out=held_out).ids == ([2] if is_left_out else [1, 2])


def test_what_is_left_out_is_told_and_a_project_of_which_nothing_is_left_teaches_nothing(
    tmp_path: Path, tiny_model: Path
) -> None:
    run = with_others(tmp_path / "run", model=tiny_model, others=(THEIRS, RATED))
    judged = [one["text"] for one in read_json_lines(run.data_file("test"))]
    theirs = list(read_json_lines(run.data_file(other_split(0))))
    theirs[:12] = [{**one, "text": text.upper()} for one, text in zip(theirs[:12], judged, strict=True)]
    write_lines(run, other_split(0), theirs)
    write_lines(run, other_split(1), [{"id": 1, "text": text, "value": {"rating": 2}} for text in judged])
    events: list[Event] = []
    work = Work(run, run.job(), CPU, load_encoder=load_encoder, send=events.append, should_stop=lambda: None)
    learner, base = work.new_learner()
    others = read_others(work, base, held_out=work.read_splits(learner)[1:])
    assert [len(one) for one in others.examples] == [48]
    notes = [one.message for one in events if isinstance(one, Noted) and one.lasts]
    assert "too: 48 of 90" in notes[0] and "12 were left out: their texts are also in the validation" in notes[0]
    assert notes[1] == "Nothing was learned from the project “Rated” (Ratings): no samples are left."


def test_with_lora_its_folds_and_its_estimate_know_of_the_others(tmp_path: Path, tiny_model: Path) -> None:
    run = with_others(tmp_path / "folds", model=tiny_model, others=(THEIRS,), methods="lora,multitask", folds=2)
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)
    assert any("Over 2 folds the score is" in one.message for one in told.of(Noted))
    events: list[Event] = []
    job = replace(run.job(), kind="measure", recipe=replace(run.job().recipe, folds=0))
    measure(Work(run, job, CPU, load_encoder=load_encoder, send=events.append, should_stop=lambda: None))
    assert next(one for one in events if isinstance(one, Estimated)).steps == 2 * (5 + 5)


def test_a_batch_is_of_one_project_and_all_but_the_own_last_one_are_whole() -> None:
    kinds = [-1] * 13 + [0] * 8 + [1] * 16
    batches = epoch_batches([one % 7 + 1 for one in range(37)], batch_size=8, seed=1, epoch=0, kinds=kinds)
    assert sorted(place for batch in batches for place in batch) == list(range(37))
    assert all(len({kinds[place] for place in batch}) == 1 for batch in batches)
    assert sorted(map(len, batches)) == [5, 8, 8, 8, 8]


@pytest.mark.parametrize(
    ("task", "methods", "why"),
    [
        ("text_classification", "head,multitask", "does not go with"),
        ("text_classification", "race,multitask", "does not go with"),
        ("text_classification", "contrastive,multitask", "does not go with"),
        ("spans", "multitask", "only works where whole texts get labels or ratings"),
    ],
)
def test_where_it_cannot_work_it_is_refused_in_a_sentence(task: str, methods: str, why: str) -> None:
    with pytest.raises(BadSetting, match=why):
        adjusted(RECIPE, {"methods": methods}, task=task_named(task))


def test_the_encoder_learns_what_another_project_teaches_on_real_data(tmp_path: Path) -> None:
    """Reviews of goods beside film reviews, the built-in encoder. At this rate the layer for films, which begins at
    random, hardly moves: that unseen films are told apart is what the encoder learned.
    """
    data = Path(__file__).parents[3] / "shared" / "data"
    if not data.is_dir():
        pytest.skip("needs the public data sets in ../shared/data")
    goods = [
        (line, place)
        for place, name in enumerate(("neg", "pos"))
        for line in (data / "customer_reviews" / f"custrev.{name}")
        .read_text("utf-8", errors="replace")
        .splitlines()[:8]
    ]
    films = [(line[2:], int(line[0])) for line in (data / "sst2" / "stsa.binary.train").read_text("utf-8").splitlines()]
    films = [one for one in films if len(one[0]) < 100][:112]
    labels = (JobLabel(0, "against"), JobLabel(1, "for"))
    changes = {"epochs": 3, "learning_rate": 3e-4, "probe": False, "dropout": 0.0}
    run = write_run(
        tmp_path / "run",
        model=BUILT_IN_MODEL,
        recipe=adjusted(Recipe(), {"methods": "full,multitask", **changes}, task=TASK),
        sizes=(0, 0, 0),
        labels=labels,
    )
    run.write_job(replace(run.job(), others=(OtherProject("Films", TASK.id, labels, 64, 64),)))
    for split, some in (("train", goods), (other_split(0), films[:64])):
        lines = [{"id": place, "text": one, "value": {"labels": [of]}} for place, (one, of) in enumerate(some)]
        write_lines(run, split, lines)
    work = Work(run, run.job(), CPU, load_encoder=load_encoder, send=lambda _: None, should_stop=lambda: None)
    torch.manual_seed(1)
    learner, base = work.new_learner()
    training = work.read_splits(learner)[0]
    learner.prepare(training.examples)
    others = read_others(work, base, held_out=())
    (theirs,) = others.learners
    unseen = theirs.encode([Input(text) for text, _ in films[64:]], [Choice((label,)) for _, label in films[64:]])

    def loss() -> float:
        theirs.model.eval()
        with torch.inference_mode():
            batch = theirs.collate(unseen)
            return float(theirs.loss(theirs.forward(batch), batch)) / len(unseen)

    before = loss()
    learn(
        work, learner, body=base.made(), training=training, validation=NOTHING, checkpoints=NoCheckpoints(work),
        resume_from=None, embed=lambda some: read_by_model(some, learner=learner, work=work), others=others,
    )  # fmt: skip
    assert loss() < before - 0.02, (before, loss())
