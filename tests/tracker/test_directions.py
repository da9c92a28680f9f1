"""Directions: they sharpen what radars see, and where two sensors' lines of sight meet a target starts."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from tests.sensor.sensor_examples import config
from tests.tracker.flights import SITE, T0, both
from tests.tracker.test_out_of_sequence import shuffled, state
from vedette.clock import NS
from vedette.sensor import Targets, build
from vedette.tracker import Tracker, TrackerConfig
from vedette.tracker.directions import FLOOD
from vedette.types import Detection, Kind, Scan, Status

PLACES = {
    "rf1": ("rf_bearing", 0, 0), "rf2": ("rf_bearing", 90, 3000), "ears": ("acoustic", 0, 1500),
    "eye": ("camera", 200, 1000), "west": ("observer", 270, 2000),
}  # fmt: skip
ONE = np.array([[1000.0, 5000, 250]]), np.array([[10.0, -40, 0]])
THREE = (
    np.array([[1000.0, 5000, 250], [3500, 4000, 150], [-1500, 4500, 300]]),
    np.array([[10.0, -40, 0], [-15, -35, 0], [20, -30, 0]]),
)


def sensors(*names):
    """By name: of PLACES, or the radar."""
    made = {}
    for name in names:
        if name == "radar":
            made[name] = both(merging=False)["radar"]
        else:
            kind, bearing, distance = PLACES[name]
            made[name] = build(config(kind, name=f'"{name}"', bearing=bearing, distance=distance), SITE)
    return made


def scans_of(sensor, paths, seconds, seed, rf_power=30.0, sound=115.0):
    rng, seq, (p, v) = np.random.default_rng(seed), 0, paths
    for look in sensor.schedule(T0, T0 + seconds * NS):
        n = len(p)
        targets = Targets(
            position=p + (look.t1 - T0) / NS * v, velocity=v, rcs=np.ones(n), transponder=("",) * n,
            rf_power=np.full(n, rf_power), sound=np.full(n, sound), size=np.full(n, 1.5),
        )  # fmt: skip
        found = sensor.measure(targets, look, rng).detections(sensor, look, seq)
        seq += len(found)
        yield Scan(sensor=sensor.name, t0=look.t0, t1=look.t1, sector=look.sector, detections=found)


def flown(who, paths=ONE, seconds=60, seed=1, **what):
    """The scans of all of them, in order."""
    each = [scans_of(s, paths, seconds, seed * 10 + i, **what) for i, s in enumerate(who.values())]
    return list(heapq.merge(*each, key=lambda scan: scan.key))


def tracked(who, scans):
    tracker = Tracker(who, SITE.name)
    for scan in scans:
        tracker.step(scan)
    return tracker


def confirmed(tracker):
    return [t for t in tracker.snapshot() if t.status is Status.CONFIRMED]


def normalised(track, paths, t):
    """Distance in m, and the position's error squared over its covariance."""
    (p, v), place = paths, track.estimate.position
    e = min((p + (t - T0) / NS * v) - place, key=np.linalg.norm)
    return np.linalg.norm(e), e @ np.linalg.solve(track.estimate.P[:3, :3], e)


@pytest.mark.parametrize("names", [("rf1", "rf2"), ("rf1", "ears"), ("rf1", "rf2", "ears")])
def test_bearings_alone_make_a_track_that_knows_how_good_it_is(names):
    who = sensors(*names)
    for seed in range(3):
        tracker = tracked(who, flown(who, seed=seed))
        (track,) = confirmed(tracker)
        off, squared = normalised(track, ONE, tracker.t)
        assert squared < 16.3, f"seed {seed}: {off:.0f} m off"  # 1 in 1,000, χ² with 3 degrees of freedom
        assert off < 800.0
        assert track.contributors.keys() == set(names)


def test_one_sensor_alone_makes_a_direction_and_no_track():
    who = sensors("rf1")
    tracker = tracked(who, flown(who, seconds=30))
    assert not tracker.snapshot()
    (bearing,) = tracker.bearings()
    east, north, _ = ONE[0][0] + 30 * ONE[1][0]
    assert bearing.sensor == "rf1"
    assert bearing.elevation is None
    assert abs(bearing.azimuth - np.arctan2(east, north)) < 4.0 * bearing.sigma < 0.4


def test_what_a_track_explains_is_no_direction_of_its_own():
    who = sensors("radar", "rf1")
    tracker = tracked(who, flown(who))
    assert len(confirmed(tracker)) == 1
    assert not tracker.bearings()
    assert tracker.counters["bearings_met"] == 0


def test_a_camera_sharpens_a_radar():
    """Height above all, of which a radar with a beam of 3° knows little: at most half the error."""
    errors = []
    for names in (("radar",), ("radar", "eye")):
        who, squares = sensors(*names), []
        for seed in range(3):
            tracker = tracked(who, flown(who, seconds=40, seed=seed))
            (track,) = confirmed(tracker)
            squares.append((track.estimate.position[2] - 250.0) ** 2)
        errors.append(np.sqrt(np.mean(squares)))
    assert errors[1] < 0.5 * errors[0]


