"""Replay: the same values in the same order, from whole, killed, cut and damaged files."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from mcap.reader import NonSeekingReader
from mcap.records import Chunk
from mcap.stream_reader import StreamReader
from mcap.writer import Writer

from tests.store.recorded_world import T0, make_scan, record_minute
from tests.store.test_codec import same
from vedette.errors import RecordingError
from vedette.store import Act, AlertSet, OperationsSet, RawChunk, Recorder, TrackSet, open_recording, repair
from vedette.types import Advised, Scan


def alike(found, kept):
    """Same entries in the same order, to the bit."""
    return len(found) == len(kept) and all(same(a, b) for a, b in zip(found, kept, strict=True))


def of(kind, kept):
    return [entry for entry in kept if isinstance(entry, kind)]


def test_everything_comes_back_in_order(recorded):
    path, kept = recorded
    recording = open_recording(path)
    assert recording.damage == ""
    assert recording.metadata == {"schema_version": "1", "site": "name = 'base'\n", "seed": "1"}
    assert sum(recording.counts.values()) == len(kept)
    assert recording.counts["/acts"] == 3
    assert (recording.t_begin, recording.t_end) == (T0, T0 + 59 * 10**9 + 2)
    assert alike(list(recording.messages()), kept)


def test_each_kind_alone(recorded):
    path, kept = recorded
    recording = open_recording(path)
    assert alike(list(recording.scans()), of(Scan, kept))
    assert alike(list(recording.raw()), of(RawChunk, kept))
    assert alike(list(recording.tracks()), of(TrackSet, kept))
    assert alike(list(recording.alerts()), of(AlertSet, kept))
    assert alike(list(recording.acts()), of(Act, kept))


def test_from_a_time_on(recorded):
    path, kept = recorded
    t = T0 + 30 * 10**9
    expected = [scan for scan in of(Scan, kept) if scan.t1 >= t]
    assert len(expected) == 60
    assert alike(list(open_recording(path).scans(t)), expected)
    assert list(open_recording(path).scans(T0 + 10**12)) == []


def test_the_bytes_of_a_replayed_recording_are_those_of_the_first(recorded, tmp_path):
    """Recording what a recording holds gives the same file: nothing is lost or turned on the way."""
    path, _ = recorded
    metadata = {"site": "name = 'base'\n", "seed": "1"}
    with Recorder(tmp_path / "again.mcap", metadata) as again:
        for entry in open_recording(path).messages():
            if isinstance(entry, RawChunk):
                again.raw(entry.feed, entry.data, entry.t_rx)
            elif isinstance(entry, Scan):
                again.scan(entry)
            elif isinstance(entry, TrackSet):
                again.tracks(*entry)
            elif isinstance(entry, AlertSet):
                again.alerts(*entry)
            elif isinstance(entry, OperationsSet):
                again.operations(*entry)
            elif isinstance(entry, Advised):
                again.advice(entry)
            else:
                again.act(*entry)
    assert (tmp_path / "again.mcap").read_bytes() == path.read_bytes()


RECORD_UNTIL_KILLED = """
import sys
sys.path.insert(0, sys.argv[2])
from tests.store.recorded_world import T0, record_minute
from vedette.store import Recorder
recorder = Recorder(sys.argv[1], {"site": "x", "seed": "1"}, flush_s=1e6)
kept = record_minute(recorder, seconds=20)
recorder.flush()
print(len(kept), flush=True)
record_minute(recorder, seconds=int(sys.argv[3]))
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("unflushed_seconds", [3, 500])
def test_a_killed_recorder_loses_nothing_that_was_flushed(tmp_path, unflushed_seconds, pytestconfig):
    """A real process, killed with SIGKILL; 500 s more fill chunks that were written but never flushed."""
    path = tmp_path / "killed.mcap"
    arguments = [str(path), str(pytestconfig.rootpath), str(unflushed_seconds)]
    child = subprocess.Popen(
        [sys.executable, "-c", RECORD_UNTIL_KILLED, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(pytestconfig.rootpath / "src")},
    )
    with child:
        flushed = int(child.stdout.readline())
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGKILL)
    with Recorder(tmp_path / "whole.mcap", {"site": "x", "seed": "1"}) as whole:
        kept = record_minute(whole, seconds=20)
    recording = open_recording(path)
    found = list(recording.messages())
    assert flushed == len(kept)
    assert alike(found[:flushed], kept)
    assert "not whole" in recording.damage
    assert recording.metadata["site"] == "x"


