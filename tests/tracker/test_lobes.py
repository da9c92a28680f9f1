"""A target that flies through the lobes of a radar over flat ground: what the tracker is told of them."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from tests.tracker.flights import RADAR, SITE, radar_scans
from vedette.sensor import build
from vedette.sensor.propagation import lobes
from vedette.tracker import Tracker
from vedette.types import Status

X_BAND = msgspec.structs.replace(
    RADAR, frequency=9.4e9, range_max=40e3, reference_range=15e3, height=10, elevation_min=-3,
    elevation_beamwidth=12,
)  # fmt: skip
FREE = msgspec.structs.replace(X_BAND, frequency=None)


def told_exactly(config):
    """The radar whose P_D is that of the predicted point, lobes, nulls and all."""
    radar = build(config, SITE)
    radar.echo._blurred = lambda phase, rho: np.repeat(lobes(phase, rho)[:, None], 8, axis=1)
    return radar


def score(told, height, seed):
    """Confirmed tracks that one incoming drone got, and scans in which it had one, of 200."""
    start, velocity = np.array([300.0, 17e3, height]), np.array([0.0, -50.0, 0.0])
    tracker, names, held = Tracker({"radar": told}, SITE.name), set(), 0
    for k, scan in enumerate(radar_scans(build(X_BAND, SITE), [(start, velocity)], 200, seed=seed), start=1):
        tracker.step(scan)
        near = [
            t.id
            for t in tracker.snapshot()
            if t.status is Status.CONFIRMED
            and np.linalg.norm(t.estimate.position - start - k * velocity) < 600.0
        ]
        names.update(near[:1])
        held += bool(near)
    return len(names), held


@pytest.mark.slow
def test_a_target_survives_the_nulls_best_where_lobes_are_evened_out(record_property):
    """Figures in docs/sensor/radar.md."""
    told = {"even": build(X_BAND, SITE), "exact": told_exactly(X_BAND), "free": build(FREE, SITE)}
    found = {}
    for name, radar in told.items():
        each = [score(radar, h, seed) for h in (60.0, 150.0, 400.0) for seed in range(6)]
        found[name] = np.mean(each, axis=0)
        record_property(name, found[name].tolist())
    for other in ("exact", "free"):
        assert found["even"][0] < 0.85 * found[other][0]
        assert found["even"][1] > found[other][1] + 3.0