def test_a_silent_drone_is_as_sure_as_without_the_listener():
    """It never sends, and a direction finder hears nothing of it for a minute: no evidence at all."""
    who = sensors("radar", "rf1")
    scans = flown(who, rf_power=-100.0)
    alone = tracked({"radar": who["radar"]}, [scan for scan in scans if scan.sensor == "radar"])
    beside = tracked(who, scans)
    (one,), (other,) = confirmed(alone), confirmed(beside)
    assert other.existence == pytest.approx(one.existence, abs=1e-6)


def test_one_that_falls_silent_is_doubted():
    """Heard by two direction finders for half a minute, then by none."""
    who = sensors("rf1", "rf2")
    scans = flown(who, seconds=40)
    tracker = tracked(who, scans)
    assert len(confirmed(tracker)) == 1
    for scan in scans[-2:]:
        for k in range(1, 21):
            later = {"t0": scan.t0 + k * NS, "t1": scan.t1 + k * NS}
            tracker.step(Scan(sensor=scan.sensor, sector=scan.sector, detections=(), **later))
    assert not confirmed(tracker)


def test_a_target_known_too_vaguely_is_not_doubted_for_silence():
    """Heard by both, then not for three minutes: it may be in any direction, silence proves nothing.
    Half a minute after its last report it is known well enough for that."""
    who, forget = sensors("rf1", "rf2"), TrackerConfig(forget_s=1000.0)
    for gap, vague in ((30, False), (180, True)):
        found = []
        for sector in (True, False):
            tracker = Tracker(who, SITE.name, forget)
            for scan in (scans := flown(who, seconds=30)):
                tracker.step(scan)
            last = scans[-1]
            t, where = last.t1 + gap * NS, last.sector if sector else None
            tracker.step(Scan(sensor=last.sensor, t0=t, t1=t, sector=where, detections=()))
            found.append(existence(tracker))
        assert (found[0] == found[1]).all() == vague


def test_three_targets_and_their_ghosts():
    """Two lines of sight and three targets meet in nine places; with a third sensor three remain."""
    who = sensors("rf1", "rf2", "ears")
    tracker = tracked(who, flown(who, THREE, seconds=80))
    sure = confirmed(tracker)
    assert len(sure) == 3
    places = THREE[0] + 80 * THREE[1]
    whose = [np.linalg.norm(places - t.estimate.position, axis=1).argmin() for t in sure]
    assert sorted(whose) == [0, 1, 2]


def test_sound_is_late_and_nobody_is_misled():
    """60 m/s across, 3 km away: what is heard is 500 m behind, and the track is not."""
    who = sensors("ears", "rf2")
    paths = np.array([[-2500.0, 4500, 200]]), np.array([[60.0, 0, 0]])
    for seed in range(3):
        tracker = tracked(who, flown(who, paths, seconds=60, seed=seed, sound=130.0))
        (track,) = confirmed(tracker)
        off, squared = normalised(track, paths, tracker.t)
        assert squared < 16.3
        assert off < 250.0


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_arrival_does_not_matter(seed):
    who = sensors("rf1", "rf2", "ears", "eye")
    scans = flown(who, THREE, seconds=20)
    ordered, mixed = tracked(who, scans), tracked(who, shuffled(scans, np.random.default_rng(seed), 4 * NS))
    assert mixed.counters["out_of_sequence"] > 10
    assert state(mixed) == state(ordered)
    assert mixed.bearings() == ordered.bearings()
    for name, tracks in ordered.directions.tracks.items():
        other = mixed.directions.tracks[name].b
        assert other.size == tracks.b.size
        for a, b in zip(tracks.b.rows(), other.rows(), strict=True):
            np.testing.assert_array_equal(a[: other.size], b[: other.size])


def test_a_flood_of_directions_is_counted_and_says_nothing():
    who = sensors("radar", "rf1")
    scans = flown(who, seconds=30)
    tracker = tracked(who, scans)
    before = existence(tracker)
    z, R, t = np.zeros(1), np.eye(1) * 1e-3, scans[-1].t1 + 1
    many = tuple(
        Detection(t=t, t_rx=t, sensor="rf1", seq=10_000 + k, kind=Kind.AZ, z=z + k * 1e-4, R=R)
        for k in range(FLOOD + 1)
    )
    tracker.step(Scan(sensor="rf1", t0=t - 1, t1=t, sector=scans[-1].sector, detections=many))
    assert tracker.counters["direction_flood"] == FLOOD + 1
    np.testing.assert_allclose(existence(tracker), before, atol=1e-9)


def existence(tracker):
    b = tracker._pmb.bernoullis
    return b.r[: b.size].copy()
