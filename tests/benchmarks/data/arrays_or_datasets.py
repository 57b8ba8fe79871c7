"""What a training run does with its rows, tokenise once and draw padded batches in an order of its own: with arrays
and with `datasets`; and reading a saved folder with pyarrow alone, and with `datasets`. A process for each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from tests.benchmarks.figure import Figure

ROWS = 100_000
FOLDER_ROWS = 20_000
_TOKENIZER = """
chance = random.Random(7)
words = [f"word{number}" for number in range(5000)]
texts = [" ".join(chance.choices(words, k=chance.randint(5, 40))) for _ in range(ROWS)]
labels = [number % 20 for number in range(ROWS)]
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
trainer = trainers.WordPieceTrainer(vocab_size=3000, special_tokens=["[UNK]"], show_progress=False)
tokenizer.train_from_iterator(texts[:2000], trainer)
def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before = memory()
"""
_OURS = """
from array import array
from lepton_studio.training.batches import epoch_batches
from lepton_studio.training.tokens import pad
began = time.perf_counter()
examples = []
for start in range(0, ROWS, 1000):
    for one in tokenizer.encode_batch_fast(texts[start : start + 1000]):
        examples.append(array("i", one.ids))
tokenised = time.perf_counter() - began
began = time.perf_counter()
for batch in epoch_batches([len(one) for one in examples], batch_size=32, seed=1, epoch=0):
    some = [examples[position] for position in batch]
    padded = pad(some, length=max(map(len, some)), fill=0)
drawn = time.perf_counter() - began
"""
_THEIRS = """
import datasets
from lepton_studio.training.batches import epoch_batches
datasets.disable_progress_bars()
folder = tempfile.TemporaryDirectory()
began = time.perf_counter()
held = datasets.Dataset.from_dict({"text": texts, "label": labels})
held = held.map(
    lambda some: {"input_ids": [one.ids for one in tokenizer.encode_batch_fast(some["text"])]},
    batched=True, batch_size=1000, remove_columns=["text"], cache_file_name=folder.name + "/tokens.arrow",
)
tokenised = time.perf_counter() - began
began = time.perf_counter()
lengths = [len(one) for one in held["input_ids"]]
for batch in epoch_batches(lengths, batch_size=32, seed=1, epoch=0):
    some = held[batch]["input_ids"]
    longest = max(map(len, some))
    padded = torch.tensor([one + [0] * (longest - len(one)) for one in some])
drawn = time.perf_counter() - began
"""
_END = """
print(json.dumps({"tokenised": tokenised, "drawn": drawn, "memory": memory() - before}))
"""
_WRITE = """
import json, sys, time
from pathlib import Path
began = time.perf_counter()
count = int(sys.argv[3])
names = [f"label {number}" for number in range(7)]
if sys.argv[2] == "pyarrow":
    from lepton_studio.formats import OutLabel, Row, write
    from lepton_studio.project.marks import Marks

    rows = (Row(f"text number {number}", Marks(labels=(names[number % 7],))) for number in range(count))
    write("datasets", Path(sys.argv[1]), rows=rows, labels=[OutLabel(name) for name in names])
else:
    import datasets

    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=names)})
    rows = ({"text": f"text number {number}", "label": number % 7} for number in range(count))
    held = datasets.Dataset.from_list(list(rows), features=features)
    datasets.DatasetDict({"train": held}).save_to_disk(sys.argv[1])
print(json.dumps({"rows": count, "seconds": time.perf_counter() - began}))
"""
_READ = """
import json, sys, time
began = time.perf_counter()
if sys.argv[2] == "pyarrow":
    from lepton_studio.native.arrow import stream
    rows = sum(1 for _ in stream(__import__("pathlib").Path(sys.argv[1]) / "train" / "data-00000-of-00001.arrow")) - 1
else:
    import datasets
    held = datasets.load_from_disk(sys.argv[1])["train"]
    rows = sum(1 for _ in held)
print(json.dumps({"rows": rows, "seconds": time.perf_counter() - began}))
"""


def a_training_run() -> list[Figure]:
    """Seconds and memory of 100,000 rows."""
    start = f"import json, os, random, resource, sys, tempfile, time\nimport torch\nROWS = {ROWS}\n" + _TOKENIZER
    found = {name: _told(start + part + _END) for name, part in (("arrays", _OURS), ("datasets", _THEIRS))}
    note = f"n={ROWS:,} texts of 5 to 40 words, batches of 32, one process each, one time"
    return [
        Figure(f"{what}: {name}", round(told[key], 2), unit, note=note)
        for what, key, unit in (
            ("tokenised", "tokenised", "s"),
            ("one epoch of batches", "drawn", "s"),
            ("memory beyond texts", "memory", "MB"),
        )
        for name, told in found.items()
    ]


def a_saved_folder() -> list[Figure]:
    """Seconds of a new process until the last row of a folder of `save_to_disk` is written, or read."""
    import tempfile
    from pathlib import Path

    found = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (20, FOLDER_ROWS):
            for way in ("pyarrow", "datasets"):
                target = str(Path(folder) / f"{way}-{count}")
                for what, code in (("written", _WRITE), ("read", _READ)):
                    seconds = round(_told(code, target, way, str(count))["seconds"], 2)
                    found.append(Figure(f"{count:,} rows {what}: {way}", seconds, "s", note="one time"))
    return found


def _told(code: str, *arguments: str) -> dict[str, float]:
    environment = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "USE_TORCH": "0"}
    command: Sequence[str] = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=500)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


FIGURES = [a_training_run, a_saved_folder]
