"""The lines of Python that use a saved model of word statistics without Lepton Studio: what its README says.

They are written for developers, run inside the model's folder, and need numpy and safetensors alone (and
sentence-transformers where an encoder is beside the words). They do what `terms.py` and `words.py` do.
"""

from __future__ import annotations

from lepton_studio.quick.regression import Kind
from lepton_studio.quick.terms import LONGEST_WORD
from lepton_studio.scripts import UNSPACED

WEIGHTS_FILE = "words.safetensors"
"""`idf` [terms], `weight` [outputs, terms], `bias` [outputs]."""
VOCABULARY_FILE = "words.json"
"""The terms, in the order of the weights."""


def usage_code(kind: Kind, *, has_encoder: bool) -> str:
    """The lines, which leave what they found under the name that the README of such a model explains."""
    imports = _IMPORTS + (_WITH_ENCODER if has_encoder else "")
    words = _WORDS.replace("SCRIPTS", ascii(UNSPACED)).replace("LONGEST", str(LONGEST_WORD))
    return imports + words + (_ENCODED if has_encoder else "") + _SAID[kind]


_IMPORTS = """
import json, re
from collections import Counter
import numpy as np
from safetensors.numpy import load_file
"""

_WITH_ENCODER = "from sentence_transformers import SentenceTransformer\n"

_WORDS = r"""
known = json.load(open("lepton.json", encoding="utf-8"))
place = {term: at for at, term in enumerate(json.load(open("words.json", encoding="utf-8")))}
words = load_file("words.safetensors")

unspaced = SCRIPTS
pieces = re.compile(f"[{unspaced}]+|[^\\W{unspaced}]+|[^\\w\\s]")

def terms(text):
    before, found = "", []
    for piece in pieces.findall(text.lower()):
        is_word = not re.match(f"[{unspaced}]", piece)
        if is_word:
            found += ["w" + piece] + ([f"w{before} {piece}"] if before else [])
        before = piece if is_word else ""
        inside = f" {piece[:LONGEST]} " if is_word else piece
        for size in range(2 if is_word else 1, 6):
            found += ["c" + inside[start : start + size] for start in range(len(inside) - size + 1)]
    return found

def logits(text):
    first, *second = [text] if isinstance(text, str) else text
    found = terms(first)
    for other in map(terms, second):
        found += ["2" + one for one in other] + ["=" + one for one in set(found) & set(other)]
    counts = {one: count for one, count in Counter(found).items() if one in place}
    groups = {one: one[:2] if one[0] in "2=" else one[0] for one in counts}
    values = {one: (1 + np.log(count)) * words["idf"][place[one]] for one, count in counts.items()}
    sizes = {group: sum(values[one] ** 2 for one in values if groups[one] == group) for group in groups.values()}
    values = {one: value / sizes[groups[one]] ** 0.5 for one, value in values.items()}
    length = sum(value**2 for value in values.values()) ** 0.5
    return words["bias"] + sum(words["weight"][:, place[one]] * value / length for one, value in values.items())

texts = ["a text"]
found = np.array([logits(text) for text in texts])
"""

_ENCODED = 'found = found + SentenceTransformer(".").encode(texts)\n'

_SAID: dict[Kind, str] = {
    "choice": """
raised = np.exp(found - found.max(1, keepdims=True))
probabilities = raised / raised.sum(1, keepdims=True)
""",
    "choices": """
probabilities = 1 / (1 + np.exp(-found))
found = probabilities >= np.array(known["thresholds"])
""",
    "number": """
ratings = np.clip(found[:, 0], known["lowest"], known["highest"])
""",
}
