"""The loop gives the same bytes live and replayed, at any speed, and survives what goes wrong around it."""

from __future__ import annotations

import dataclasses
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from tests.pipeline.runs import BEGIN, Seen, demo, drive, recorded, shown, stored
from vedette.clock import NS
from vedette.errors import ServiceError
from vedette.pipeline import (
    PICTURE_PERIOD,
    Pipeline,
    entries,
    origins_of,
    run_fast,
    simulated_in,
    site_of,
    warm_up,
)
from vedette.pipeline.loop import Pipeline as Loop
from vedette.store import Recorder, open_recording
from vedette.types import AlertState, Detection, FeedState, Kind, Scan
from vedette.types.acts import Acknowledge


def test_a_recorded_run_replays_to_the_same_bytes(tmp_path: Path) -> None:
    """Tracks, alerts and the act of a person in the middle, read back by another program."""
    first, second = tmp_path / "run.mcap", tmp_path / "again.mcap"
    show = demo()
    drive(Pipeline(show.site, recorded(first, show)), show, 50.0, ack_at=30.0)

    recording = open_recording(first)
    again = Pipeline(site_of(recording), Recorder(second, recording.metadata))
    run_fast(again, entries(recording))
    again.close()

    live = stored(first, "/tracks", "/alerts", "/acts")
    assert live == stored(second, "/tracks", "/alerts", "/acts")
    topics = [topic for topic, _ in live]
    assert topics.count("/acts") == 1
    assert topics.count("/tracks") > 80
    assert topics.count("/alerts") > 40
    assert b"seen from the tower" in dict(live)["/alerts"]


def test_a_recording_says_where_its_data_come_from(tmp_path: Path) -> None:
    show = demo()
    drive(Pipeline(show.site, recorded(tmp_path / "run.mcap", show)), show, 1.0)
    recording = open_recording(tmp_path / "run.mcap")
    assert simulated_in(recording) == {"North radar"}
    assert "AFR34ZG" in origins_of(recording)["ADS-B"]
    assert site_of(recording).name == show.site.name


def test_pictures_follow_data_time_only() -> None:
    seen = Seen()
    show = demo()
    pipeline = Pipeline(show.site, sinks=[seen])
    scans = list(islice(show.scans(), 200))
    for scan in scans:
        pipeline.step(scan)
    times = [picture.t for picture in seen.pictures]
    assert times[0] == scans[0].t1
    assert min(np.diff(times)) >= PICTURE_PERIOD
    expected, last = [], 0
    for t in (scan.t1 for scan in scans):
        if t - last >= PICTURE_PERIOD:
            expected.append(last := t)
    assert times == expected


def test_closing_shows_what_the_last_scans_brought() -> None:
    seen = Seen()
    show = demo()
    pipeline = Pipeline(show.site, sinks=[seen])
    scans = list(islice(show.scans(), 21))
    run_fast(pipeline, scans)
    pipeline.close()
    assert seen.closed
    assert seen.pictures[-1].t == scans[-1].t1


def test_the_demo_warns_of_both_drones_long_before_they_arrive() -> None:
    """Truth: when the scenario's drones really enter the inner zone."""
    show = demo()
    world = show.world
    inside = show.site.areas["Inner"].contains
    arrivals = [times["Inner"] for times in world.arrivals({"Inner": inside}).values()]
    assert len(arrivals) == 2
    assert all(arrival is not None for arrival in arrivals)
    pipeline = Pipeline(show.site)
    run_fast(pipeline, show.scans(), until=BEGIN + 60 * NS)
    raised = [alert for alert in pipeline.picture.alerts if alert.state is AlertState.NEW]
    assert len({alert.track for alert in raised if alert.zone == "Inner"}) == 2
    first = min(alert.t_raised for alert in raised)
    assert min(arrivals) - first > 120 * NS  # two minutes: time for people to reach shelter
    names = {f.value for track in pipeline.picture.tracks if (f := track.identity.get("callsign"))}
    assert names == {"AFR34ZG"}


def test_the_demo_goes_on_without_end_and_in_order() -> None:
    show = demo()
    end = show.world.end
    scans = []
    for scan in show.scans():
        scans.append(scan)
        if scan.t1 > end + 30 * NS:
            break
    keys = [scan.key for scan in scans]
    assert keys == sorted(keys)
    radar = [scan for scan in scans if scan.sensor == "North radar"]
    assert max(np.diff([scan.t1 for scan in radar])) < 2 * NS  # also across the begin of the next night
    before, after = ([s for s in radar if (s.t1 <= end) is early] for early in (True, False))
    assert all(s.detections for s in after[5:10]) or len(after) > 20
    firsts = [next(s for s in part if s.detections).detections[0].z for part in (before, after)]
    assert not np.array_equal(*firsts)  # another night


