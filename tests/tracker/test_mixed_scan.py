"""A scan that mixes reports with and without velocity is one look: everybody is seen once or missed once."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.stats import chi2

from tests.tracker.flights import SITE, T0, both
from vedette.clock import NS
from vedette.kernel.motion import damped_velocity, white_acceleration
from vedette.tracker import Anywhere, Motion, Plots, Pmb, PmbConfig, Tracker
from vedette.tracker.plots import gate_for, together, with_velocity
from vedette.types import FULL_TURN, Detection, Kind, Scan


def plots(z, t):
    M = len(z)
    return Plots(
        z=z, R=np.repeat(np.diag([400.0, 300.0, 200.0])[None], M, axis=0), tau=np.linspace(0, 0.5, M),
        clutter=np.full(M, 1e-11), p_detect=np.full(M, 0.9), t=np.full(M, t), code=np.full(M, -1),
    )  # fmt: skip


def imm(gamma=20.0):
    nowhere = Anywhere(
        rate=1e-14, start=1e-12, death=1e-3, sigma_v=(80.0, 80, 8), search=lambda p: np.full(len(p), 0.9)
    )
    models = (
        partial(white_acceleration, 0.5),
        partial(white_acceleration, 40.0),
        partial(damped_velocity, 1, 2),
    )
    motion = Motion(models, (20.0, 5.0, 15.0), (0.8, 0.15, 0.05))
    return Pmb(n=6, undetected=nowhere, config=PmbConfig(gamma=gamma, unexplained=0.01), motion=motion)


def test_a_velocity_that_was_not_measured_says_nothing():
    """Positions as they are against positions with a vague velocity, over 15 scans of crossing targets with
    births, misses and clutter: everything equal to seven digits, given gates of one size."""
    rng, plain, vague = np.random.default_rng(7), imm(gate_for(20.0, 6, 3)), imm()
    for k in range(15):
        z = np.array([[100.0 * i, 40 * k * (-1) ** i, 300] for i in range(6)])[rng.random(6) < 0.9]
        z = np.concatenate([z + rng.normal(0, 17, z.shape), rng.uniform(-1000, 1000, (3, 3))])
        for pmb, seen in ((plain, plots(z, k)), (vague, with_velocity(plots(z, k)))):
            if k:
                pmb.predict(1.0, 0.999)
            pmb.look(seen, np.full(len(pmb.bernoullis), 0.9), looking=True)
            pmb.prune()
    a, b, N = plain.bernoullis, vague.bernoullis, plain.bernoullis.size
    assert b.size == N > 6
    for name in ("r", "mu", "x", "P"):
        np.testing.assert_allclose(getattr(b, name)[:N], getattr(a, name)[:N], rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(b.hits[:N], a.hits[:N])


def test_gates_of_all_sizes_miss_as_few():
    for gamma in (9.0, 20.0):
        for m in (4, 6):
            assert chi2.sf(gate_for(gamma, m, 3), m) == pytest.approx(chi2.sf(gamma, 3), rel=1e-9)
        assert gate_for(gamma, 3, 3) == gamma


def test_parts_of_one_size_are_joined_as_they_are():
    a, b = plots(np.zeros((2, 3)), 1), plots(np.ones((3, 3)), 2)
    both = together([a, b])
    assert both.z.shape == (5, 3)
    assert both.t.tolist() == [1, 1, 2, 2, 2]
    assert together([a]) is a


PLACES = np.array([[8000.0, 0, 800], [0, 9000.0, 700], [5000.0, 5000, 900]])
SPEEDS = np.array([[-20.0, 30, 0], [40.0, 0, 0], [30.0, -30, 0]])


def mixed_scan(k, kinds, rng):
    """Target i as a report of kinds[i], or not at all (None), k seconds after the start."""
    t, found = T0 + k * NS, []
    for i, kind in enumerate(kinds):
        if kind is None:
            continue
        lat, lon, h = SITE.to_geodetic(PLACES[i] + k * SPEEDS[i] + rng.normal(0, 10, 3))
        z, R = np.array([lat, lon, h, *(SPEEDS[i] + rng.normal(0, 2, 3))]), np.diag([100.0] * 3 + [4.0] * 3)
        m = 6 if kind is Kind.GEODETIC_VELOCITY else 3
        found.append(
            Detection(
                t=t, t_rx=t, sensor="radar", seq=10 * k + i, kind=kind, z=z[:m].copy(), R=R[:m, :m].copy()
            )
        )
    return Scan(sensor="radar", t0=t - NS, t1=t, sector=FULL_TURN, detections=tuple(found))


@pytest.mark.parametrize("first", [Kind.GEODETIC, Kind.GEODETIC_VELOCITY])
def test_who_is_seen_in_one_form_is_not_missed_in_the_other(first):
    """Existence after a scan that shows one target with and the other without velocity is what it is when
    both come alike, and each scan counts as one look."""
    rng, trackers = np.random.default_rng(1), [Tracker(both(), SITE.name) for _ in "ab"]
    alike, mixed = [first, first], [Kind.GEODETIC, Kind.GEODETIC_VELOCITY]
    for tracker, kinds in zip(trackers, (alike, mixed), strict=True):
        for k in range(1, 9):
            tracker.step(mixed_scan(k, kinds, rng))
    for tracker in trackers:
        assert [t.existence > 0.999 for t in tracker.snapshot()] == [True, True]
        assert tracker._pmb.bernoullis.looks[:2].tolist() == [7, 7]


def test_a_miss_counts_once():
    """The third target is missed in a mixed scan: IPDA's r (1 − P_D) / (1 − r P_D), once."""
    rng, tracker = np.random.default_rng(2), Tracker(both(), SITE.name)
    kinds = [Kind.GEODETIC, Kind.GEODETIC_VELOCITY, Kind.GEODETIC]
    for k in range(1, 9):
        tracker.step(mixed_scan(k, kinds, rng))
    (before,) = [t for t in tracker.snapshot() if abs(t.estimate.x[0] - 5240) < 100]
    tracker.step(mixed_scan(9, [*kinds[:2], None], rng))
    (after,) = [t for t in tracker.snapshot() if t.id == before.id]
    p = min(float(tracker.sensors["radar"].detection_probability(after.estimate.position[None])[0]), 0.95)
    r = before.existence * np.exp(-1.0 / 1200.0)
    assert after.existence == pytest.approx(r * (1 - p) / (1 - r * p), rel=1e-3)
