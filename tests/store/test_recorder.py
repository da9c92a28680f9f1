"""Recording: what is on the disk and when, and what a full disk or a wrong name does."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import numpy as np
import pytest
from mcap.reader import NonSeekingReader, make_reader

from tests.store.recorded_world import T0, make_scan, make_track, record_minute
from vedette.errors import RecordingError
from vedette.store import Recorder, encode_scan, encode_tracks, open_recording
from vedette.store.schema import TOPICS


def test_the_library_s_readers_find_every_message(recorded):
    path, kept = recorded
    with path.open("rb") as file:
        seeking = [
            (c.topic, m.log_time, m.data) for _, c, m in make_reader(file, validate_crcs=True).iter_messages()
        ]
    with path.open("rb") as file:
        plain = list(NonSeekingReader(file, validate_crcs=True).iter_messages(log_time_order=False))
    assert len(seeking) == len(plain) == len(kept)
    assert sorted(seeking) == sorted((c.topic, m.log_time, m.data) for _, c, m in plain)
    by_topic = {
        "/raw/beast": 60,
        "/scan/north-radar": 60,
        "/scan/adsb": 60,
        "/tracks": 60,
        "/alerts": 60,
        "/acts": 3,
        "/advice": 3,
    }
    found = [channel.topic for _, channel, _ in plain]
    assert {topic: found.count(topic) for topic in by_topic} == by_topic
    assert [m.data for _, c, m in plain if c.topic == "/scan/adsb"][7] == encode_scan(kept[7 * 5 + 3 + 2])


def test_the_index_agrees_with_the_content(recorded):
    path, kept = recorded
    with path.open("rb") as file:
        statistics = make_reader(file).get_summary().statistics
    assert statistics.message_count == len(kept)
    assert statistics.message_start_time == T0 - 5
    assert statistics.message_end_time == T0 + 59 * 10**9 + 2
    assert statistics.metadata_count == 2


def test_json_topics_carry_a_schema_and_raw_bytes_none(exercise):
    path, _, _ = exercise
    with path.open("rb") as file:
        summary = make_reader(file).get_summary()
    for channel in summary.channels.values():
        if channel.topic.startswith("/raw/"):
            assert (channel.schema_id, channel.message_encoding) == (0, "application/octet-stream")
        else:
            schema = summary.schemas[channel.schema_id]
            assert (schema.encoding, channel.message_encoding) == ("jsonschema", "json")
            assert b'"type": "object"' in schema.data
    assert len(summary.schemas) == len(TOPICS)


def test_raw_returns_the_number_that_the_replay_gives(tmp_path):
    with Recorder(tmp_path / "a.mcap", {}) as recorder:
        first = recorder.raw("beast", b"\x1a3", T0)
        recorder.scan(make_scan(np.random.default_rng(1), T0))
        second = recorder.raw("sbs", b"MSG,3", T0 + 1)
        assert recorder.counts == {"/raw/beast": 1, "/raw/sbs": 1, "/scan/north-radar": 1}
    assert [(c.index, c.feed) for c in open_recording(tmp_path / "a.mcap").raw()] == [
        (first, "beast"),
        (second, "sbs"),
    ]


def on_disk(path):
    """How many messages another process would find now."""
    try:
        return sum(open_recording(path).counts.values())
    except RecordingError:
        return 0


def test_everything_is_handed_over_within_a_second_of_data_time(tmp_path):
    recorder = Recorder(tmp_path / "a.mcap", {})
    for k in range(40):
        recorder.tracks(T0 + k * 250_000_000, [])
        assert k + 1 - on_disk(recorder.path) <= 4
    recorder.close()


def test_the_disk_is_waited_for_every_ten_seconds_of_data_time(tmp_path, monkeypatch):
    recorder, waits = Recorder(tmp_path / "a.mcap", {}), []
    monkeypatch.setattr(os, "fsync", lambda handle: waits.append(recorder.counts["/tracks"]))
    for k in range(45):
        recorder.tracks(T0 + k * 10**9, [])
    assert waits == [11, 21, 31, 41]
    monkeypatch.undo()
    recorder.close()


def test_bytes_and_data_may_live_in_different_years(tmp_path):
    """A recorded feed of 2017 received today: neither clock makes the other flush at every message."""
    recorder = Recorder(tmp_path / "a.mcap", {})
    for k in range(10):
        recorder.raw("beast", b"x", T0 + 10**17 + k * 10_000_000)
        recorder.tracks(T0 + k * 10_000_000, [])
    assert on_disk(recorder.path) == 0
    recorder.close()
    recording = open_recording(recorder.path)
    assert (recording.t_begin, recording.t_end) == (T0, T0 + 90_000_000)


def test_a_clock_set_back_does_not_stop_the_flushing(tmp_path):
    recorder = Recorder(tmp_path / "a.mcap", {})
    recorder.tracks(T0 + 10**15, [])
    for k in range(10):
        recorder.tracks(T0 + k * 10**9, [])
    assert on_disk(recorder.path) >= 10
    recorder.close()


def test_flush_puts_all_on_the_disk(tmp_path):
    recorder = Recorder(tmp_path / "a.mcap", {})
    recorder.raw("beast", b"x", T0)
    assert on_disk(recorder.path) == 0
    recorder.flush()
    assert on_disk(recorder.path) == 1
    recorder.close()


def test_flush_waits_for_the_disk(tmp_path, monkeypatch):
    """What a power cut spares cannot be tried here; that the disk is asked, after all was written, can."""
    recorder = Recorder(tmp_path / "a.mcap", {})
    recorder.raw("beast", b"x", T0)
    found = []
    monkeypatch.setattr(os, "fsync", lambda handle: found.append(on_disk(recorder.path)))
    recorder.flush()
    recorder.close()
    assert found == [1, 1]


def test_equal_input_gives_equal_files(tmp_path):
    for name in ("a.mcap", "b.mcap"):
        with Recorder(tmp_path / name, {"seed": "1"}) as recorder:
            record_minute(recorder)
    assert (tmp_path / "a.mcap").read_bytes() == (tmp_path / "b.mcap").read_bytes()


def test_an_existing_recording_is_never_overwritten(recorded):
    path, _ = recorded
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="exists already"):
        Recorder(path, {})
    assert path.read_bytes() == before


@pytest.mark.parametrize(("name", "words"), [("a.txt", r"\.mcap"), ("no/folder/a.mcap", "cannot be created")])
def test_a_path_that_cannot_be_is_refused_in_words(tmp_path, name, words):
    with pytest.raises(RecordingError, match=words):
        Recorder(tmp_path / name, {})


@pytest.mark.parametrize("t", [-1, 2**63])
def test_a_time_that_cannot_be_is_refused_and_harms_nothing(tmp_path, t):
    with Recorder(tmp_path / "a.mcap", {}) as recorder:
        recorder.tracks(T0, [])
        with pytest.raises(RecordingError, match="no time"):
            recorder.tracks(t, [])
        recorder.tracks(T0, [])
    recording = open_recording(tmp_path / "a.mcap")
    assert (recording.counts, recording.damage) == ({"/tracks": 2}, "")


def test_after_closing_nothing_more_is_taken(tmp_path):
    recorder = Recorder(tmp_path / "a.mcap", {})
    recorder.tracks(T0, [])
    recorder.close()
    recorder.close()
    with pytest.raises(RecordingError, match="closed"):
        recorder.tracks(T0, [])


FULL_DISK = """
import resource, sys
from vedette.errors import RecordingError
from vedette.store import Recorder
recorder = Recorder(sys.argv[1], {})
for k in range(20):
    recorder.raw("beast", bytes(range(256)) * 40, k * 10**9)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
failures = 0
for k in range(20, 2000):
    try:
        recorder.raw("beast", k.to_bytes(4, "big") * 9, k * 10**9)
    except RecordingError as error:
        failures += 1
        message = str(error)
try:
    recorder.close()
except RecordingError:
    failures += 1
print(failures, message)
"""


def test_a_full_disk_is_said_and_keeps_what_was_flushed(tmp_path):
    path = tmp_path / "full.mcap"
    child = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path), "20000"], capture_output=True, text=True, check=True
    )
    failures, message = child.stdout.split(" ", 1)
    assert int(failures) > 100
    assert "start a new" in message
    found = list(open_recording(path).raw())
    assert [chunk.index for chunk in found] == list(range(len(found)))
    assert len(found) > 20
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 20000


def test_tracks_are_stored_as_given(tmp_path):
    found = [make_track(np.random.default_rng(k), T0, number=k) for k in (3, 1, 2)]
    with Recorder(tmp_path / "a.mcap", {}) as recorder:
        recorder.tracks(T0, found)
    (stored,) = open_recording(tmp_path / "a.mcap").tracks()
    assert encode_tracks(*stored) == encode_tracks(T0, found)
