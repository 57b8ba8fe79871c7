"""The README of a relation model's folder: the lines of Python that use it, without Lepton Studio."""

from __future__ import annotations

from lepton_studio.heads.model_folder import Usage, fill
from lepton_studio.heads.span_readme import SHAPES


def link_usage(*, shaped: bool) -> Usage:
    """`shaped`: the model is told how words are written."""
    types = 'types = given["token_type_ids"][0].tolist()' if shaped else "types = [0] * len(places)"
    return Usage(
        "A model that links spans,",
        code=fill(_CODE, IMPORTS="import re" * shaped, SHAPES=SHAPES * shaped, TYPES=types),
        says="`spans` are (start, end, kind) in characters, in the order of the text; `lepton.json` has the kinds.\n"
        "The weights of the head that finds spans are in `heads.safetensors` too.",
    )


_CODE = """
import json
# IMPORTS
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(".")
model = AutoModel.from_pretrained(".").eval()
head = load_file("heads.safetensors")
with open("lepton.json", encoding="utf-8") as file:
    known = json.load(file)

text = "Ada works for Acme."
spans = [(0, 3, known["kinds"][0]), (14, 18, known["kinds"][0])]
given = tokenizer(text, return_offsets_mapping=True, return_tensors="pt")
places = given.pop("offset_mapping")[0].tolist()
# SHAPES
# TYPES
sign = tokenizer("@", add_special_tokens=False)["input_ids"]
row, kinds_of_token, opens = [], [], []
for i, (start, end) in enumerate(places):
    for first, _, _ in spans:  # a sign before each span and one after it
        if start < end and start <= first < end:
            opens.append(len(row))
            row, kinds_of_token = row + sign, kinds_of_token + [0] * len(sign)
    row, kinds_of_token = row + [int(given["input_ids"][0, i])], kinds_of_token + [types[i]]
    for _, last, _ in spans:
        if start < end and end >= last > start:
            row, kinds_of_token = row + sign, kinds_of_token + [0] * len(sign)
extra = {"token_type_ids": torch.tensor([kinds_of_token])} if any(types) else {}


def linear(name, values):
    return F.linear(values, head[f"links.{name}.weight"], head[f"links.{name}.bias"])


with torch.inference_mode():
    vectors = model(input_ids=torch.tensor([row]), **extra).last_hidden_state[0, opens]
    kinds = head["links.kind.weight"][[known["kinds"].index(kind) for _, _, kind in spans]]
    both = torch.cat([vectors, kinds], -1)
    hidden = F.gelu(linear("first", both)[:, None] + linear("second", both)[None])
    logits = linear("classifier", hidden)
for i in range(len(spans)):
    for j in range(i + 1, len(spans)):
        allowed = torch.tensor(known["allowed"][known["kinds"].index(spans[i][2])][known["kinds"].index(spans[j][2])])
        probabilities = logits[i, j].masked_fill(~allowed, -1e4).softmax(-1)
        print(spans[i], known["classes"][int(probabilities.argmax())], spans[j], float(probabilities.max()))
"""
