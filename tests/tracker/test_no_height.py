"""A radar that measures no height: plots are placed for each target's own height, known or not."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from tests.tracker.flights import T0
from vedette.clock import NS
from vedette.geo import to_polar
from vedette.sensor import Targets, build
from vedette.study.consistency import SITE, example
from vedette.tracker import Tracker, TrackerConfig
from vedette.tracker.bent import straightened
from vedette.types import Detection, Kind, Scan


def plot(radar, place, t, seq, rng, *, height):
    """A report of a target at `place` (3,), with or without a transponder's height."""
    polar = to_polar(radar.station.local(place[None]))[0]
    z, sigma = np.array([polar[0], np.mod(polar[1], 2 * np.pi)]), np.array([10.0, 0.002])
    if height:
        z = np.append(z, SITE.height + SITE.height_above(place))
        sigma = np.append(sigma, 8.0)
    return Detection(
        t=t, t_rx=t, sensor=radar.name, seq=seq, kind=Kind.RANGE_AZ_HEIGHT if height else Kind.RANGE_AZ,
        z=z + sigma * rng.standard_normal(len(z)), R=np.diag(sigma**2), claims={},
    )  # fmt: skip


@pytest.mark.parametrize("every", [1, 2, 4])
def test_a_target_whose_height_is_known_is_placed_by_plots_without_one(every):
    """4.5 km up, 3 km above what the radar believes: the tangent at that height leads 370 m past it."""
    radar, rng = example("radar2d"), np.random.default_rng(3)
    tracker, misses = Tracker({radar.name: radar}, SITE.name), []
    for k in range(60):
        t = T0 + k * NS
        place = np.array([9000.0 - 60 * k, 8000.0 + 30 * k, 4500.0])
        found = (plot(radar, place, t, k, rng, height=k % every == 0),)
        look = Scan(sensor=radar.name, t0=t - NS, t1=t, sector=radar.coverage, detections=found)
        tracker.step(look)
        tracks = tracker.snapshot()
        if k > 10:
            assert [track.hits for track in tracks] == [k + 1]
            e = tracks[0].estimate.x - np.array([*place, -60.0, 30, 0])
            misses.append(e @ np.linalg.solve(tracks[0].estimate.P, e))
    assert np.mean(misses) < 9.0  # 6 of an exact model


def test_joint_hypotheses_are_straightened_and_bent_with_everybody():
    """Two targets that meet in the accuracy mode: there and back, neither they nor the hypotheses change."""
    config = msgspec.structs.replace(example("radar2d").config, merging=False, doppler=False)
    radar, rng = build(config, SITE), np.random.default_rng(5)
    tracker = Tracker({radar.name: radar}, SITE.name, TrackerConfig(hypotheses=20))
    seq, contested = 0, 0
    for look in radar.schedule(T0, T0 + 40 * NS):
        k = (look.t1 - T0) / NS
        p = np.array([[9000.0, 8000 + 40 * (k - 20), 1500], [9000.0, 8000 - 40 * (k - 20), 1500]])
        v = np.array([[0.0, 40, 0], [0.0, -40, 0]])
        targets = Targets(position=p, velocity=v, rcs=np.full(2, 10.0), transponder=("", ""))
        found = radar.measure(targets, look, rng).detections(radar, look, seq)
        seq += len(found)
        tracker.step(Scan(sensor=radar.name, t0=look.t0, t1=look.t1, sector=look.sector, detections=found))
        pmb = tracker._pmb
        if not pmb.hypotheses.groups:
            continue
        contested += 1
        before = pmb.save()
        with straightened(pmb, radar, np.ones(pmb.bernoullis.size, bool)):
            moved = np.abs(pmb.bernoullis.P[: pmb.bernoullis.size] - before.bernoullis.P).max()
        assert moved > 1.0
        np.testing.assert_allclose(pmb.bernoullis.x[: pmb.bernoullis.size], before.bernoullis.x, rtol=1e-6)
        for group, was in zip(pmb.hypotheses.groups, before.groups, strict=True):
            np.testing.assert_allclose(group.at.x, was.at.x, rtol=1e-6, atol=1e-4)
            np.testing.assert_allclose(group.at.P, was.at.P, rtol=1e-4, atol=1e-2)
        pmb.restore(before)
    assert contested > 3
    assert len(tracker.snapshot()) == 2
