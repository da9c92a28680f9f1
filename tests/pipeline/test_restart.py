"""What people did and what alarmed outlive any end of the process, and a replay knows of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from tests.pipeline.runs import BEGIN, demo, recorded, stored
from vedette.clock import NS
from vedette.errors import RecordingError
from vedette.pipeline import Pipeline, Replayer, entries, run_fast, site_of
from vedette.store import OperationsStore, open_recording
from vedette.types import AlertState, Mode, acts
from vedette.types.acts import Affiliation

TESTS = Path(__file__).parents[2]
CORRIDOR = {"name": "Wadi", "corridor": [[33.8, 42.3], [34.0, 42.4]], "width": 4000.0, "severity": "critical"}


def everything(pipeline: Pipeline) -> None:
    """One act of every kind, about whatever is open."""
    first = next(alert for alert in pipeline.picture.alerts if alert.zone == "Inner")
    second = next(alert for alert in pipeline.picture.alerts if alert.track != first.track)
    aircraft = next(track.id for track in pipeline.picture.tracks if track.identity)
    by = "Duty officer"
    for act in (
        acts.Acknowledge(alert=first.id, by=by, note="seen from the tower"),
        acts.Assign(alert=first.id, to="Patrol 3", by=by),
        acts.Close(alert=second.id, by=by, note="a kite"),
        acts.Identify(track=aircraft, identity=Affiliation.FRIEND, by=by, note="scheduled"),
        acts.SetPosture(level="high", by=by, note="two tracks inbound"),
        acts.SetRule(rule=CORRIDOR, by=by),
        acts.Switch(rule="Outer", on=False, by=by, note="too many"),
        acts.Remark(text="Camera 2 is dirty.", by=by),
    ):
        assert pipeline.act(act).changed


def drive(pipeline: Pipeline, begin: float, end: float, act_at: float | None = None) -> None:
    """Play the demo from one second to another."""
    show = demo()
    for scan in show.scans():
        s = (scan.t1 - show.begin) / NS
        if s > end:
            break
        if (
            act_at is not None
            and s > act_at
            and any(alert.zone == "Inner" for alert in pipeline.picture.alerts)
        ):
            everything(pipeline)
            act_at = None
        if s > begin:
            pipeline.step(scan)
    assert act_at is None
    pipeline.close()


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Two recordings: 70 s with every act after 55 s, and, after a pause of 10 s, another 40 s; the store."""
    folder = tmp_path_factory.mktemp("restart")
    show = demo()
    for name, begin, end, act_at in (("first", 0.0, 70.0, 55.0), ("second", 80.0, 120.0, None)):
        pipeline = Pipeline(show.site, recorded(folder / f"{name}.mcap", show))
        pipeline.resume(OperationsStore(folder / "kept.sqlite"), BEGIN + round(begin * NS))
        drive(pipeline, begin, end, act_at)
    return folder / "first.mcap", folder / "second.mcap", folder / "kept.sqlite"


@pytest.mark.parametrize("run", [0, 1])
def test_a_replay_gives_the_same_bytes_with_every_act_and_after_a_restart(
    runs: tuple[Path, Path, Path], run: int, tmp_path: Path
) -> None:
    show, recording = demo(), open_recording(runs[run])
    again = Pipeline(site_of(recording), recorded(tmp_path / "again.mcap", show), mode=Mode.REPLAY)
    run_fast(again, entries(recording))
    again.close()
    topics = ("/tracks", "/alerts", "/acts", "/operations")
    first = stored(runs[run], *topics)
    assert stored(tmp_path / "again.mcap", *topics) == first
    kinds = {json.loads(data)["act"]["act"] for topic, data in first if topic == "/acts"}
    assert len(kinds) == (0 if run else 8)
    assert {topic for topic, _ in first} >= {"/tracks", "/alerts", "/operations"}


def test_a_replay_can_be_sought_across_acts(runs: tuple[Path, Path, Path]) -> None:
    recording = open_recording(runs[0])
    player = Replayer(Pipeline(site_of(recording), mode=Mode.REPLAY), recording)
    player.period = 3 * NS
    for s, level in ((69, "high"), (40, "normal"), (67, "high"), (5, "normal")):
        player.turn_to(BEGIN + s * NS)
        while not player.advance(BEGIN + s * NS):
            pass
        picture = player.pipeline.picture
        assert picture.posture is not None
        assert picture.posture.level == level
        assert len(player.pipeline.assessor.log) == (8 if level == "high" else 0)
        assert any(rule.name == "Wadi" for rule in player.pipeline.assessor.rules) is (level == "high")


