"""Other systems' tracks: consistent whatever they share, better than either source, exact in any order."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tracker.flights import SITE, T0
from tests.tracker.sender import (
    MATCHED,
    feed_scans,
    flights,
    radar_scans,
    run,
    sensors,
    sent_tracks,
    track_report,
)
from tests.tracker.test_out_of_sequence import shuffled, state
from vedette.clock import NS
from vedette.tracker import Tracker, TrackerConfig
from vedette.types import Detection, Kind, Scan


def means(seeds, **how):
    """The figures of `run` averaged over seeds."""
    runs = [run(seed, **how) for seed in range(seeds)]
    names = ("inside", "above", "factor", "ours", "theirs")
    return {name: float(np.mean([one[name] for one in runs])) for name in names}


def test_tracks_taken_as_plots_make_a_tracker_far_too_sure():
    as_plots = run(1, "adsb", seconds=40)
    assert as_plots["above"] == 1.0
    assert as_plots["factor"] > 2.0


@pytest.mark.parametrize("full", [True, False])
def test_tracks_taken_as_tracks_do_not(full):
    found = run(1, full=full, seconds=40)
    assert 0.85 < found["factor"] < 1.15
    assert found["ours"] < 0.75 * found["theirs"]
    assert (found["tracker"].counters["tracklets"] > 0) == full


@pytest.mark.slow
@pytest.mark.parametrize("sender", [{}, {"sigma": 80.0}, {"rate": 2.0}, {"q": 10.0}, {"every": 2.0}])
def test_nees_of_tracklets_and_radar_stays_within_its_bounds(sender):
    """95 % bounds hold in at least 90 % of steps, and no error is above that of the better source."""
    seeds = 8
    found, alone = means(seeds, **sender), means(seeds, feed=False, **sender)
    assert found["inside"] >= 0.9
    assert 0.95 < found["factor"] < 1.05
    assert found["ours"] <= min(found["theirs"], alone["ours"])


@pytest.mark.slow
def test_tracklets_alone_are_as_good_as_the_sender():
    found = means(8, radar=False)
    assert found["inside"] >= 0.9
    assert found["ours"] <= 1.005 * found["theirs"]


@pytest.mark.slow
@pytest.mark.parametrize("sender", [{}, {"sigma": 80.0}, {"rate": 2.0}, {"q": 10.0}])
def test_standard_deviations_alone_will_do(sender):
    """Nothing but σ is stated, as in CAT062: consistent within a tenth, and better than either source."""
    seeds = 8
    found, alone = means(seeds, full=False, **sender), means(seeds, feed=False, **sender)
    assert found["inside"] >= 0.85
    assert 0.9 < found["factor"] < 1.1
    assert found["ours"] <= min(found["theirs"], alone["ours"])


@pytest.mark.slow
def test_the_live_settings_are_as_consistent_with_tracks_as_without():
    """Three ways of moving are no exact model of these flights; tracks make that neither better nor worse."""
    with_tracks = means(6, config=TrackerConfig())
    without = means(6, config=TrackerConfig(), feed=False)
    assert abs(with_tracks["factor"] - without["factor"]) < 0.1


@pytest.mark.parametrize("full", [True, False])
def test_the_order_of_arrival_does_not_matter(full):
    rng, dt = np.random.default_rng(3), 0.5
    truth = flights(rng, 4, 25, dt)
    some = sensors()
    scans = feed_scans(*sent_tracks(rng, truth, dt), dt, full=full)
    scans = sorted([*scans, *radar_scans(rng, some["radar"], truth, dt)], key=lambda scan: scan.key)
    ordered, mixed = Tracker(some, SITE.name), Tracker(some, SITE.name)
    for scan in scans:
        ordered.step(scan)
    for scan in shuffled(scans, rng, 4 * NS):
        mixed.step(scan)
    assert mixed.counters["out_of_sequence"] > 5
    assert state(mixed) == state(ordered)
    for key, heard in ordered.tracklets.heard.items():
        assert [h.t for h in mixed.tracklets.heard[key]] == [h.t for h in heard]


P = np.kron([[400.0, 60], [60, 25]], np.eye(3))


def flown(k, number=7, speed=50.0, P=P, at=(3000.0, 2000, 900), **more):
    """A target's report k seconds after the start."""
    x = np.array([at[0] + speed * k, at[1], at[2], speed, 0, 0])
    return track_report(T0 + int(k * NS), number, x, P, int(10 * k), **more)


