"""From a decoder in a GGUF file to a folder that transformers reads. Imported in children only.

Weights, which may be quantized, are written as float16, some rows at a time: neither file nor folder need fit into
memory. `gguf` knows how each type is stored.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from lepton_studio.language import tr
from lepton_studio.models.gguf_header import STORED, read_header
from lepton_studio.models.gguf_plan import SPLITS, Plan, Planned, plan_of
from lepton_studio.models.model_config import UnusableModel, place
from lepton_studio.progress import Progress, silent

_CONTROL, _OF_THE_MAKERS = 3, 4
"""Types of tokens that are never cut: one that stands for no text (the end of a turn), and one that does."""
_AT_ONCE = 1 << 24
"""Weights."""


def write_folder(source: Path, folder: Path, *, max_length: int | None = None, progress: Progress = silent) -> None:
    """Config, weights and tokenizer of the decoder in `source`, with its chat template where it has one.

    `max_length`: the tokens that the tokenizer says it reads, the model's own where None. `progress` is told bytes.
    Raises UnusableModel for another kind of model or tokenizer than this knows, OSError.
    """
    plan = plan_of(read_header(source))
    _write(folder / "config.json", plan.config)
    _write(folder / "generation_config.json", {f"{role}_token_id": id for role, id in _stops(plan)})
    _save_tokenizer(plan, folder / "tokenizer.json")
    words, template = plan.header.told["tokenizer.ggml.tokens"], plan.header.told.get("tokenizer.chat_template")
    _write(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": max_length or plan.max_length,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            **{f"{role}_token": words[id] for role, id in plan.special.items()},
            **({"chat_template": template} if template else {}),
        },
    )
    _write_weights(plan, folder / "model.safetensors", progress=progress)


def _stops(plan: Plan) -> Iterator[tuple[str, int]]:
    yield from ((role, id) for role, id in plan.special.items() if role != "unk")


def _write_weights(plan: Plan, path: Path, *, progress: Progress) -> None:
    """As safetensors: the length of a JSON object, the object, and the tensors in its order."""
    placed, end = {}, 0
    for one in plan.tensors:
        begin, end = end, end + 2 * math.prod(one.source.shape)
        placed[one.name] = {"dtype": "F16", "shape": one.source.shape, "data_offsets": (begin, end)}
    header = json.dumps({"__metadata__": {"format": "pt"}, **placed}).encode()
    header += b" " * (-len(header) % 8)
    with path.open("wb") as file, plan.header.path.open("rb") as read:
        file.write(struct.pack("<Q", len(header)) + header)
        done = 0
        for one in plan.tensors:
            for rows in _parts(one, read):
                if not np.isfinite(rows).all():
                    raise UnusableModel(
                        tr(
                            "The weights {name} in {file} in {folder} are damaged, or too large for float16.",
                            **place(plan.header.path),
                            name=one.source.name,
                        )
                    )
                file.write(rows.tobytes())
                done += rows.nbytes
                progress(done, end)


def _parts(one: Planned, read: BinaryIO) -> Iterator[NDArray[np.float16]]:
    """The tensor as float16, some rows at a time; a matrix whose rows change places whole."""
    rows = math.prod(one.source.shape[:-1])
    columns = one.source.shape[-1]
    at_once = rows if one.heads else max(1, _AT_ONCE // columns)
    read.seek(one.source.begin)
    for begin in range(0, rows, at_once):
        count = min(at_once, rows - begin)
        stored = np.frombuffer(read.read(one.source.size // rows * count), np.uint8).reshape(count, -1)
        with np.errstate(over="ignore"):  # what is too large is said by who asked
            values = _weights(stored, one.source.type).reshape(count, columns).astype(np.float16)
        yield _unpermuted(values, one.heads) if one.heads else values


def _weights(stored: NDArray[np.uint8], kind: int) -> NDArray[Any]:
    import gguf

    assert kind in STORED
    return gguf.quants.dequantize(stored, gguf.GGMLQuantizationType(kind))


def _unpermuted(values: NDArray[np.float16], heads: int) -> NDArray[np.float16]:
    """In the file the two halves that the rotary embedding turns are interleaved."""
    rows, columns = values.shape
    return np.ascontiguousarray(
        values.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)
    )


def _save_tokenizer(plan: Plan, path: Path) -> None:
    """Byte-level BPE that cuts texts as the file's makers did, and knows their signs."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, processors

    told, cut = plan.header.told, plan.header.told["tokenizer.ggml.pre"]
    words: Sequence[str] = told["tokenizer.ggml.tokens"]
    merges = [tuple(one.split(" ", 1)) for one in told["tokenizer.ggml.merges"]]
    vocabulary = {word: number for number, word in enumerate(words)}
    made = Tokenizer(models.BPE(vocabulary, merges, ignore_merges=cut == "llama-bpe"))
    if cut == "qwen2":
        made.normalizer = normalizers.NFC()
    made.pre_tokenizer = _cutter(cut)
    made.decoder = decoders.ByteLevel()
    kinds = list(zip(words, told["tokenizer.ggml.token_type"], strict=True))
    made.add_special_tokens(
        [AddedToken(word, special=True, normalized=False) for word, kind in kinds if kind == _CONTROL]
    )
    made.add_tokens(
        [AddedToken(word, special=False, normalized=False) for word, kind in kinds if kind == _OF_THE_MAKERS]
    )
    if told.get("tokenizer.ggml.add_bos_token") and "bos" in plan.special:
        first = words[plan.special["bos"]]
        made.post_processor = processors.TemplateProcessing(
            single=[first, "$A"], pair=[first, "$A", first, "$B"], special_tokens=[(first, plan.special["bos"])]
        )
    made.save(str(path))


def _cutter(cut: str) -> Any:
    from tokenizers import Regex, pre_tokenizers

    if SPLITS[cut]:
        return pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(SPLITS[cut]), behavior="isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
    bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if cut == "smollm":  # each digit is a token of its own
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), bytes_])
    return bytes_


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
