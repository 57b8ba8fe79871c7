"""What a child does not import, and that whoever asks for it gets all of it."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from lepton_studio.child.light_imports import PutOff, put_off

_A_CHILD = """
import json, sys
from lepton_studio.child.light_imports import PutOff, import_lightly
import_lightly()
import lepton_studio.child.service, torch, transformers
from lepton_studio.child.warm import warm_up
warm_up()
heavy = ("torch._dynamo", "torch.distributed.tensor", "accelerate", "sklearn", "scipy.linalg", "scipy.stats")
loaded = [one for one in heavy if one in sys.modules and not isinstance(sys.modules[one], PutOff)]
doubled = torch.compile(lambda numbers: numbers * 2, backend="eager")(torch.ones(2)).tolist()
is_whole = not isinstance(sys.modules["torch._dynamo"], PutOff)
from peft import LoraConfig, get_peft_model  # it takes the tensors of distributed training for loaded
from transformers import BertConfig, BertModel
tiny = BertModel(BertConfig(vocab_size=9, hidden_size=8, num_hidden_layers=1, num_attention_heads=1))
get_peft_model(tiny, LoraConfig(target_modules=["query"]))
print(json.dumps([loaded, doubled, is_whole, "BertModel" in dir(transformers.models.bert)]))
"""


def test_a_child_starts_without_what_it_does_not_need_and_may_still_ask_for_it() -> None:
    told = subprocess.run([sys.executable, "-c", _A_CHILD], capture_output=True, text=True, timeout=300, check=False)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == [[], [2.0, 2.0], True, True]


def test_a_module_that_is_put_off_is_loaded_when_more_is_asked_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "parent_of_slow"
    (package / "slow").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "slow" / "__init__.py").write_text("def mark(function): return 'marked'\nmore = 7\n")
    (package / "slow" / "small.py").write_text("found = 3\n")
    (package / "slow" / "large.py").write_text("from parent_of_slow import slow\nfound = slow.more\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    parent_of_slow = importlib.import_module("parent_of_slow")

    put_off("parent_of_slow.slow", but=("small",), mark=lambda function: function)
    put_off("parent_of_slow.none", mark=lambda function: function)  # is not there: nothing happens
    importlib.import_module("parent_of_slow.slow.small")

    slow = parent_of_slow.slow
    assert (slow.small.found, slow.mark(5)) == (3, 5)
    assert isinstance(slow, PutOff) and not hasattr(slow, "__wrapped__")

    importlib.import_module("parent_of_slow.slow.large")  # its first line finds what it lies in loaded

    assert not isinstance(slow, PutOff)
    assert (slow.large.found, slow.small.found, slow.mark(5)) == (7, 3, "marked")
    with pytest.raises(AttributeError):
        slow.nothing  # noqa: B018 - the asking is what is tested