def step(tracker, *detections):
    t = max(d.t for d in detections)
    tracker.step(Scan(sensor="feed", t0=t, t1=t, sector=None, detections=detections))


def test_a_track_that_is_only_predicted_is_no_news():
    """Its covariance grows as its model says; our target ages as if nothing had been reported."""
    tracker = Tracker(sensors(), SITE.name, MATCHED)
    F, growth = np.kron([[1, 1.0], [0, 1]], np.eye(3)), P
    for k in range(5):
        step(tracker, flown(k, P=growth))
        growth = F @ growth @ F.T + np.kron([[1 / 3, 1 / 2], [1 / 2, 1]], np.eye(3))
    assert tracker.counters["tracks_without_news"] == 4
    assert tracker._pmb.bernoullis.hits[0] == 1


def test_the_same_track_said_again_is_no_news():
    tracker = Tracker(sensors(), SITE.name, MATCHED)
    for k in (0.0, 1.0, 1.1, 1.2):
        step(tracker, flown(k, P=P * 0.9 ** int(k)))
    assert tracker.counters["tracks_too_soon"] == 2


def test_a_number_given_to_another_target_begins_afresh():
    tracker = Tracker(sensors(), SITE.name, MATCHED)
    for k in range(4):
        step(tracker, flown(k, full=False))
    for k in range(4, 8):
        step(tracker, flown(k, at=(-4000.0, -2000, 900), full=False))
    assert tracker.counters["tracks_begun_afresh"] == 1
    newest = max(tracker.snapshot(), key=lambda track: track.t_born)
    assert abs(newest.estimate.x[0] - (-4000 + 50.0 * 7)) < 20


def test_a_report_that_no_target_used_is_not_subtracted():
    """After forget_s nobody knows of the earlier reports, so the next one counts in full."""
    tracker = Tracker(sensors(), SITE.name, TrackerConfig(forget_s=5.0))
    for k in range(4):
        step(tracker, flown(k))
    step(tracker, flown(20, number=9, at=(9e3, 9e3, 500)))
    step(tracker, flown(21))
    b = tracker._pmb.bernoullis
    whole = b.P[: b.size, 0][np.argmax(b.born[: b.size])]
    assert np.sqrt(whole[0, 0]) < 1.05 * np.sqrt(P[0, 0])


def test_a_target_that_calls_itself_something_else_is_still_recognised():
    """ADS-B names it by its address, the feed by a number: what the feed said is not counted twice."""
    some = sensors()
    some["adsb"] = sensors("adsb")["feed"]
    some["adsb"].name = "adsb"
    tracker = Tracker(some, SITE.name, MATCHED)
    for k in range(20):
        step(tracker, flown(k))
        own = flown(k + 0.5)
        t = own.t
        named = Detection(
            t=t, t_rx=t, sensor="adsb", seq=k, kind=Kind.GEODETIC_VELOCITY, z=own.z.copy(), R=50 * own.R,
            claims={"icao24": "393322"},
        )  # fmt: skip
        tracker.step(Scan(sensor="adsb", t0=t, t1=t, sector=None, detections=(named,)))
    assert tracker.counters["tracklets"] + tracker.counters["tracks_without_news"] == 19


def test_positions_alone_are_counted_once_within_their_memory():
    """Reports a second apart with a memory of ten seconds: no surer than theory says of such errors."""
    tracker = Tracker(sensors(memory=10.0), SITE.name, TrackerConfig(acceleration=1e-4, manoeuvre=1e-4))
    lat, lon, h = SITE.to_geodetic(np.array([3000.0, 2000, 900]))
    for k in range(12):
        t = T0 + k * NS
        d = Detection(
            t=t, t_rx=t, sensor="feed", seq=k, kind=Kind.GEODETIC, z=np.array([lat, lon, h]),
            R=np.diag([400.0] * 3), claims={"track_number": 4},
        )  # fmt: skip
        step(tracker, d)
    (track,) = tracker.snapshot()
    rho = np.exp(-0.1)
    surest = 400.0 / (1 + 11 * (1 - rho) / (1 + rho))
    assert track.estimate.P[0, 0] > surest


def test_what_was_heard_is_forgotten_when_silent():
    tracker = Tracker(sensors(), SITE.name)
    for k in range(300):
        step(tracker, flown(k, number=k, at=(3000.0, 30.0 * k, 900)))
    assert len(tracker.tracklets.heard) <= 130
