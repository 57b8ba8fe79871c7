"""A sentence encoder that somebody brings reads texts as its makers set it: the vectors are those of its library."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import LayerNorm, Pooling

from lepton_studio.child.warm import Warm
from lepton_studio.contract.task import Input
from lepton_studio.heads.pooled import Pooled
from lepton_studio.models.brought import why_not_fitting
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.model_folder import encoder_in, why_unusable
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.training.failures import ModelNotFound
from lepton_studio.training.inference import runner
from lepton_studio.training.models import Base, load_encoder
from lepton_studio.training.pooling import read_pooling
from tests.tasks.tiny_models import TEXTS, write_tiny
from tests.training.tiny import CPU

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning")

LABELS = (JobLabel(1, "good"), JobLabel(2, "bad"))


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Transformers to build sentence encoders on."""
    return {
        name: write_tiny(kind, name, tmp_path_factory.mktemp(name))
        for kind, name in (("encoder", "bert"), ("encoder", "modernbert"), ("causal", "qwen3"), ("causal", "gemma3"))
    }


def sentence_encoder(
    folder: Path, base: Path, *modules: Any, modes: str | Sequence[str] = "mean", prompt: str = ""
) -> Path:
    """A folder as the library saves it."""
    transformer = Transformer(str(base))
    pooling = Pooling(transformer.get_embedding_dimension(), tuple([modes] if isinstance(modes, str) else modes))
    prompts = {"search": prompt, "other": "something else: "} if prompt else None
    model = SentenceTransformer(
        modules=[transformer, pooling, *modules],
        device="cpu",
        prompts=prompts,
        default_prompt_name="search" if prompt else None,
    )
    model.save(str(folder))
    return folder


def ours(folder: Path) -> torch.Tensor:
    """The vectors of TEXTS, filled up to one length."""
    encoder = load_encoder(str(folder))
    pooled = Pooled(encoder, outputs=1, max_length=encoder.max_length)
    batch = pooled.collate(pooled.encode([Input(text) for text in TEXTS]), targets=None, weight=1.0)
    with torch.no_grad():
        return pooled.model.eval().embed(**batch.inputs)


def theirs(folder: Path) -> torch.Tensor:
    model = SentenceTransformer(str(folder), device="cpu")
    found: torch.Tensor = model.encode(list(TEXTS), convert_to_tensor=True, normalize_embeddings=True)
    return found


torch.manual_seed(3)
CASES: dict[str, tuple[str, dict[str, Any], list[Any]]] = {
    **{mode: ("bert", {"modes": mode}, []) for mode in Pooling.POOLING_MODES},
    "several": ("bert", {"modes": ("cls", "max", "mean")}, []),
    "in another order": ("bert", {"modes": ("mean", "cls")}, []),
    "dense": ("bert", {"modes": "cls"}, [Dense(32, 24)]),
    "two dense, then unit": (
        "gemma3",
        {},
        [
            Dense(32, 48, bias=False, activation_function=torch.nn.Identity()),
            Dense(48, 32, activation_function=torch.nn.GELU()),
            Normalize(),
        ],
    ),
    "unit, then dense": ("modernbert", {"modes": ("mean", "max")}, [Normalize(), Dense(64, 16)]),
    "prompt": ("bert", {"prompt": "good card: "}, [Normalize()]),
    "prompt of bytes": ("qwen3", {"modes": "lasttoken", "prompt": "Instruct: bank\nQuery:"}, [Normalize()]),
    "left to right": ("qwen3", {"modes": "lasttoken"}, [Normalize()]),
    "left to right by weight": ("qwen3", {"modes": "weightedmean"}, []),
}


@pytest.mark.parametrize("case", CASES)
def test_vectors_are_those_of_the_makers_library(case: str, bases: dict[str, Path], tmp_path: Path) -> None:
    base, settings, modules = CASES[case]
    folder = sentence_encoder(tmp_path / "model", bases[base], *modules, **settings)
    assert why_unusable(str(folder)) == ""
    assert torch.allclose(ours(folder), theirs(folder), atol=1e-5)


