"""Scans in any order within the horizon give exactly what the right order gives; numbers once seen stay."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tracker.flights import DRONES, SITE, T0, batch, both, radar_scans, report
from vedette.clock import NS
from vedette.tracker import Tracker, TrackerConfig
from vedette.tracker.history import key_of
from vedette.types import Scan, Status


@pytest.fixture(scope="module")
def sensors():
    return both()


@pytest.fixture(scope="module")
def scans(sensors):
    """Radar once a second and an aircraft's reports five times in two seconds, in order."""
    radar = list(radar_scans(sensors["radar"], DRONES, 30))
    reports = [
        batch(report(T0 + k * NS * 2 // 5, (20e3 + 80.0 * k, 500, 9e3), (200, 0, 0), "393322", k))
        for k in range(75)
    ]
    return sorted([*radar, *reports], key=key_of)


def state(tracker):
    """Everything that is believed, to the last bit; numbers apart."""
    b = tracker._pmb.bernoullis
    rows = [array[: b.size].tobytes() for name, array in zip(NAMES, b.rows(), strict=True) if name != "id"]
    return tracker.t, rows


NAMES = [
    *["r", "r_birth", "rate", "mu", "x", "P", "label", "id", "confirmed"],
    *["looks", "hits", "born", "updated", "code", "seen"],
]


def shuffled(scans, rng, most):
    """Every scan delayed by a random time of at most `most` ns."""
    arrival = [scan.t1 + rng.integers(0, most) for scan in scans]
    return [scans[k] for k in np.argsort(arrival, kind="stable")]


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_arrival_does_not_matter(sensors, scans, seed):
    rng = np.random.default_rng(seed)
    ordered, mixed = Tracker(sensors, SITE.name), Tracker(sensors, SITE.name)
    for scan in scans:
        ordered.step(scan)
    for scan in shuffled(scans, rng, 4 * NS):
        mixed.step(scan)
        mixed.snapshot()
    assert mixed.counters["out_of_sequence"] > 10
    assert mixed.counters["late_scan"] == 0
    assert state(mixed) == state(ordered)


def test_scans_delivered_twice_change_nothing(sensors, scans):
    once, twice = Tracker(sensors, SITE.name), Tracker(sensors, SITE.name)
    for scan in scans:
        once.step(scan)
        twice.step(scan)
        twice.step(scan)
    assert twice.counters["repeated_scan"] == len(scans)
    assert state(twice) == state(once)


def test_numbers_that_were_shown_stay(sensors, scans):
    tracker, numbers = Tracker(sensors, SITE.name), []
    for scan in shuffled(scans, np.random.default_rng(1), 3 * NS):
        tracker.step(scan)
        numbers.append({track.id for track in tracker.snapshot() if track.status is Status.CONFIRMED})
    settled = numbers[len(numbers) // 2 :]
    assert all(seen == settled[0] for seen in settled)
    assert len(settled[0]) == 3


@pytest.mark.parametrize("seed", range(6))
def test_whoever_was_shown_is_said_goodbye_to_once(sensors, seed):
    """An aircraft that often falls silent, and late scans that bring it back or undo it: from one snapshot to
    the next nobody disappears without a goodbye, and nobody who is gone already is said goodbye to."""
    rng = np.random.default_rng(seed)
    tracker = Tracker(sensors, SITE.name, TrackerConfig(forget_s=6.0))
    heard = np.flatnonzero(rng.random(60) < 0.5)
    reports = [
        batch(report(T0 + k * NS, (2000 + 50.0 * k, 30.0 * k - 4000, 900), (50, 30, 0), "393322", int(k)))
        for k in heard
    ]
    arrivals = shuffled([*radar_scans(sensors["radar"], DRONES[:1], 60, seed), *reports], rng, 4 * NS)
    alive: set[int] = set()
    known: set[int] = set()
    for scan in arrivals:
        tracker.step(scan)
        tracks = tracker.snapshot()
        gone = {track.id for track in tracks if track.status is Status.DROPPED}
        here = {track.id for track in tracks} - gone
        assert alive - here <= gone
        assert not (gone - alive) & known
        alive, known = here, known | here | gone
    assert tracker.counters["out_of_sequence"] > 10
    quiet = tracker.t + 100 * NS
    for k in range(2):
        t = quiet + k * 10 * NS
        tracker.step(Scan(sensor="adsb", t0=t, t1=t, sector=None, detections=()))
        tracker.snapshot()
    assert not tracker.shown._ids
    assert not tracker.shown._confirmed


def test_what_is_later_than_the_horizon_is_counted_and_dropped(sensors, scans):
    tracker = Tracker(sensors, SITE.name, TrackerConfig(horizon_s=2.0))
    held, rest = scans[20], scans[:20] + scans[21:]
    for scan in rest:
        tracker.step(scan)
    before = state(tracker)
    tracker.step(held)
    assert tracker.counters["late_scan"] == 1
    assert state(tracker) == before


def test_memory_does_not_grow_with_time(sensors):
    tracker = Tracker(sensors, SITE.name)
    for k in range(2000):
        tracker.step(
            Scan(sensor="radar", t0=T0 + k * NS // 10, t1=T0 + k * NS // 10, sector=None, detections=())
        )
    assert len(tracker.history.scans) <= 10 * 5.0 + 12
    assert len(tracker.history.states) <= 13
