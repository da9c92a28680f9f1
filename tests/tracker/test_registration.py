"""Biases that were put in are found, stated as well as they are known, and taken off; none is invented."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.stats import chi2

from tests.tracker.flights import T0
from tests.tracker.two_radars import (
    EAST,
    PRIOR,
    flights,
    learned,
    radar,
    scans,
    sensors,
    tracker_of,
    watch,
)
from vedette.clock import NS
from vedette.types import Scan
from vedette.units import DEGREE


def run(tracker, stream):
    for scan in stream:
        tracker.step(scan)
    return tracker


def test_half_a_degree_is_found():
    """After one minute with four targets that report themselves, the error of every kind is known."""
    rng, found = np.random.default_rng(0), sensors()
    x = flights(20, 60, rng)
    tracker = run(tracker_of(found), scans(found, x, rng, EAST))
    for name, truth in (("east", EAST["east"]), ("west", np.zeros(4))):
        estimate, sigma = learned(tracker, name)
        assert abs(estimate - truth)[1] < 0.05 * DEGREE
        assert (abs(estimate - truth) < 4 * sigma).all()
        assert (sigma < PRIOR / 10).all()
        assert tracker.registration()[name].pairs > 100
        assert tracker.registration()[name].relative_to == "adsb"
    assert "adsb" not in tracker.registration()


def test_one_radar_alone_invents_nothing():
    rng = np.random.default_rng(1)
    found = {"west": radar("west", 270.0)}
    stream = scans(found, flights(10, 30, rng), rng, {"west": PRIOR})
    tracker, plain = run(tracker_of(found), stream), run(tracker_of(found, registration=False), stream)
    estimate, sigma = learned(tracker, "west")
    assert not estimate.any()
    assert np.allclose(sigma, PRIOR)
    assert same_tracks(tracker, plain)


def test_a_receiver_that_shares_no_target_changes_nothing():
    """A radar on drones, and airliners a hundred kilometres off: the tracks are those of no registration."""
    rng, found = np.random.default_rng(2), sensors()
    del found["east"]
    x = flights(8, 30, rng)
    x[:, :2, 0] += 150e3
    x[:, :2, 2] += 8e3
    stream = scans(found, x, rng, {"west": PRIOR}, cooperative=2)
    tracker, plain = run(tracker_of(found), stream), run(tracker_of(found, registration=False), stream)
    assert tracker.counters["registration_pairs"] == 0
    assert np.allclose(learned(tracker, "west")[1], PRIOR)
    assert tracker.registration()["west"].relative_to == "west"
    assert same_tracks(tracker, plain)


def same_tracks(a, b):
    states = [[(track.id, track.estimate.x.tobytes()) for track in t.snapshot()] for t in (a, b)]
    return states[0] == states[1] and len(states[0]) > 0


def test_radars_at_one_place_with_one_error_do_not_invent_its_absence_or_presence():
    """They agree, and what they share stays as unknown as it was."""
    rng = np.random.default_rng(3)
    found = {"west": radar("west", 270.0), "east": radar("east", 270.0, period=1.5)}
    common = np.array([40.0, 0.5, 0.3, 0.2]) * [1, DEGREE, DEGREE, 1]
    stream = scans(found, flights(20, 40, rng), rng, {"west": common, "east": common})
    tracker = run(tracker_of(found), stream)
    (west, sigma_w), (east, sigma_e) = learned(tracker, "west"), learned(tracker, "east")
    assert tracker.counters["registration_pairs"] > 100
    assert abs(west - east)[1] < 0.05 * DEGREE
    # two unknowns, one known difference: σ/√2 is left of each
    assert np.allclose(sigma_w[:3], PRIOR[:3] / np.sqrt(2), rtol=0.02)
    assert np.allclose(sigma_e[:3], PRIOR[:3] / np.sqrt(2), rtol=0.02)
    assert (abs(west + east) < 0.2 * PRIOR)[:3].all()
    assert tracker.registration()["east"].relative_to == "west"


def test_tracks_of_another_system_are_no_truth():
    rng, found = np.random.default_rng(4), sensors()
    stream = []
    for scan in scans(found, flights(10, 20, rng), rng, EAST):
        claimed = [
            dataclasses.replace(d, claims={**d.claims, "track_number": 7})
            if scan.sensor == "adsb" and "icao24" in d.claims
            else d
            for d in scan.detections
        ]
        stream.append(dataclasses.replace(scan, detections=tuple(claimed)))
    tracker = run(tracker_of(found), stream)
    assert tracker.registration()["east"].relative_to == "west"


@pytest.mark.slow
def test_a_radar_that_was_turned_is_found_out():
    """Two degrees to the left, all at once: what was learned is given up and learned again."""
    rng, found = np.random.default_rng(5), sensors()
    x = flights(20, 100, rng)
    before, after = (
        scans(found, x, rng, EAST),
        scans(found, x, rng, {"east": np.array([0, -1.5 * DEGREE, 0, 0])}),
    )
    turned = T0 + 30 * NS
    stream = [s for s in before if s.t1 < turned] + [s for s in after if s.t1 > turned + NS]
    tracker = run(tracker_of(found), stream)
    assert tracker.counters["registration_restarted"] >= 1
    estimate, _ = learned(tracker, "east")
    assert abs(estimate[1] + 1.5 * DEGREE) < 0.05 * DEGREE


def test_late_scans_teach_the_same():
    rng, found = np.random.default_rng(6), sensors()
    stream = scans(found, flights(12, 15, rng), rng, EAST)
    arrival = [scan.t1 + rng.integers(0, 3 * NS) for scan in stream]
    ordered = run(tracker_of(found), stream)
    mixed = run(tracker_of(found), [stream[k] for k in np.argsort(arrival, kind="stable")])
    assert mixed.counters["out_of_sequence"] > 10
    assert ordered.counters["registration_pairs"] > 50
    a, b = ordered._registration.save(), mixed._registration.save()
    assert [one.tobytes() for one in a.arrays] == [one.tobytes() for one in b.arrays]
    assert (a.size, a.turn, a.t, a.heard) == (b.size, b.turn, b.t, b.heard)


def test_what_nobody_expects_is_not_estimated():
    """An expected size of zero fixes a bias at zero; a 2-D radar has no elevation to be wrong."""
    rng, found = np.random.default_rng(7), sensors()
    stream = scans(found, flights(10, 15, rng), rng, EAST)
    tracker = run(tracker_of(found, bias_time=0.0, bias_range=0.0), stream)
    estimate, sigma = learned(tracker, "east")
    assert estimate[0] == estimate[3] == sigma[0] == sigma[3] == 0.0
    assert abs(estimate[1] - 0.5 * DEGREE) < 5 * sigma[1] + 0.1 * DEGREE


def test_memory_is_that_of_the_tracks():
    found = sensors()
    tracker, rng = tracker_of(found), np.random.default_rng(8)
    run(tracker, scans(found, flights(12, 20, rng), rng))
    assert len(tracker._registration._memory[0]) <= 64
    gone = tracker.t + 100 * NS
    tracker.step(Scan(sensor="adsb", t0=gone, t1=gone, sector=None, detections=()))
    assert tracker._registration.size == 0


# ------------------------------------------------------------------- statistics


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_the_required_accuracy(seed):
    """0.5° to 0.05° in 5 minutes with 20 tracks; without registration NEES is far outside its bounds."""
    rng, found = np.random.default_rng(100 + seed), sensors()
    x = flights(20, 300, rng)
    stream = scans(found, x, rng, EAST)
    tracker = tracker_of(found)
    on = watch(tracker, stream, x)
    assert abs(learned(tracker, "east")[0] - EAST["east"])[1] < 0.05 * DEGREE
    assert abs(learned(tracker, "west")[0])[1] < 0.05 * DEGREE
    off = watch(tracker_of(found, registration=False), stream, x)
    assert off.nees(6).inside < 0.1
    assert off.nees(3).inside < 0.1
    assert off.rms() > 3 * on.rms()
    assert 0.8 < on.nees(6).factor < 1.25
    assert max(on.counts[len(on.counts) // 2 :]) <= 20


@pytest.mark.slow
@pytest.mark.timeout(360)
def test_track_nees_is_within_bounds_in_nine_steps_of_ten():
    """With radars that merge; and as often as, with the same luck, with radars that tell everything apart.

    What is left of a bias is in all tracks of a run, so that single runs lie anywhere from 0.77 to 1 and the
    mean of eight is known to 0.02. What merging does shows in the difference of two runs of one luck.
    """
    inside = np.empty((8, 2, 2))
    for seed in range(8):
        for k, merging in enumerate((True, False)):
            rng, found = np.random.default_rng(200 + seed), sensors(merging=merging)
            x = flights(20, 150, rng)
            stream = scans(found, x, rng, EAST, each_look=True)
            seen = watch(tracker_of(found), stream, x, begin=20.0)
            inside[seed, k] = seen.nees(6).inside, seen.nees(3).inside
    merging, telling_apart = inside.mean(axis=0)
    assert (merging >= 0.9).all()
    assert (abs(merging - telling_apart) < 0.01).all()


@pytest.mark.slow
@pytest.mark.parametrize("adsb", [True, False])
def test_the_stated_sigma_is_honest(adsb):
    """NEES of the biases over 24 runs, biases drawn from the prior: as χ² of so many degrees of freedom."""
    whole, relative = [], []
    difference = np.hstack([-np.eye(4), np.eye(4)])
    for seed in range(24):
        rng, found = np.random.default_rng(300 + seed), sensors(adsb)
        truth = rng.standard_normal((2, 4)) * PRIOR
        stream = scans(found, flights(20, 60, rng), rng, {"west": truth[0], "east": truth[1]})
        state = run(tracker_of(found), stream)._registration
        e, P = state.b[:8] - truth.reshape(-1), state.B[:8, :8]
        whole.append(e @ np.linalg.solve(P, e))
        e, P = difference @ e, difference @ P @ difference.T
        relative.append(e @ np.linalg.solve(P, e))
    for values, d in ((whole, 8), (relative, 4)):
        low, high = chi2.ppf([0.005, 0.995], d * len(values)) / len(values)
        assert low < np.mean(values) < high


@pytest.mark.slow
def test_without_a_bias_nothing_gets_worse():
    """Estimates consistent with zero; accuracy within 5 % of a tracker that knows that there is none."""
    on, off, sigmas = [], [], []
    for seed in range(6):
        rng, found = np.random.default_rng(400 + seed), sensors()
        x = flights(20, 120, rng)
        stream = scans(found, x, rng)
        tracker = tracker_of(found)
        on.append(watch(tracker, stream, x).rms())
        off.append(watch(tracker_of(found, registration=False), stream, x).rms())
        for name in ("west", "east"):
            estimate, sigma = learned(tracker, name)
            sigmas.append(estimate / sigma)
    assert np.mean(np.square(sigmas)) < 1.6  # 48 values of unit variance
    assert np.mean(on) < 1.05 * np.mean(off)