@pytest.mark.slow
def test_run_fast_stops_and_reports() -> None:
    show = demo()
    pipeline = Pipeline(show.site)
    told: list[tuple[int, int]] = []
    count = run_fast(
        pipeline, show.scans(), until=BEGIN + 100 * NS, progress=lambda t, n: told.append((t, n))
    )
    assert told[-1] == (pipeline.tracker.t, count)
    assert [n for _, n in told[:-1]] == list(range(200, count + 1, 200))
    assert BEGIN + 99 * NS < pipeline.tracker.t <= BEGIN + 100 * NS


def bearing_only(sensor: str, t: int) -> Scan:
    z, R = np.array([1.0]), np.array([[1e-4]])
    wrong = Detection(t=t, t_rx=t, sensor=sensor, seq=0, kind=Kind.AZ, z=z, R=R)
    return Scan(sensor=sensor, t0=t, t1=t, sector=None, detections=(wrong,))


def test_reports_a_sensor_cannot_place_are_counted_not_fatal() -> None:
    pipeline = Pipeline(demo().site)
    pipeline.step(bearing_only("ADS-B", BEGIN))
    pipeline.step(bearing_only("nobody's", BEGIN + NS))
    counters = pipeline.merged_counters()
    assert counters["pipeline.wrong_kind"] == 1
    assert counters["tracker.unknown_sensor"] == 1


def test_the_picture_goes_on_when_the_recording_cannot(tmp_path: Path) -> None:
    show = demo()
    recorder = recorded(tmp_path / "run.mcap", show)
    pipeline = Pipeline(show.site, recorder)
    scans = list(islice(show.scans(), 40))
    run_fast(pipeline, scans[:20])
    recorder._file.close()  # what a full disk does to every later write
    run_fast(pipeline, scans[20:])
    assert pipeline.picture.t > scans[30].t1
    assert pipeline.merged_counters()["pipeline.recording_failed"] == 1
    (trouble,) = [s for s in pipeline.picture.sensors if s.sensor == "recording"]
    assert trouble.state is FeedState.DOWN
    assert trouble.detail.endswith(".")


def test_only_alerts_there_are_can_be_acknowledged(tmp_path: Path) -> None:
    show = demo()
    pipeline = Pipeline(show.site, recorded(tmp_path / "run.mcap", show))
    pipeline.step(next(show.scans()))
    with pytest.raises(ServiceError, match="There is no alert"):
        pipeline.act(Acknowledge(alert="none", by="Duty officer"))
    pipeline.close()
    assert "/acts" not in open_recording(tmp_path / "run.mcap").counts


def test_an_act_that_makes_no_sense_is_counted() -> None:
    from vedette.store import Act

    pipeline = Pipeline(demo().site)
    for act in ({"act": "launch"}, {"act": "acknowledge", "alert": "none", "by": "x"}, {}):
        pipeline.repeat(Act(BEGIN, act))
    assert pipeline.counters["act_not_repeated"] == 3


def test_a_checkpoint_brings_back_the_exact_state() -> None:
    show = demo()
    scans = list(islice(show.scans(), 220))
    seen = Seen()
    pipeline = Loop(show.site, sinks=[seen])
    run_fast(pipeline, scans[:140])
    checkpoint = pipeline.checkpoint()
    at = len(seen.pictures)
    run_fast(pipeline, scans[140:])
    straight = [shown(picture) for picture in seen.pictures[at:]]
    counters, health = pipeline.merged_counters(), pipeline.picture.sensors
    for _ in range(2):  # a checkpoint can be used more than once
        pipeline.restore(checkpoint)
        at = len(seen.pictures)
        run_fast(pipeline, scans[140:])
        assert [shown(picture) for picture in seen.pictures[at:]] == straight
        assert pipeline.merged_counters() == counters
        assert pipeline.picture.sensors == health


def test_every_stage_is_counted() -> None:
    show = demo()
    pipeline = Pipeline(show.site)
    run_fast(pipeline, show.scans(), until=BEGIN + 10 * NS)
    counters = pipeline.picture.counters
    assert {name.split(".")[0] for name in counters} == {"tracker", "assess", "advise", "pipeline"}
    assert all(type(n) is int for n in counters.values())
    assert dataclasses.asdict(pipeline.picture.sensors[0])["detections"] > 0


def test_warming_up_leaves_nothing_to_compile() -> None:
    """After it, the first scans of a site add no compiled signature to any kernel on their way."""
    from vedette.advise import paths, sweep
    from vedette.assess import approach
    from vedette.kernel import convert, gate, marginals, motion, pmb

    def compiled() -> dict[str, int]:
        return {
            f"{module.__name__}.{name}": len(kernel.signatures)
            for module in (approach, paths, sweep, convert, gate, marginals, motion, pmb)
            for name, kernel in vars(module).items()
            if hasattr(kernel, "signatures")
        }

    show = demo()
    assert list(warm_up(show.site))[-2:] == ["alerts", "advice"]
    before = compiled()
    assert len(before) > 5
    run_fast(Pipeline(show.site), show.scans(), until=BEGIN + 60 * NS)
    assert compiled() == before