def chunk_ends(data):
    """Offset behind each chunk, by the library's reader."""
    stream = io.BytesIO(data)
    return [
        stream.tell()
        for record in StreamReader(stream, emit_chunks=True).records
        if isinstance(record, Chunk)
    ]


@pytest.fixture
def short(tmp_path):
    """A short recording in several chunks: (bytes, ends of its chunks, messages in each)."""
    path = tmp_path / "short.mcap"
    rng = np.random.default_rng(9)
    kept, sizes = [], []
    with Recorder(path, {"site": "x"}, flush_s=1e6) as recorder:
        for k in range(5):
            sizes.append(k + 1)
            for _ in range(k + 1):
                kept.append(make_scan(rng, T0 + k, n=1))
                recorder.scan(kept[-1])
            recorder.flush()
    data = path.read_bytes()
    return data, chunk_ends(data), sizes, kept


EVERY_BYTE = pytest.param(1, marks=pytest.mark.slow)


@pytest.mark.parametrize("step", [37, EVERY_BYTE])
def test_a_file_cut_anywhere_keeps_every_whole_chunk(short, tmp_path, step):
    data, ends, sizes, kept = short
    assert len(ends) == 5
    path = tmp_path / "cut.mcap"
    for length in sorted({*range(0, len(data), step), *ends}):
        path.write_bytes(data[:length])
        whole = sum(size for size, end in zip(sizes, ends, strict=True) if end <= length)
        if whole == 0:
            with pytest.raises(RecordingError):
                open_recording(path)
            continue
        recording = open_recording(path)
        assert recording.damage
        assert recording.counts == {"/scan/north-radar": whole}
        if length % 50 == 0:
            assert alike(list(recording.scans()), kept[:whole])


@pytest.mark.parametrize("step", [37, EVERY_BYTE])
def test_a_flipped_bit_anywhere_costs_at_most_what_it_hit(short, tmp_path, step):
    """The chunks before it stay, nothing untrue is read, every loss is said, nothing but RecordingError."""
    data, ends, sizes, kept = short
    path = tmp_path / "flipped.mcap"
    recovered = 0
    places = range(0, len(data), step)
    for at in places:
        flipped = bytearray(data)
        flipped[at] ^= 1 << (at % 8)
        path.write_bytes(flipped)
        before = sum(size for size, end in zip(sizes, ends, strict=True) if end <= at)
        try:
            recording = open_recording(path)
            found = list(recording.scans())
        except RecordingError:
            assert before == 0
            continue
        assert len(found) >= before
        assert alike(found[:before], kept[:before])
        stored = {scan.detections[0].z.tobytes() for scan in kept}
        assert all(scan.detections[0].z.tobytes() in stored for scan in found)
        assert len(found) == len(kept) or recording.damage
        recovered += len(found)
    assert recovered > 0.75 * len(places) * len(kept)


def test_a_damaged_chunk_is_left_out_and_counted(short, tmp_path):
    data, ends, _, kept = short
    flipped = bytearray(data)
    flipped[ends[2] - 30] ^= 4
    path = tmp_path / "flipped.mcap"
    path.write_bytes(flipped)
    recording = open_recording(path)
    assert "1 damaged chunk" in recording.damage
    assert "3 message(s) are missing" in recording.damage
    assert alike(list(recording.scans()), kept[:3] + kept[6:])


