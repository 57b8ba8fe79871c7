"""The README of a span model's folder: the lines of Python that use it, without Lepton Studio."""

from __future__ import annotations

from lepton_studio.heads.model_folder import Usage, fill


def span_usage(*, is_standard: bool, shaped: bool, by_words: bool, max_length: int) -> Usage:
    """`is_standard`: it is a token classification model; `shaped`: it is told how words are written; `by_words`: only
    the first piece of a word counts.
    """
    says = "B begins a span, I goes on." if is_standard else "They may nest."
    if shaped:
        says += "\n\nIts tokenizer takes no notice of capitals: the model is told of them by the token types."
    return Usage(
        "A model that marks spans,",
        code=fill(
            _TAGS if is_standard else _NESTED,
            IMPORTS="import re" * shaped,
            SHAPES=SHAPES * shaped,
            UNITS=_UNITS * by_words,
        ),
        says=f"{says}\n\nIt reads {max_length} tokens at once: cut longer texts.",
    )


SHAPES = """
def shape(word):
    if word.isupper():
        return 1 if len(word) == 1 else 2
    if word[0].isupper():
        return 3 if word[1:].islower() else 4
    return 5 if any(letter.isupper() for letter in word) else 0


shapes = [0] * (len(text) + 1)
for word in re.finditer(r"\\w+", text):
    shapes[word.start() : word.end()] = [shape(word.group())] * len(word.group())
given["token_type_ids"] = torch.tensor([[shapes[start] if start < end else 0 for start, end in places]])
"""

_UNITS = """\
# A later piece of a word says nothing by itself.
units = [i for i in units if not (places[i][0] and text[places[i][0] - 1 : places[i][0] + 1].isalnum())]
"""

_TAGS = """
# IMPORTS
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(".")
model = AutoModelForTokenClassification.from_pretrained(".").eval()

text = "The text to read."
given = tokenizer(text, return_offsets_mapping=True, return_tensors="pt")
places = given.pop("offset_mapping")[0].tolist()
# SHAPES
units = [i for i, (start, end) in enumerate(places) if start < end]
# UNITS
with torch.inference_mode():
    best = model(**given).logits[0].argmax(-1).tolist()
for i in units:
    print(places[i], model.config.id2label[best[i]])
"""

_NESTED = """
import json
# IMPORTS
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(".")
model = AutoModel.from_pretrained(".").eval()
head = load_file("head.safetensors")
with open("lepton.json", encoding="utf-8") as file:
    known = json.load(file)

text = "The text to read."
given = tokenizer(text, return_offsets_mapping=True, return_tensors="pt")
places = given.pop("offset_mapping")[0].tolist()
# SHAPES
units = [i for i, (start, end) in enumerate(places) if start < end]
# UNITS
with torch.inference_mode():
    vectors = model(**given).last_hidden_state[0][units]
first = F.gelu(F.linear(vectors, head["first.weight"], head["first.bias"]))
last = F.gelu(F.linear(vectors, head["last.weight"], head["last.bias"]))
logits = torch.einsum("id,ldk,jk->lij", first, head["both"], last)
logits += F.linear(first, head["first_alone.weight"], head["first_alone.bias"]).T[:, :, None]
logits += F.linear(last, head["last_alone.weight"]).T[:, None, :]
count = torch.arange(len(units))
logits += head["distance.weight"][(count[None] - count[:, None]).clamp(0, 31)].permute(2, 0, 1)
for label, i, j in (logits.triu().tril(known["widest"]) > 0).nonzero().tolist():
    begin, piece = places[units[i]][0], units[j]
    while piece + 1 < len(places) - 1 and piece + 1 not in units:
        piece += 1
    print((begin, places[piece][1]), known["labels"][label]["name"], float(logits[label, i, j].sigmoid()))
"""
