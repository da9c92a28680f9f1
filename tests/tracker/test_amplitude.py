"""What the strength of reports is worth to the tracker, radial speeds aside: with and without, same plots."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from tests.tracker.flights import RADAR, SITE, T0, radar_scans
from vedette.clock import NS
from vedette.sensor import build
from vedette.tracker import Tracker
from vedette.types import Detection, Kind, Scan, Status

DENSE = msgspec.structs.replace(
    RADAR, pfa=1e-5, azimuth_start=357, azimuth_width=40, elevation_min=0, elevation_max=10,
    expected_rcs=-18, expected_rcs_spread=6,
)  # fmt: skip


def crowd(rng, n):
    """n slow targets 12 to 18 km away, flying any way."""
    r, az, h = rng.uniform(12e3, 18e3, n), rng.uniform(0, 0.55, n), rng.uniform(0, 2 * np.pi, n)
    p = np.column_stack([r * np.sin(az), r * np.cos(az), rng.uniform(300, 1500, n)])
    return list(zip(p, np.column_stack([40 * np.sin(h), 40 * np.cos(h), 0 * h]), strict=True))


def score(amplitude, clutter, seconds, seeds):
    """Mean delay to confirmation (s), RMS GOSPA (c = 300 m) and false confirmed tracks per scan."""
    delay, gospa, false = [], [], 0
    for seed in seeds:
        radar = build(
            msgspec.structs.replace(DENSE, clutter=clutter, amplitude=amplitude, doppler=False), SITE
        )
        paths = crowd(np.random.default_rng(seed), 12)
        tracker, first = Tracker({"radar": radar}, SITE.name), np.full(12, float(seconds))
        for k, scan in enumerate(radar_scans(radar, paths, seconds, seed=seed, rcs=0.012), start=1):
            tracker.step(scan)
            sure = [t.estimate.position for t in tracker.snapshot() if t.status is Status.CONFIRMED]
            truth = np.array([p + k * v for p, v in paths])
            d = np.linalg.norm(truth[:, None] - np.reshape(sure, (-1, 3)), axis=2)
            gospa.append(squared_gospa(d, 300.0))
            first[(d.min(axis=1, initial=np.inf) < 300) & (first > k)] = k
            false += int((d.min(axis=0, initial=np.inf) > 600).sum())
        delay.extend(first)
    return np.mean(delay), np.sqrt(np.mean(gospa)), false / len(gospa)


def squared_gospa(d, c):
    """From distances (N, M): p = 2, α = 2, by the dense assignment."""
    from scipy.optimize import linear_sum_assignment

    cut = np.minimum(d, c) ** 2
    a, b = linear_sum_assignment(cut)
    pairs = cut[a, b]
    near = pairs < c * c
    return pairs[near].sum() + c * c / 2 * (sum(d.shape) - 2 * near.sum())


@pytest.mark.slow
def test_strength_finds_targets_sooner_in_clutter():
    """600 false plots in a sector of 40°, 12 targets reported in seven looks of ten."""
    without, with_it = (score(on, 600.0, 20, range(2)) for on in (False, True))
    assert with_it[0] < without[0] - 0.5
    assert with_it[1] < 0.97 * without[1]


@pytest.mark.slow
def test_strength_in_dense_clutter(record_property):
    """2000 false plots; figures in docs/tracker.md."""
    without, with_it = (score(on, 2000.0, 40, range(3)) for on in (False, True))
    record_property("delay s, RMS GOSPA m, false tracks per scan", str((without, with_it)))
    assert with_it[0] < without[0] - 1.0
    assert with_it[1] < 0.95 * without[1]
    assert with_it[2] <= without[2] + 0.05


@pytest.mark.parametrize("said", ["strong", True, float("nan"), float("inf"), -1e300])
def test_a_claim_that_is_no_number_is_counted_and_not_used(said):
    radar = build(RADAR, SITE)
    tracker = Tracker({"radar": radar}, SITE.name)
    report = Detection(
        t=T0, t_rx=T0, sensor="radar", seq=0, kind=Kind.RANGE_AZ_EL, z=np.array([9e3, 1.0, 0.1]),
        R=np.diag([25.0, 1e-5, 1e-5]), claims={"snr_db": said},
    )  # fmt: skip
    tracker.step(Scan(sensor="radar", t0=T0 - NS, t1=T0, sector=None, detections=(report,)))
    assert tracker.counters["unusable_claims"] == 1