def test_damaged_metadata_are_never_believed(short, tmp_path):
    """A sealed recording has them twice; one that was cut has lost them and says so."""
    data, ends, _, kept = short
    at = data.index(b"site") + 8
    path = tmp_path / "flipped.mcap"
    path.write_bytes(data[:at] + b"y" + data[at + 1 :])
    recording = open_recording(path)
    assert recording.metadata["site"] == "x"
    assert "a copy of its metadata is damaged" in recording.damage
    path.write_bytes(data[:at] + b"y" + data[at + 1 : ends[4]])
    recording = open_recording(path)
    assert recording.metadata == {}
    assert "its metadata are damaged" in recording.damage
    assert alike(list(recording.scans()), kept)


def test_repair_seals_a_cut_recording(short, tmp_path):
    data, ends, _, kept = short
    (tmp_path / "cut.mcap").write_bytes(data[: ends[3] + 20])
    mended = repair(tmp_path / "cut.mcap", tmp_path / "mended.mcap")
    assert mended.damage == ""
    assert "breaks off" in mended.metadata["repaired"]
    assert mended.metadata["site"] == "x"
    assert alike(list(mended.scans()), kept[:10])
    with (tmp_path / "mended.mcap").open("rb") as file:
        assert len(list(NonSeekingReader(file, validate_crcs=True).iter_messages())) == 10


def test_repair_keeps_the_numbers_of_raw_bytes(recorded, tmp_path):
    path, kept = recorded
    (tmp_path / "cut.mcap").write_bytes(path.read_bytes()[:-1000])
    mended = repair(tmp_path / "cut.mcap", tmp_path / "mended.mcap")
    found = list(mended.messages())
    assert len(found) > 100
    assert alike(found, kept[: len(found)])
    with pytest.raises(RecordingError, match="exists already"):
        repair(path, path)


@pytest.mark.parametrize(
    "content", [b"", b"no recording at all", b"\x89MCAP0\r\n", b"\x89MCAP0\r\n" + bytes(100)]
)
def test_what_is_no_recording_is_refused_in_words(tmp_path, content):
    path = tmp_path / "a.mcap"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match="is not a recording of Vedette"):
        open_recording(path)


def test_a_missing_file_and_a_folder_are_refused_in_words(tmp_path):
    for path in (tmp_path / "none.mcap", tmp_path):
        with pytest.raises(RecordingError, match="cannot be read"):
            open_recording(path)


def test_another_program_s_mcap_is_refused_in_words(tmp_path):
    path = tmp_path / "robot.mcap"
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start(profile="ros2")
        writer.add_message(writer.register_channel("/scan/x", "json", 0), 1, b"{}", 1)
        writer.finish()
    with pytest.raises(RecordingError, match="is not a recording of Vedette"):
        open_recording(path)


def test_a_recording_without_messages_is_refused_in_words(tmp_path):
    Recorder(tmp_path / "a.mcap", {}).close()
    with pytest.raises(RecordingError, match="nothing to replay"):
        open_recording(tmp_path / "a.mcap")


def test_an_unknown_schema_version_is_refused_in_words(tmp_path):
    with Recorder(tmp_path / "a.mcap", {"schema_version": "99"}) as recorder:
        recorder.tracks(T0, [])
    with pytest.raises(RecordingError, match="schema version 99"):
        open_recording(tmp_path / "a.mcap")


def test_a_message_that_breaks_the_schema_is_refused_in_words(tmp_path):
    path = tmp_path / "odd.mcap"
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start(profile="vedette")
        writer.add_message(writer.register_channel("/scan/x", "json", 0), 1, b'{"sensor": 7}', 1)
        writer.add_message(writer.register_channel("/other", "json", 0), 1, b"{}", 1, 1)
        writer.finish()
    recording = open_recording(path)
    with pytest.raises(RecordingError, match="stored schema"):
        list(recording.scans())
    assert list(recording.messages(topics=("/other",))) == []


def test_a_recording_changed_under_the_reader_is_noticed(recorded):
    path, _ = recorded
    recording = open_recording(path)
    data = bytearray(path.read_bytes())
    data[2000] ^= 1
    path.write_bytes(data)
    with pytest.raises(RecordingError, match="changed"):
        list(recording.messages())
    path.unlink()
    with pytest.raises(RecordingError, match="cannot be read any more"):
        list(recording.messages())
