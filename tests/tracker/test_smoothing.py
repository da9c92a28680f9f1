"""Flights smoothed from the tracks that were shown: nearer to the truth, and as sure as they may be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.tracker.flights import SITE, T0
from tests.tracker.sender import MATCHED, flights, radar_scans, sensors
from vedette.clock import NS
from vedette.metric.consistency import normalised
from vedette.tracker import Flights, Tracker, TrackerConfig, motion_of, smoothed, smoothed_lagged
from vedette.types import Status

DT = 0.5


def shown(config, seed=1, turn=0.0, targets=12, seconds=50):
    """Flights as our radar's tracker showed them once a second, with the truth at those times."""
    rng = np.random.default_rng(seed)
    truth = flights(rng, targets, seconds, DT, 1e-6 if turn else 1.0)
    for k in range(1, len(truth)) if turn else ():
        v = truth[k - 1, :, 3:5] @ rotation(turn * DT if 20 <= k * DT < 32 else 0.0)
        truth[k, :, 3:5] = v
        truth[k, :, :2] = truth[k - 1, :, :2] + DT * v
    some = {"radar": sensors()["radar"]}
    tracker, gathered = Tracker(some, SITE.name, config), Flights()
    for scan in radar_scans(rng, some["radar"], truth, DT):
        tracker.step(scan)
        gathered.add(tracker.snapshot())
    for flight in gathered.confirmed():
        at = truth[np.round((flight.t - T0) / NS / DT).astype(int)]
        who = np.argmin(np.linalg.norm(at[..., :3] - flight.x[:, None, :3], axis=2).mean(axis=0))
        yield flight, at[:, who]


def rotation(angle):
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def errors(pairs):
    """RMS position error in m and NEES per component of (x, P, truth)."""
    e = np.concatenate([x - truth for x, _, truth in pairs])
    P = np.concatenate([P for _, P, _ in pairs])
    return np.sqrt((e[:, :3] ** 2).sum(axis=1).mean()), normalised(e, P).mean() / 6


def test_smoothing_halves_the_error_and_knows_how_good_it_is():
    """Flights of the very model: NEES one, live and smoothed."""
    motion, both = motion_of(MATCHED), list(shown(MATCHED))
    assert len(both) == 12
    live, live_nees = errors([(f.x, f.P, truth) for f, truth in both])
    after, nees = errors([(*smoothed(f, motion), truth) for f, truth in both])
    lagged, _ = errors([(*smoothed_lagged(f, motion, 15.0), truth) for f, truth in both])
    assert after < 0.75 * live
    assert after <= lagged < 0.8 * live
    assert 0.8 < live_nees < 1.2
    assert 0.8 < nees < 1.2


def test_a_turn_is_not_cut_short():
    """Three ways of moving, 12 s of a turn of 6 degrees a second; with the tracker's own settings."""
    config = TrackerConfig()
    motion = motion_of(config)
    both = list(shown(config, seed=2, turn=0.1))
    turning = [(f, truth, ((f.t - T0) / NS > 20) & ((f.t - T0) / NS < 32)) for f, truth in both]
    live, _ = errors([(f.x[k], f.P[k], truth[k]) for f, truth, k in turning])
    smooth = [(*smoothed(f, motion), truth, k) for f, truth, k in turning]
    after, nees = errors([(x[k], P[k], truth[k]) for x, P, truth, k in smooth])
    assert after < 0.8 * live
    assert nees < 1.6


def test_a_recording_that_does_not_know_the_modes_can_be_smoothed():
    motion = motion_of(TrackerConfig())
    both = list(shown(TrackerConfig(), targets=4))
    bare = [(replace(f, modes=np.empty((len(f.t), 0))), truth) for f, truth in both]
    live, _ = errors([(f.x, f.P, truth) for f, truth in both])
    after, _ = errors([(*smoothed(f, motion), truth) for f, truth in bare])
    assert after < 0.9 * live


def test_a_flight_ends_with_its_last_report_and_holds_each_moment_once():
    config = TrackerConfig(forget_s=20.0)
    some = {"radar": sensors()["radar"]}
    rng = np.random.default_rng(4)
    truth = flights(rng, 3, 20, DT)
    scans = radar_scans(rng, some["radar"], truth, DT)
    nobody = radar_scans(rng, some["radar"], np.tile([25e3, 0, 9e3, 0, 0, 0.0], (80, 1, 1)), DT)
    tracker, gathered = Tracker(some, SITE.name, config), Flights()
    for scan in [*scans, *[scan for scan in nobody if scan.t1 > scans[-1].t1]]:
        tracker.step(scan)
        gathered.add(tracker.snapshot())
        gathered.add(tracker.snapshot())
    for flight in gathered.confirmed():
        assert flight.t[-1] - flight.last.t_updated < NS
        assert (np.diff(flight.t) > 0).all()
        assert flight.last.status is not Status.DROPPED


def test_a_single_moment_is_its_own_smoothing():
    flight = next(shown(MATCHED, targets=1, seconds=20))[0]
    one = replace(flight, t=flight.t[:1], x=flight.x[:1], P=flight.P[:1], modes=flight.modes[:1])
    x, P = smoothed(one, motion_of(MATCHED))
    np.testing.assert_array_equal(x, one.x)
    np.testing.assert_array_equal(P, one.P)


@pytest.mark.parametrize("lag", [0.0, 1e6])
def test_the_lag_goes_from_live_to_the_whole_flight(lag):
    flight, motion = next(shown(MATCHED, targets=1, seconds=30))[0], motion_of(MATCHED)
    x, P = smoothed_lagged(flight, motion, lag)
    expected = (flight.x, flight.P) if lag == 0.0 else smoothed(flight, motion)
    np.testing.assert_allclose(x, expected[0], rtol=1e-12)
    np.testing.assert_allclose(P, expected[1], rtol=1e-9, atol=1e-9)
