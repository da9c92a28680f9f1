"""Radar, direction finder, microphones and camera together: errors are as large as the tracker says."""

from __future__ import annotations

import heapq
from functools import partial

import numpy as np
import pytest

from tests.tracker.flights import T0
from tests.tracker.test_directions import SITE, sensors
from vedette.clock import NS
from vedette.kernel.motion import white_acceleration
from vedette.sensor import Targets
from vedette.study.consistency import Errors, Flight
from vedette.tracker import Motion, Tracker, TrackerConfig
from vedette.types import Scan, Status

MOTION = Motion((partial(white_acceleration, 0.5),))
CONFIG = TrackerConfig(speed_sigma=30.0, climb_sigma=3.0)
N, SETTLED = 3, 10


def start(rng):
    x = np.zeros((N, 6))
    x[:, 0], x[:, 1] = rng.uniform(-1500, 1500, N), rng.uniform(2000, 5000, N)
    x[:, 2] = rng.uniform(200, 600, N)
    x[:, 3:] = rng.standard_normal((N, 3)) * [30, 30, 3]
    return x


def looks_of(who, seconds):
    each = [[(look.t1, name, look) for look in s.schedule(T0, T0 + seconds * NS)] for name, s in who.items()]
    return heapq.merge(*each, key=lambda entry: entry[:2])


def fly(seed, errors, seconds=60):
    """Errors of every confirmed track after each look of the direction finder."""
    who, rng = sensors("radar", "rf1", "ears", "eye"), np.random.default_rng(seed)
    flight, tracker = Flight(MOTION, rng, start(rng)), Tracker(who, SITE.name, CONFIG, MOTION)
    seq, t = dict.fromkeys(who, 0), T0
    for t1, name, look in looks_of(who, seconds):
        if t1 > t:
            flight.move((t1 - t) / NS)
            t = t1
        here = Targets(
            position=flight.x[:, :3], velocity=flight.x[:, 3:], rcs=np.ones(N), transponder=("",) * N,
            rf_power=np.full(N, 30.0), sound=np.full(N, 115.0), size=np.full(N, 1.5),
        )  # fmt: skip
        reports = who[name].measure(here, look, rng).detections(who[name], look, seq[name])
        seq[name] += len(reports)
        tracker.step(Scan(sensor=name, t0=look.t0, t1=t1, sector=look.sector, detections=reports))
        if name != "rf1" or t <= T0 + SETTLED * NS:
            continue
        for track in tracker.snapshot():
            e = flight.x - track.estimate.x
            e = e[np.linalg.norm(e[:, :3], axis=1).argmin()]
            if track.status is Status.CONFIRMED and np.linalg.norm(e[:3]) < 300.0:
                errors.add((t - T0) // NS, e, track.estimate.P)


@pytest.mark.slow
def test_errors_are_what_the_tracker_says(record_property):
    """20 flights of three targets: 95 % bounds hold at 90 % of the moments, NEES is 1 within 0.05."""
    errors = Errors()
    for seed in range(20):
        fly(seed, errors)
    judged = errors.judged(6)
    record_property("inside, factor", f"{judged.inside:.2f} {judged.factor:.2f}")
    assert len(errors.e) > 0.95 * 20 * N * 50
    assert abs(judged.factor - 1.0) < 0.05
    assert judged.inside > 0.9
