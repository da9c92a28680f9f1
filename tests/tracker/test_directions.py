"""Directions make no positions: until the tracker can use them, they are counted and change nothing."""

from __future__ import annotations

import heapq

import numpy as np

from tests.sensor.sensor_examples import config
from tests.tracker.flights import DRONES, SITE, T0, both, radar_scans
from vedette.clock import NS
from vedette.sensor import Targets, build
from vedette.tracker import Tracker
from vedette.types import Scan

KINDS = ("rf_bearing", "acoustic", "camera", "observer")


def direction_scans(sensor, seconds):
    """Of two loud drones that anybody would notice, on the paths that the radar sees."""
    rng = np.random.default_rng(3)
    p, v = (np.array([each[k] for each in DRONES], float) for k in (0, 1))
    for look in sensor.schedule(T0, T0 + seconds * NS):
        targets = Targets(
            position=p + (look.t1 - T0) / NS * v, velocity=v, rcs=np.ones(2), transponder=("", ""),
            rf_power=np.full(2, 60.0), sound=np.full(2, 150.0), size=np.full(2, 30.0),
        )  # fmt: skip
        found = sensor.measure(targets, look, rng).detections(sensor, look, 0)
        yield Scan(sensor=sensor.name, t0=look.t0, t1=look.t1, sector=look.sector, detections=found)


def test_directions_are_counted_and_change_nothing():
    """Neither what such sensors report nor what they miss moves a track."""
    alone = {"radar": both()["radar"]}
    more = {kind: build(config(kind, name=f'"{kind}"', bearing=0, distance=0), SITE) for kind in KINDS}
    plain, beside = Tracker(alone, SITE.name), Tracker(alone | more, SITE.name)
    scans = [list(direction_scans(sensor, 60)) for sensor in more.values()]
    radar = list(radar_scans(alone["radar"], DRONES, 60))
    for scan in heapq.merge(radar, *scans, key=lambda scan: scan.key):
        beside.step(scan)
    for scan in radar:
        plain.step(scan)
    ours, theirs = beside.snapshot(), plain.snapshot()
    assert len(theirs) >= 2
    assert [t.id for t in ours] == [t.id for t in theirs]
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.estimate.x, b.estimate.x, atol=1e-6)
        assert abs(a.existence - b.existence) < 1e-9
    expected = sum(len(scan.detections) for each in scans for scan in each)
    assert beside.counters["direction_unused"] == expected > 50


def test_a_late_direction_is_counted_once():
    sensor = build(config("acoustic", name='"m"', bearing=0, distance=0), SITE)
    radar = both()["radar"]
    tracker = Tracker({"radar": radar, "m": sensor}, SITE.name)
    late = [scan for scan in direction_scans(sensor, 5) if scan.detections]
    for scan in radar_scans(radar, DRONES, 5):
        tracker.step(scan)
    for scan in reversed(late):
        tracker.step(scan)
    assert tracker.counters["direction_unused"] == sum(len(scan.detections) for scan in late)
    assert tracker.counters["late_scan"] == 0
