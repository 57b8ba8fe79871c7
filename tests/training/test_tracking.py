"""The events of TensorBoard that a run leaves are read back as records of its file format. No child."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.child import tracking
from lepton_studio.runs.digests import data_digests
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.wire import encode
from tests.training.tiny import write_run
from tests.ui.tuned_project import run_events


def crc32c(data: bytes) -> int:
    """Castagnoli's checksum, bit by bit (RFC 3720, appendix B.4)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    """As TFRecord files have it: tensorflow.org/tutorials/load_data/tfrecord."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(folder: Path) -> Iterator[bytes]:
    """Those of the only file of events, with their checksums looked at."""
    [file] = folder.iterdir()
    rest = file.read_bytes()
    while rest:
        head, (size, check) = rest[:8], struct.unpack("<QI", rest[:12])
        data, (after,) = rest[12 : 12 + size], struct.unpack("<I", rest[12 + size : 16 + size])
        assert check == masked(head) and after == masked(data)
        yield data
        rest = rest[16 + size :]


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A folder with data, a job and the events of 30 steps."""
    folder = write_run(tmp_path / "run", model="built-in")
    folder.events_file.write_text("".join(f"{encode(event)}\n" for event in run_events(steps=240)), "utf-8")
    return folder


def test_curves_settings_and_digests_of_a_run_are_read_back(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData

    monkeypatch.setattr(tracking, "_MOST_STEPS", 24)
    tracking.track(run)
    tracking.track(run)  # of a run that was resumed: in place of the first ones
    told = [Event.FromString(one) for one in records(run.tensorboard)]
    assert told[0].file_version == "brain.Event:2"
    values = {(one.step, value.tag): value for one in told for value in one.summary.value}
    assert {step for step, tag in values if tag == "validation_macro_f1"} == {0, 120, 240}, "no evaluation is left out"
    assert 20 <= sum(tag == "train_loss" for _, tag in values) <= 30
    assert values[240, "validation_accuracy"].simple_value == pytest.approx(0.87, abs=0.02)
    settings = HParamsPluginData.FromString(values[0, "_hparams_/session_start_info"].metadata.plugin_data.content)
    hparams = settings.session_start_info.hparams
    assert hparams["model"].string_value == "built-in" and hparams["batch_size"].number_value > 0
    [text] = values[0, "run/text_summary"].tensor.string_val
    assert json.loads(text.decode().strip("`json\n"))["data"] == data_digests(run)


def test_no_run_fails_where_they_cannot_be_written(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    run.job_file.write_text("[]")
    tracking.track(run)
    assert "no events for TensorBoard" in capsys.readouterr().err and not run.tensorboard.exists()