def test_after_the_restart_everything_stands_and_numbers_begin_above(runs: tuple[Path, Path, Path]) -> None:
    before = [track.id for moment in open_recording(runs[0]).tracks() for track in moment.tracks]
    after = [track.id for moment in open_recording(runs[1]).tracks() for track in moment.tracks]
    assert min(after) > max(before)
    last = list(open_recording(runs[1]).alerts())[-1]
    (kept,) = [alert for alert in last.alerts if alert.restored and alert.assigned_to]
    assert kept.state is AlertState.ASSIGNED
    assert [step.by for step in kept.history][:3] == ["vedette", "Duty officer", "Duty officer"]
    assert kept.track in after  # carried over to the new track of the same drone
    assert "restored after a restart" in [step.note for step in kept.history]
    with OperationsStore(runs[2]) as store:
        found = store.load()
    assert [entry.act for entry in found.log][-1] == "remark"
    assert found.posture is not None
    assert (found.posture.level, found.posture.by) == ("high", "Duty officer")
    assert found.switched == {"Outer": False}
    assert [rule["name"] for rule in found.rules] == ["Wadi"]


def test_the_first_picture_after_a_restart_shows_what_was_open(
    runs: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    copy = tmp_path / "kept.sqlite"
    copy.write_bytes(runs[2].read_bytes())
    pipeline = Pipeline(demo().site)
    pipeline.resume(OperationsStore(copy), BEGIN + 200 * NS)
    assert pipeline.picture.alerts
    assert all(alert.restored for alert in pipeline.picture.alerts)
    pipeline.close()


def test_the_picture_goes_on_when_nothing_can_be_kept(tmp_path: Path) -> None:
    pipeline = Pipeline(demo().site)
    store = OperationsStore(tmp_path / "kept.sqlite")
    pipeline.resume(store, BEGIN)
    run_fast(pipeline, islice(demo().scans(), 20))
    store.close()  # what a full disk does to every later write
    assert pipeline.act(acts.Remark(text="still here", by="Lee")).changed
    run_fast(pipeline, islice(demo().scans(), 20, 40))
    assert pipeline.merged_counters()["pipeline.keeping_failed"] == 1
    (trouble,) = [sensor for sensor in pipeline.picture.sensors if sensor.sensor == "recording"]
    assert trouble.detail.endswith(".")
    with pytest.raises(RecordingError):
        store.load()


KILLED = """
import sys
from tests.pipeline.runs import BEGIN, demo
from vedette.clock import NS
from vedette.pipeline import Pipeline
from vedette.store import OperationsStore
from vedette.types import AlertState, acts
show = demo()
pipeline = Pipeline(show.site)
pipeline.resume(OperationsStore(sys.argv[1]), BEGIN)
for k, scan in enumerate(show.scans()):
    pipeline.step(scan)
    for alert in pipeline.picture.alerts:
        if alert.state is AlertState.NEW:
            pipeline.act(acts.Acknowledge(alert=alert.id, by="Lee", note=str(k)))
            print("ack", alert.id, k, flush=True)
    if k % 50 == 0:
        pipeline.act(acts.Remark(text=str(k), by="Lee"))
        print("say", "-", k, flush=True)
"""


@pytest.mark.slow
def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS / "src"), str(TESTS)])}
    command = [sys.executable, "-c", KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        told = []
        while sum(line.startswith("ack") for line in told) < 3:
            told.append(process.stdout.readline())
            assert told[-1], "the process ended by itself"
        process.send_signal(signal.SIGKILL)
        told += process.stdout.read().splitlines()
    said = [line.split() for line in told if len(line.split()) == 3]
    pipeline = Pipeline(demo().site)
    pipeline.resume(OperationsStore(path), BEGIN + 3600 * NS)
    found = {alert.id: alert for alert in pipeline.picture.alerts}
    acknowledged = {name: note for what, name, note in said if what == "ack" and name in found}
    assert len(acknowledged) >= 2
    for name, note in acknowledged.items():
        assert (found[name].history[1].by, found[name].history[1].note) == ("Lee", note)
    remarks = {entry.text for entry in pipeline.assessor.log if entry.act == "remark"}
    assert {note for what, _, note in said if what == "say"} <= remarks
    pipeline.close()
