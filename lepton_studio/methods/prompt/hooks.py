"""Words before each text whose vectors learn; at the end they are words of the model like any other."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from tokenizers import AddedToken, Tokenizer
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from lepton_studio.language import tr
from lepton_studio.methods.hooks import Hooks, Net, Unfit
from lepton_studio.methods.prompt import PromptSettings

_RATES = {"plain": 1e-2, "p_tuning": 1e-3}
_PROBE = "a b"


class PromptHooks(Hooks):
    """The tokenizer gets so many new special tokens and puts them behind its first one, before each text; the table of
    words gets a row for each. Only these rows learn. So what is saved is a plain model with its tokenizer: pooling,
    masks, positions of spans, other libraries and ONNX need not know of it.

    The rows begin as those of words drawn by chance.
    """

    settings: PromptSettings
    reads_otherwise = True

    def wrap(self, net: Net) -> None:
        model, count = net.model, self.settings.prompt_words
        model.requires_grad_(False)
        first = _put_before(net.tokenizer, count)
        if first + count > model.get_input_embeddings().num_embeddings:
            model.resize_token_embeddings(first + count, mean_resizing=False)
        self._table: Any = model.get_input_embeddings()
        self._table.requires_grad_(False)
        drawn = torch.randint(0, first, (count,))
        self._table.prompt = Prompt(
            self._table.weight[drawn], first=first, is_made=self.settings.prompt_kind == "p_tuning"
        )
        self._hook = self._table.register_forward_hook(_with_prompt)

    def rate(self, name: str) -> float:
        if ".prompt." not in name or not self.recipe.learning_rate:
            return 1.0
        return (self.settings.prompt_learning_rate or _RATES[self.settings.prompt_kind]) / self.recipe.learning_rate

    @torch.no_grad()
    def finish(self, model: nn.Module) -> None:
        prompt: Prompt = self._table.prompt
        rows = prompt()
        self._table.weight[prompt.first : prompt.first + len(rows)] = rows
        self._hook.remove()
        del self._table.prompt


class Prompt(nn.Module):
    """The vectors of the new words: [count, width]. `is_made`: by two layers from what learns, else they are that."""

    def __init__(self, rows: Tensor, *, first: int, is_made: bool) -> None:
        super().__init__()
        self.first = first
        self.rows = nn.Parameter(rows.detach().clone())
        width = rows.shape[1]
        last = nn.Linear(width, width)
        for one in last.parameters():
            nn.init.zeros_(one)
        self.made = nn.Sequential(nn.Linear(width, width), nn.ReLU(), last) if is_made else None

    def forward(self) -> Tensor:
        return self.rows if self.made is None else self.rows + self.made(self.rows)


def _with_prompt(table: Any, given: tuple[Tensor, ...], vectors: Tensor) -> Tensor:
    """The vectors of tokens [size, length, width], those of the new words in their places."""
    prompt: Prompt = table.prompt
    rows = prompt()
    places = given[0] - prompt.first
    is_new = (places >= 0) & (places < len(rows))
    return torch.where(is_new.unsqueeze(-1), F.embedding(places.clamp(0, len(rows) - 1), rows), vectors)


def _put_before(tokenizer: Any, count: int) -> int:
    """Add so many words to a tokenizer, in place, which it puts before each text; returns the first one's id. Raises
    Unfit where it cannot, or where a saved copy would not.
    """
    unfit = Unfit(tr("This model's tokenizer cannot put words before a text. Choose another method."))
    if not getattr(tokenizer, "is_fast", False):
        raise unfit
    before: list[int] = tokenizer(_PROBE)["input_ids"]
    pair: list[int] = tokenizer(_PROBE, _PROBE)["input_ids"]
    first, known = len(tokenizer), tokenizer.get_vocab()
    names = [name for place in range(count + first) if (name := f"<|learned-{place}|>") not in known][:count]
    tokenizer.add_tokens([AddedToken(one, special=True, normalized=False) for one in names], special_tokens=True)
    backend = tokenizer.backend_tokenizer
    content = json.loads(backend.to_str())
    ids = {name: first + place for place, name in enumerate(names)}
    changed = _prefixed(content.get("post_processor"), ids)
    if changed is None:
        raise unfit
    backend.post_processor = Tokenizer.from_str(json.dumps({**content, "post_processor": changed})).post_processor
    _make_plain(tokenizer)
    added = list(ids.values())
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        copies = (tokenizer, AutoTokenizer.from_pretrained(folder, trust_remote_code=False))
        for one in copies:
            for texts, plain in (((_PROBE,), before), ((_PROBE, _PROBE), pair)):
                found = one(*texts)["input_ids"]
                at = found.index(added[0]) if added[0] in found else len(found)
                if found[at : at + count] != added or [*found[:at], *found[at + count :]] != plain:
                    raise unfit
    return first


def _make_plain(tokenizer: Any) -> None:
    """Let a saved copy be loaded as it is: the classes of single kinds of models (BertTokenizer) make their own
    post-processor anew when they load one.
    """
    tokenizer.init_kwargs["model_input_names"] = list(tokenizer.model_input_names)
    tokenizer.model_input_names = list(tokenizer.model_input_names)
    tokenizer.__class__ = PreTrainedTokenizerFast


def _prefixed(part: Any, ids: Mapping[str, int]) -> Any:
    """A post-processor that puts these special tokens before the text too; None for a kind that is not known."""
    if not part:
        return None
    match part["type"]:
        case "Sequence":
            inner = [(_prefixed(one, ids), one) for one in part["processors"]]
            if not any(changed for changed, _ in inner):
                return None
            return {**part, "processors": [changed or one for changed, one in inner]}
        case "TemplateProcessing":
            words = [{"SpecialToken": {"id": name, "type_id": 0}} for name in ids]
            new = {name: {"id": name, "ids": [id], "tokens": [name]} for name, id in ids.items()}
            return {
                **part,
                "single": _before_text(part["single"], words),
                "pair": _before_text(part["pair"], words),
                "special_tokens": {**part["special_tokens"], **new},
            }
        case "BertProcessing" | "RobertaProcessing":
            template = _as_template(part)
            changed = _prefixed(template, ids)
            if part["type"] == "BertProcessing":
                return changed
            spaces = {"add_prefix_space": part["add_prefix_space"], "trim_offsets": part["trim_offsets"]}
            return {"type": "Sequence", "processors": [{"type": "ByteLevel", "use_regex": True, **spaces}, changed]}
        case _:
            return None


def _before_text(pieces: list[dict[str, Any]], words: list[dict[str, Any]]) -> list[dict[str, Any]]:
    at = next(place for place, one in enumerate(pieces) if "Sequence" in one)
    return [*pieces[:at], *words, *pieces[at:]]


def _as_template(part: Mapping[str, Any]) -> dict[str, Any]:
    """What BERT's and RoBERTa's own post-processors do, as a template."""
    (cls, cls_id), (sep, sep_id) = part["cls"], part["sep"]
    is_bert = part["type"] == "BertProcessing"

    def token(name: str, kind: int) -> dict[str, Any]:
        return {"SpecialToken": {"id": name, "type_id": kind}}

    def text(name: str, kind: int) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": kind}}

    second = int(is_bert)
    single = [token(cls, 0), text("A", 0), token(sep, 0)]
    return {
        "type": "TemplateProcessing",
        "single": single,
        "pair": [*single, *([] if is_bert else [token(sep, 0)]), text("B", second), token(sep, second)],
        "special_tokens": {
            name: {"id": name, "ids": [id], "tokens": [name]} for name, id in ((cls, cls_id), (sep, sep_id))
        },
    }