@pytest.mark.parametrize("case", ["mean", "in another order", "two dense, then unit", "prompt", "left to right"])
def test_a_classifier_on_it_pools_so_too_and_its_folder_says_the_same_elsewhere(
    case: str, bases: dict[str, Path], tmp_path: Path
) -> None:
    base, settings, modules = CASES[case]
    folder = sentence_encoder(tmp_path / "base", bases[base], *modules, **settings)
    torch.manual_seed(1)
    learner = load_part(task_named("text_classification").learner).start(
        Base(str(folder)), labels=LABELS, recipe=Recipe(dropout=0.0)
    )
    inputs = [Input(text) for text in TEXTS]
    examples = learner.encode(inputs, [Choice((1 + place % 2,)) for place in range(len(TEXTS))])
    learner.prepare(examples)
    learner.model.eval()
    with torch.no_grad():
        assert torch.allclose(learner.features(learner.collate(examples)), theirs(folder), atol=1e-5)
        learner.fit_head(examples, embed=lambda some: learner.features(learner.collate(some)))
        said = learner.forward(learner.collate(examples))
    (tuned := tmp_path / "tuned").mkdir()
    learner.save(tuned)
    elsewhere = SentenceTransformer(str(tuned), device="cpu").encode(list(TEXTS), convert_to_tensor=True)
    assert torch.allclose(elsewhere, said, atol=1e-4)
    again = load_part(task_named("text_classification").learner).load(tuned)
    decided, expected = (
        [(one.value, pytest.approx(one.score, abs=1e-5)) for one in decide(each, inputs)] for each in (again, learner)
    )
    assert decided == expected
    kinds = [one["type"].rpartition(".")[2] for one in json.loads((tuned / "modules.json").read_text("utf-8"))]
    assert kinds[:2] == ["Transformer", "Pooling"] and kinds[-2:] == ["Normalize", "Dense"]
    assert kinds.count("Normalize") == 1
    # What was tuned is a base model again, without its head.
    assert why_unusable(str(tuned)) == ""
    assert torch.allclose(ours(tuned), theirs(folder), atol=1e-5)


def decide(learner: Any, inputs: list[Input]) -> list[Any]:
    found: list[Any] = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    return found


def test_a_model_that_reads_from_left_to_right_is_asked_at_its_last_token(bases: dict[str, Path]) -> None:
    pooling, prompt = read_pooling(bases["qwen3"])
    assert (pooling.modes, prompt) == (("lasttoken",), "")
    assert read_pooling(bases["gemma3"])[0].modes == read_pooling(bases["bert"])[0].modes == ("mean",)
    long, short = "the money came back", "two"
    encoder = load_encoder(str(bases["qwen3"]))
    assert encoder.tokenizer.padding_side == "right"
    pooled = Pooled(encoder, outputs=1, max_length=64)
    vectors = {}
    with torch.no_grad():
        for texts in ([long, short], [short]):
            batch = pooled.collate(pooled.encode([Input(one) for one in texts]), targets=None, weight=1.0)
            vectors[len(texts)] = pooled.model.eval().embed(**batch.inputs)[-1]
    assert torch.allclose(vectors[1], vectors[2], atol=1e-6), "what fills a row up changes nothing"


def test_vectors_that_are_made_another_way_are_kept_apart(bases: dict[str, Path], tmp_path: Path) -> None:
    warm, made = Warm(CPU), set()
    for place, settings in enumerate(({}, {"modes": "cls"}, {"prompt": "a: "}, {"prompt": "b: "})):
        folder = sentence_encoder(tmp_path / str(place), bases["bert"], **settings)
        made.add(warm.reader(str(folder))[0].made_by)
    assert len(made) == 4 and "mean" in made


def test_letters_are_made_small_where_its_makers_say_so(bases: dict[str, Path], tmp_path: Path) -> None:
    folder = sentence_encoder(tmp_path / "model", bases["modernbert"])
    (settings,) = folder.rglob("sentence_bert_config.json")
    assert not torch.allclose(ours(folder)[7], ours(small_letters(folder, settings))[7], atol=1e-4)
    encoder = load_encoder(str(folder))
    assert encoder.tokenizer("Ada BERLIN")["input_ids"] == encoder.tokenizer("ada berlin")["input_ids"]


def small_letters(folder: Path, settings: Path) -> Path:
    settings.write_text(json.dumps(json.loads(settings.read_text("utf-8")) | {"do_lower_case": True}), "utf-8")
    return folder


def test_parts_that_are_not_known_are_named(bases: dict[str, Path], tmp_path: Path) -> None:
    normed = sentence_encoder(tmp_path / "normed", bases["bert"], LayerNorm(32))
    assert "modules.json" in why_unusable(str(normed)) and "(LayerNorm)" in why_unusable(str(normed))
    with pytest.raises(ModelNotFound, match="LayerNorm"):
        load_encoder(str(normed))
    dense = sentence_encoder(tmp_path / "dense", bases["bert"], Dense(32, 8))
    config = dense / "2_Dense" / "config.json"
    stored = json.loads(config.read_text("utf-8"))
    config.write_text(json.dumps(stored | {"activation_function": "own.Activation"}), "utf-8")
    assert "(Activation)" in why_unusable(str(dense))
    config.write_text(json.dumps(stored), "utf-8")
    (dense / "2_Dense" / "model.safetensors").rename(dense / "2_Dense" / "pytorch_model.bin")
    assert "dense layer" in why_unusable(str(dense)) and "safetensors" in why_unusable(str(dense))
    config.unlink()
    assert "config.json is missing" in why_unusable(str(dense))
    pooled = sentence_encoder(tmp_path / "pooled", bases["bert"])
    (pooled / "1_Pooling" / "config.json").write_text('{"pooling_mode": "attention"}', "utf-8")
    assert "(attention)" in why_unusable(str(pooled))
    (pooled / "modules.json").write_text("{}", "utf-8")
    assert "Cannot read the modules.json" in why_unusable(str(pooled))
    assert why_not_fitting(encoder_in(pooled)) == "", "its transformer is whole"
