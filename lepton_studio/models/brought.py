"""Whether a model folder that a person brings can be tuned, told from its files before anything is loaded.

Standard library only. What takes the model's own libraries (does it know the project's words?) the child looks at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from lepton_studio.errors import sentence_of
from lepton_studio.language import tr
from lepton_studio.models.model_config import ModelConfig, UnusableModel, read_config
from lepton_studio.models.safetensors_header import Shapes, read_shapes
from lepton_studio.models.sentence_modules import read_modules
from lepton_studio.models.tokenizer_files import check_tokenizer, read_pieces

Use = Literal["texts", "parts", "writing"]
"""What it is to say something of: whole texts, or their parts; or it is to write."""

_WORD_TABLES = (
    "word_embeddings.weight", "embed_tokens.weight", "tok_embeddings.weight", "wte.weight", "shared.weight",
)  # fmt: skip
_FEWEST = 0.5
"""A tokenizer with less than this share of the table's rows was made for another model: makers leave some rows free."""
_HEADS = {
    "ForQuestionAnswering": ("qa_outputs.", "classifier."),
    "ForCausalLM": ("lm_head.", "embed_out."),
    "LMHeadModel": ("lm_head.",),
}
"""What the layer is called that a model of such a name ends with, where it is used here."""


def why_incomplete(folder: Path) -> str:
    """A sentence where a part of the model is missing or torn; "" where all is there. A few milliseconds."""
    return _said(_check_files, folder)


def why_not_fitting(folder: Path) -> str:
    """The same, and whether tokenizer and word table fit each other: a second with a large vocabulary."""
    return _said(_check_all, folder)


def why_not_as_made(folder: Path) -> str:
    """A sentence where a sentence encoder needs what is not known here; "" for any other model."""
    return _said(read_modules, folder)


def why_unfit(folder: Path, *, use: Use) -> str:
    """A sentence where the model in a folder is of a kind that cannot be used so; "" where it can."""
    return _said(lambda folder: _check_use(folder, use=use), folder)


def note_on(folder: Path) -> str:
    """A sentence on what of the folder is not used; "" where there is nothing to say."""
    try:
        has_code = read_config(folder).has_code
    except UnusableModel:
        return ""
    if not has_code:
        return ""
    return tr("The model in {folder} comes with code of its own. Lepton Studio never runs it.", folder=folder)


def _said(check: Callable[[Path], object], folder: Path) -> str:
    try:
        check(folder)
    except (UnusableModel, OSError) as error:
        return sentence_of(error)
    return ""


def _check_files(folder: Path) -> tuple[ModelConfig, Shapes]:
    config = read_config(folder)
    if config.quantised:
        raise UnusableModel(
            tr(
                "The weights in {folder} are quantised ({method}) and cannot be tuned. Choose the model that they were "
                "made from.",
                folder=folder,
                method=config.quantised,
            )
        )
    shapes = read_shapes(folder)
    check_tokenizer(folder)
    return config, shapes


def _check_all(folder: Path) -> None:
    config, shapes = _check_files(folder)
    table = _word_table(shapes, config=config)
    if table is None:
        if config.words is None:
            raise UnusableModel(tr("The model in {folder} does not read text: it has no word table.", folder=folder))
        return
    rows, width = table
    if config.words is not None and rows != config.words:
        raise UnusableModel(
            tr(
                "The files in {folder} do not belong together: the word table in the weights has {rows} rows, and "
                "vocab_size in config.json is {words}. Copy all files from the same model.",
                folder=folder,
                rows=f"{rows:,}",
                words=f"{config.words:,}",
            )
        )
    if config.widths and width not in config.widths:
        raise UnusableModel(
            tr(
                "The files in {folder} do not belong together: a word has {width} numbers in the weights, and "
                "{other} in config.json. Copy all files from the same model.",
                folder=folder,
                width=f"{width:,}",
                other=f"{config.widths[0]:,}",
            )
        )
    _check_pieces(folder, rows=rows)


def _check_pieces(folder: Path, *, rows: int) -> None:
    pieces = read_pieces(folder)
    if pieces is None:
        return
    if not _FEWEST * rows <= pieces.count <= rows:
        raise UnusableModel(
            tr(
                "The tokenizer in {folder} is not this model's: {file} has {pieces} pieces, and the word table has "
                "{rows} rows. Copy the tokenizer of the same model.",
                folder=folder,
                file=pieces.file,
                pieces=f"{pieces.count:,}",
                rows=f"{rows:,}",
            )
        )
    if pieces.unknown_special and pieces.count + len(pieces.unknown_special) > rows:
        raise UnusableModel(
            tr(
                "The tokenizer in {folder} does not fit the model: the special token {token} in its settings is not in "
                "{file}, and the word table has no row left for it. Copy all tokenizer files of the same model.",
                folder=folder,
                token=pieces.unknown_special[0],
                file=pieces.file,
            )
        )


def _word_table(shapes: Shapes, *, config: ModelConfig) -> tuple[int, int] | None:
    """Its rows and their width; None where it is called by a name of its own."""
    tables = [shape for name, shape in shapes.items() if name.endswith(_WORD_TABLES) and len(shape) == 2]
    return next((shape for shape in tables if shape[0] == config.words), tables[0]) if tables else None


def _check_use(folder: Path, *, use: Use) -> None:
    config = read_config(folder)
    kind = config.kind or "?"
    both = config.writes_what_it_reads
    if use == "writing":
        if not (both or config.is_decoder or config.learns_to_write):
            raise UnusableModel(
                tr(
                    "The model in {folder} ({kind}) only reads, and cannot learn to write. Choose one like T5, BART, "
                    "GPT-2 or Qwen.",
                    folder=folder,
                    kind=kind,
                )
            )
    elif both:
        raise UnusableModel(
            tr(
                "The model in {folder} ({kind}) is made to write. For this task choose one that reads, such as BERT or "
                "a sentence encoder.",
                folder=folder,
                kind=kind,
            )
        )
    elif use == "parts" and config.is_causal:
        raise UnusableModel(
            tr(
                "The model in {folder} ({kind}) reads every word without the words behind it, so it cannot mark parts "
                "of a text. Choose one like BERT, RoBERTa or DeBERTa.",
                folder=folder,
                kind=kind,
            )
        )
    _check_head(folder, config=config, use=use)


def _check_head(folder: Path, *, config: ModelConfig, use: Use) -> None:
    """Of a model that says what it was tuned for, the layer that it ends with."""
    claimed = [(name, heads) for name in config.architectures for end, heads in _HEADS.items() if name.endswith(end)]
    if use == "texts" or (use == "writing" and config.ties_words) or not claimed:
        return
    name, heads = claimed[0]
    if not any(head in weight for weight in read_shapes(folder) for head in heads):
        raise UnusableModel(
            tr(
                "The weights in {folder} are incomplete: config.json says {name}, and its last layer ({layer}) is "
                "missing. Copy all files of the model there.",
                folder=folder,
                name=name,
                layer=heads[0].rstrip("."),
            )
        )
