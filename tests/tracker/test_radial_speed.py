"""What radial speeds are worth to the tracker: the same reports with and without them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from tests.tracker.flights import RADAR, SITE, T0, radar_scans
from tests.tracker.test_amplitude import DENSE, crowd, squared_gospa
from vedette.clock import NS
from vedette.sensor import Targets, build
from vedette.tracker import Tracker, TrackerConfig
from vedette.tracker.claims import with_radial_speed
from vedette.tracker.plots import Plots
from vedette.types import Scan, Status


def final_errors(doppler, seeds, **changes):
    """State errors (S, 6) of one straight flight after 40 s, and their normalised squares (S,)."""
    errors, nees = [], []
    radar = build(msgspec.structs.replace(RADAR, doppler=doppler, **changes), SITE)
    truth = np.array([6000 - 40 * 30, 3000 + 40 * 20, 300 + 40, -30, 20, 1.0])
    for seed in seeds:
        tracker = Tracker({"radar": radar}, SITE.name)
        for scan in radar_scans(radar, [((6000.0, 3000, 300), (-30.0, 20, 1))], 40, seed=seed):
            tracker.step(scan)
        best = max(tracker.snapshot(), key=lambda t: t.existence)
        errors.append(best.estimate.x - truth)
        nees.append(errors[-1] @ np.linalg.solve(best.estimate.P, errors[-1]))
    return np.array(errors), np.array(nees)


@pytest.mark.slow
def test_velocity_is_better_and_still_consistent():
    """RMS velocity error at least a fifth less, and NEES of 30 runs in its bounds, on the careful side."""
    with_it, nees = final_errors(True, range(30))
    without, _ = final_errors(False, range(30))
    rms = [np.sqrt((e[:, 3:] ** 2).sum(axis=1).mean()) for e in (with_it, without)]
    assert rms[0] < 0.8 * rms[1]
    assert 2.0 < nees.mean() < 7.3  # χ², 6 d.o.f., 30 runs: 95 % below 7.3


def test_speeds_folded_into_a_small_interval_serve_as_well():
    """60 m/s towards the radar in an interval of 50 m/s: claimed as −10, and the same velocity is found."""
    errors = []
    for span in (600.0, 50.0):
        radar = build(msgspec.structs.replace(RADAR, radial_speed_span=span, clutter=0), SITE)
        tracker = Tracker({"radar": radar}, SITE.name)
        for scan in radar_scans(radar, [((0.0, 9000, 400), (0.0, -60, 0))], 40, seed=3):
            tracker.step(scan)
        claims = [d.claims["radial_speed"] for d in scan.detections]
        assert all(abs(claim) <= span / 2 for claim in claims)
        (track,) = (t for t in tracker.snapshot() if t.status is Status.CONFIRMED)
        errors.append(np.linalg.norm(track.estimate.velocity - [0, -60, 0]))
    assert max(errors) < 4.0


def in_clutter(doppler, clutter, looks, seeds, **changes):
    """Mean looks to confirmation, RMS GOSPA (c = 300 m), RMS horizontal velocity error of confirmed tracks,
    and the part of their reports that were false. Four sectors, so that its time tells each report."""
    delay, gospa, speed, used, false = [], [], [], 0, 0
    config = msgspec.structs.replace(DENSE, clutter=clutter, doppler=doppler, period=3, sectors=4, **changes)
    for seed in seeds:
        radar, rng, seq = build(config, SITE), np.random.default_rng(seed), 0
        p, v = (np.array(part) for part in zip(*crowd(np.random.default_rng(seed), 12), strict=True))
        tracker, first = Tracker({"radar": radar}, SITE.name), np.full(12, float(looks))
        for look in radar.schedule(T0, T0 + looks * 3 * NS):
            k = (look.t1 - T0) / NS
            targets = Targets(position=p + k * v, velocity=v, rcs=np.full(12, 0.012), transponder=("",) * 12)
            found = radar.measure(targets, look, rng)
            detections = found.detections(radar, look, seq)
            seq += len(detections)
            order = np.argsort(-found.age, kind="stable")
            real = dict(zip((d.t for d in detections), found.source[order] >= 0, strict=True))
            tracker.step(
                Scan(sensor="radar", t0=look.t0, t1=look.t1, sector=look.sector, detections=detections)
            )
            sure = [t for t in tracker.snapshot() if t.status is Status.CONFIRMED]
            for track in sure:
                if track.t_updated in real:
                    used, false = used + 1, false + (not real[track.t_updated])
            if round(k * 1e6) % 3_000_000:
                continue
            d = np.linalg.norm(
                targets.position[:, None] - np.reshape([t.estimate.position for t in sure], (-1, 3)), axis=2
            )
            gospa.append(squared_gospa(d, 300.0))
            first[(d.min(axis=1, initial=np.inf) < 300) & (first > k / 3)] = k / 3
            near = d.argmin(axis=0) if len(sure) else []
            speed += [
                np.sum((t.estimate.velocity - v[i])[:2] ** 2)
                for i, t in zip(near, sure, strict=True)
                if np.linalg.norm(t.estimate.position - targets.position[i]) < 300
            ]
        delay.extend(first)
    return np.mean(delay), np.sqrt(np.mean(gospa)), np.sqrt(np.mean(speed)), false / used


def test_radial_speeds_tell_targets_from_clutter():
    """600 false plots in a sector of 40°, strength not used: sooner confirmed, better placed, less misled."""
    without, with_it = (in_clutter(on, 600.0, 12, range(1), amplitude=False) for on in (False, True))
    assert with_it[0] < without[0] - 1.0
    assert with_it[1] < 0.9 * without[1]
    assert with_it[3] <= without[3]


@pytest.mark.slow
@pytest.mark.parametrize("amplitude", [False, True])
def test_radial_speeds_in_dense_clutter(amplitude, record_property):
    """The figures of docs/tracker.md."""
    without, with_it = (in_clutter(on, 600.0, 20, range(3), amplitude=amplitude) for on in (False, True))
    record_property("looks, RMS GOSPA m, velocity m/s, false part", str((without, with_it)))
    assert with_it[0] <= without[0]
    assert with_it[1] < without[1]
    assert with_it[2] < without[2]
    assert with_it[3] <= without[3]


def test_reports_with_and_without_a_speed_share_one_look():
    """Half of them claim none: both targets are tracked, and no counter complains."""
    radar = build(RADAR, SITE)
    tracker = Tracker({"radar": radar}, SITE.name)
    paths = [((6000.0, 3000, 300), (-30.0, 20, 1)), ((-5000.0, 4000, 400), (25.0, 25, 0))]
    for scan in radar_scans(radar, paths, 30, seed=2):
        plain = tuple(replace(d, claims={}) if d.seq % 2 else d for d in scan.detections)
        tracker.step(Scan(sensor="radar", t0=scan.t0, t1=scan.t1, sector=scan.sector, detections=plain))
    assert len([t for t in tracker.snapshot() if t.status is Status.CONFIRMED]) == 2
    assert tracker.counters["unusable_claims"] == 0
    plots = Plots(
        z=np.zeros((2, 3)), R=np.tile(np.eye(3), (2, 1, 1)), tau=np.zeros(2), clutter=np.full(2, 6.0),
        p_detect=np.ones(2), t=np.zeros(2, np.int64), code=np.full(2, -1),
    )  # fmt: skip
    both = with_radial_speed(plots, np.array([7.0, np.nan]), radar.doppler, plots.z - radar.to_site[1])
    z, R = both.z, both.R
    assert (z.shape, R.shape) == ((2, 8), (2, 4, 4))
    np.testing.assert_allclose(both.clutter, 6.0 / radar.doppler.span)
    np.testing.assert_array_equal(z[:, 3], [7.0, 0.0])
    assert R[0, 3, 3] == 1.0
    assert R[1, 3, 3] > 1e9


@pytest.mark.parametrize("doppler", [False, True])
def test_a_target_in_the_notch_is_kept(doppler):
    """Passing the radar, and for some seconds below its least radial speed: no report, and no punishment."""
    radar = build(msgspec.structs.replace(RADAR, min_radial_speed=5, clutter=0, doppler=doppler), SITE)
    for seed in range(3):
        tracker, rng = Tracker({"radar": radar}, SITE.name), np.random.default_rng(seed)
        seq, silent, numbers = 0, 0, set()
        for look in radar.schedule(T0, T0 + 120 * NS):
            p = np.array([[-3600.0 + 60 * (look.t1 - T0) / NS, 1500, 500]])
            v = np.array([[60.0, 0, 0]])
            target = Targets(position=p, velocity=v, rcs=np.full(1, 1.0), transponder=("",))
            found = radar.measure(target, look, rng)
            detections = found.detections(radar, look, seq)
            seq += len(detections)
            silent += not (found.source >= 0).any()
            tracker.step(
                Scan(sensor="radar", t0=look.t0, t1=look.t1, sector=look.sector, detections=detections)
            )
            numbers |= {t.id for t in tracker.snapshot() if t.status is not Status.DROPPED}
        assert silent >= 4
        assert numbers == {1}


def test_accuracy_mode_uses_them_too():
    """Two side by side at one speed compete for each plot: held under joint hypotheses, and both followed."""
    radar = build(msgspec.structs.replace(RADAR, clutter=0, merging=False), SITE)
    tracker, held = Tracker({"radar": radar}, SITE.name, TrackerConfig(hypotheses=20)), 0
    paths = [((-60.0, 9000, 400), (0.0, -60, 0)), ((60.0, 9000, 400), (0.0, -60, 0))]
    for scan in radar_scans(radar, paths, 60, seed=5):
        tracker.step(scan)
        held += len(tracker._pmb.hypotheses.groups)
    found = [t.estimate.velocity[1] for t in tracker.snapshot() if t.status is Status.CONFIRMED]
    np.testing.assert_allclose(found, [-60, -60], atol=2)
    assert held > 5
