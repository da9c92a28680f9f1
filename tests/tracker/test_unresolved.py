"""Two targets that the radar reports as one keep two tracks; and how that fails without the hypothesis."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from tests.tracker.flights import DRONES, RADAR, SITE, T0, radar_scans
from vedette.clock import NS
from vedette.sensor import Targets, build
from vedette.tracker import Tracker
from vedette.types import Scan, Status

NARROW = msgspec.structs.replace(RADAR, azimuth_beamwidth=1.5)
CLOSED, OPENED = 46, 106  # s: 30 m apart between them


def apart(k):
    """Distance of the two and its rate: 400 m, closing within 30 s to 30 m for 60 s, then opening again."""
    far, near, ramp = 400.0, 30.0, 30.0
    u = np.clip((k - (CLOSED - ramp)) / ramp if k < OPENED else 1 - (k - OPENED) / ramp, 0, 1)
    rate = -(far - near) * 6 * u * (1 - u) / ramp * (1 if k < OPENED else -1)
    return far + (near - far) * u * u * (3 - 2 * u), rate


def abreast(k):
    """Side by side towards the radar, 5.9 to 3.9 km away."""
    d, rate = apart(k)
    p, v, side = np.array([0.0, 5900.0 - 17 * k, 400]), np.array([0.0, -17, 0]), np.array([1.0, 0, 0])
    return np.array([p + d / 2 * side, p - d / 2 * side]), np.array(
        [v + rate / 2 * side, v - rate / 2 * side]
    )


def in_trail(k):
    """One behind the other around the radar, at 5 km."""
    d, rate = apart(k)
    angle = (k - 60) / 200 + np.array([d, -d]) / 2 / 5000
    turn = 1 / 200 + np.array([rate, -rate]) / 2 / 5000
    p = np.column_stack([5000 * np.sin(angle), 5000 * np.cos(angle), [400.0, 400]])
    v = np.column_stack([5000 * turn * np.cos(angle), -5000 * turn * np.sin(angle), [0.0, 0]])
    return p, v


def crossing(angle, r):
    """Through one point r away, at 30 m/s, at an angle in degrees."""

    def path(k):
        a = np.radians(angle / 2)
        v = 30 * np.array([[np.sin(a), -np.cos(a), 0], [-np.sin(a), -np.cos(a), 0]])
        return np.array([0, r, 400.0]) + (k - 70) * v, v

    return path


def run(path, seed, *, knows=True, seconds=136, **changes):
    """Numbers of the confirmed tracks near the two after each look, and the part of looks with one plot.

    knows: the tracker is told that the radar merges.
    """
    config = msgspec.structs.replace(NARROW, **changes)
    radar, told = build(config, SITE), build(msgspec.structs.replace(config, merging=knows), SITE)
    tracker, rng, seq = Tracker({"radar": told}, SITE.name), np.random.default_rng(seed), 0
    numbers, single = [], []
    for look in radar.schedule(T0, T0 + seconds * NS):
        p, v = path((look.t1 - T0) / NS)
        targets = Targets(position=p, velocity=v, rcs=np.full(2, 0.1), transponder=("", ""))
        found = radar.measure(targets, look, rng)
        detections = found.detections(radar, look, seq)
        seq += len(detections)
        tracker.step(Scan(sensor="radar", t0=look.t0, t1=look.t1, sector=look.sector, detections=detections))
        near = [t for t in tracker.snapshot() if np.linalg.norm(t.estimate.position - p, axis=1).min() < 400]
        numbers.append({t.id for t in near if t.status is Status.CONFIRMED})
        single.append((found.source >= 0).sum() == 1)
    return numbers, np.mean(single[CLOSED:OPENED]), tracker


@pytest.mark.parametrize("path", [abreast, in_trail])
@pytest.mark.parametrize("seed", range(3))
def test_30_m_apart_at_5_km_with_a_beam_of_1_5_degrees_keeps_two_tracks_for_60_s(path, seed):
    numbers, single, tracker = run(path, seed)
    assert single > 0.85  # one plot for both at nearly every look
    assert all(now == {1, 2} for now in numbers[CLOSED:])
    assert tracker.shown.numbers == 2
    assert tracker._pmb.counters["unresolved_pairs"] > 60


@pytest.mark.parametrize("path", [abreast, in_trail])
def test_without_the_hypothesis_one_of_them_is_lost(path):
    numbers, _, _ = run(path, 0, knows=False)
    together = numbers[CLOSED:OPENED]
    assert np.mean([len(now) == 2 for now in together]) < 0.2


@pytest.mark.parametrize(("angle", "r"), [(90, 5e3), (20, 5e3), (30, 15e3)])
def test_crossing_targets_keep_their_numbers(angle, r):
    """They merge, cross and part: both numbers are there afterwards, and no third was given."""
    for seed in range(2):
        numbers, _, tracker = run(crossing(angle, r), seed)
        assert numbers[30] == {1, 2}
        assert numbers[-1] == {1, 2}
        assert tracker.shown.numbers == 2


def test_where_nobody_is_near_anybody_nothing_changes():
    """Targets far apart and a radar that merges: to the last bit what a radar that never does would give."""
    results = []
    for merging in (True, False):
        radar = build(msgspec.structs.replace(NARROW, merging=merging), SITE)
        tracker = Tracker({"radar": radar}, SITE.name)
        paths = [*DRONES, ((-6000.0, 4000, 500), (30.0, 10, 0))]
        for scan in radar_scans(radar, paths, 40):
            tracker.step(scan)
        b = tracker._pmb.bernoullis
        results.append([array[: b.size].tobytes() for array in b.rows()])
        assert b.size >= 3
    assert results[0] == results[1]


def test_one_target_stays_one_track():
    """A second track is no free guess: of one target there is never more than one number."""
    for seed in range(3):
        config = msgspec.structs.replace(NARROW, clutter=30)
        radar, rng, seq = build(config, SITE), np.random.default_rng(seed), 0
        tracker = Tracker({"radar": radar}, SITE.name)
        for look in radar.schedule(T0, T0 + 60 * NS):
            p, v = abreast((look.t1 - T0) / NS)
            one = Targets(position=p[:1], velocity=v[:1], rcs=np.full(1, 0.1), transponder=("",))
            detections = radar.measure(one, look, rng).detections(radar, look, seq)
            seq += len(detections)
            tracker.step(
                Scan(sensor="radar", t0=look.t0, t1=look.t1, sector=look.sector, detections=detections)
            )
        sure = [t for t in tracker.snapshot() if t.status is Status.CONFIRMED]
        assert len(sure) == 1


@pytest.mark.slow
@pytest.mark.parametrize("path", [abreast, in_trail])
@pytest.mark.parametrize("resolution", [15, 60])
def test_two_tracks_for_60_s_in_every_run(path, resolution):
    """40 seeds each, all with both numbers, and only those, at all of the 60 looks."""
    kept = sum(
        all(now == {1, 2} for now in run(path, seed, range_resolution=resolution)[0][CLOSED:OPENED])
        for seed in range(40)
    )
    assert kept == 40
