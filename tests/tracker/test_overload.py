"""A flood of clutter degrades speed, never memory or correctness, and is said to be one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.tracker.flights import DRONES, SITE, T0, batch, both, radar_scans, report
from tests.tracker.floods import flooded
from tests.tracker.test_out_of_sequence import shuffled, state
from vedette.clock import NS
from vedette.geo import to_polar
from vedette.tracker import Tracker, TrackerConfig
from vedette.tracker.flood import converted, crowd, density, drawn, lots, under_gates, within
from vedette.types import Kind, Status

CONFIRMED = (Status.CONFIRMED, Status.COASTING)


@pytest.fixture(scope="module")
def sensors():
    return both()


def near(tracks, k):
    """Numbers of the confirmed tracks that are within 400 m of each drone k seconds after the start."""
    sure = [track for track in tracks if track.status in CONFIRMED]
    places = [np.array(p) + k * np.array(v) for p, v in DRONES]
    return [{t.id for t in sure if np.linalg.norm(t.estimate.position - place) < 400} for place in places]


def drone(radar, k):
    """Where the first drone is, as the radar measures it."""
    return to_polar(radar.station.local(np.array([DRONES[0][0]]) + k * np.array([DRONES[0][1]])))[0]


FLOODS = {
    "uniform": {},
    "around a drone": {"around": drone},
    "of vague plots": {"wide": 20.0},
}


def survives(sensors, flood, plots, scans):
    """Through a flood and after it: the same two tracks as before, no more confirmed, few rows held."""
    radar, tracker = sensors["radar"], Tracker(sensors, SITE.name)
    how = {name: (lambda k: drone(radar, k)) if name == "around" else v for name, v in FLOODS[flood].items()}
    before, most = None, 0
    for k, scan in enumerate(flooded(radar, DRONES, 45, plots, range(31, 31 + scans), **how), start=1):
        tracker.step(scan)
        most = max(most, len(tracker._pmb.bernoullis))
        if k == 30:
            before = near(tracker.snapshot(), k)
    after = near(tracker.snapshot(), 45)
    assert [len(ids) for ids in before] == [1, 1]
    assert after == before
    assert tracker.counters["tracks_confirmed"] == 2
    assert most < 6_100
    assert len(tracker._pmb.bernoullis.r) < 20_000  # room
    assert tracker.counters["overload_scans"] == scans
    assert tracker.counters["births_refused"] > scans * (plots - 3000)
    assert "Overload" in tracker.overload.told["radar"][1]


@pytest.mark.slow
@pytest.mark.parametrize("flood", FLOODS)
def test_known_targets_live_through_a_flood_and_no_false_one_is_confirmed(sensors, flood):
    survives(sensors, flood, plots=20_000, scans=3)


@pytest.mark.slow
@pytest.mark.parametrize("flood", FLOODS)
def test_a_hundred_thousand_plots_a_second_for_ten_seconds(sensors, flood):
    survives(sensors, flood, plots=100_000, scans=10)


def test_ten_times_the_clutter_that_the_site_file_says_confirms_nothing(sensors):
    """60 to 600 false plots a second where 3 are expected, for a minute: below the size of a flood."""
    radar = sensors["radar"]
    for plots in (60, 600):
        tracker = Tracker(sensors, SITE.name)
        for scan in flooded(radar, [((0.0, 0.0, -5e5), (0.0, 0, 0))], 60, plots, range(1, 61)):
            tracker.step(scan)
        assert tracker.counters["tracks_confirmed"] == 0
        assert tracker.counters["clutter_raised"] == 60
        assert tracker.counters["overload_scans"] == 0
        assert "raise this sensor's `clutter`" in tracker.overload.told["radar"][1]


def test_a_swarm_is_no_clutter():
    """A hundred drones within a square kilometre that all appear at once are confirmed, nearly all, in ten
    seconds, although the radar's model expects three false plots and nobody."""
    sensors = both(merging=False)
    rng = np.random.default_rng(4)
    paths = [((9000 + 100.0 * (k % 10), 3000 + 100.0 * (k // 10), 400), (-30.0, 20, 0)) for k in range(100)]
    tracker = Tracker(sensors, SITE.name)
    for scan in radar_scans(sensors["radar"], paths, 10, seed=int(rng.integers(100))):
        tracker.step(scan)
    assert tracker.counters["tracks_confirmed"] > 85


def test_a_flood_in_any_order_of_arrival_gives_the_same_and_is_counted_once(sensors):
    scans = list(flooded(sensors["radar"], DRONES, 20, 3_000, range(10, 14)))
    config = TrackerConfig(births_at_once=200, tentative_at_once=900)
    ordered, mixed = (Tracker(sensors, SITE.name, config) for _ in "ab")
    for scan in scans:
        ordered.step(scan)
    for scan in shuffled(scans, np.random.default_rng(3), 4 * NS):
        mixed.step(scan)
    assert mixed.counters["out_of_sequence"] > 3
    assert state(mixed) == state(ordered)
    # Shown tracks are numbered by both alike here, so what overload costs is the same too.
    names = ("overload_scans", "births_refused", "tentative_dropped", "tracks_held", "clutter_raised")
    assert [mixed.counters[n] for n in names] == [ordered.counters[n] for n in names]
    assert ordered.counters["overload_scans"] == 4


def test_a_flood_of_invented_names_is_bounded_and_real_ones_go_on(sensors):
    config = TrackerConfig(births_at_once=100)
    tracker = Tracker(sensors, SITE.name, config)
    for k in range(12):
        t = T0 + k * NS
        real = report(t, (20e3 + 200 * k, 0, 9e3), (200, 0, 0), "393322", 100_000 * k)
        rng = np.random.default_rng(k)
        false = [
            report(t, (*rng.uniform(-5e4, 5e4, 2), 9e3), (200, 0, 0), f"{k:02x}{i:04x}", 100_000 * k + 1 + i)
            for i in range(1000 if 5 <= k < 8 else 0)
        ]
        tracker.step(batch(real, *false))
    assert tracker.counters["births_refused"] == 3 * 900
    assert tracker.counters["overload_scans"] == 3
    names = {t.identity["icao24"].value for t in tracker.snapshot() if t.status is Status.CONFIRMED}
    assert names == {"393322"}


# --- the parts, against closed forms


def test_density_is_that_of_the_places_it_is_counted_in():
    """A uniform cloud with another a thousand times as dense inside it."""
    rng = np.random.default_rng(1)
    sparse, dense = rng.uniform(0, 10_000, (20_000, 3)), rng.uniform(4_000, 4_500, (2_500, 3))
    got = density(np.concatenate([sparse, dense]), np.repeat(25.0 * np.eye(3)[None], 22_500, axis=0))
    assert np.median(got[:20_000]) == pytest.approx(20_000 / 1e12, rel=0.1)
    assert np.median(got[20_000:]) == pytest.approx(2_500 / 500**3, rel=0.1)


def test_density_of_plots_without_a_height_is_that_in_the_plane_over_the_noise():
    rng = np.random.default_rng(2)
    z = np.column_stack([rng.uniform(0, 10_000, (20_000, 2)), np.full(20_000, 300.0)])
    got = density(z, np.repeat(np.diag([25.0, 25.0, 500.0**2])[None], 20_000, axis=0))
    assert np.median(got) == pytest.approx(20_000 / 1e8 / (np.sqrt(2 * np.pi) * 500), rel=0.1)


@pytest.mark.slow
def test_density_that_a_radar_measures_is_that_of_its_model(sensors):
    """20,000 plots spread as the radar's model spreads 3 a look: 6,700 times as dense everywhere."""
    radar = sensors["radar"]
    scan = next(flooded(radar, DRONES, 1, 20_000, [1]))
    z, R = (np.stack([getattr(d, name) for d in scan.detections]) for name in "zR")
    y, S = radar.convert(Kind.RANGE_AZ_EL, z, R)
    got = converted(density(z, R), R, S) / radar.clutter_density(y)
    true = 20_000 / radar.false_alarms()
    assert np.quantile(got, [0.02, 0.5, 0.98]) == pytest.approx([true] * 3, rel=0.1)


def test_lots_are_uniform_and_draws_are_in_proportion_to_the_weight():
    label = np.arange(200_000)
    u = lots(label, np.full(200_000, T0))
    assert u.min() > 0
    assert u.max() < 1
    assert np.histogram(u, 20, (0, 1))[0] == pytest.approx(np.full(20, 10_000), rel=0.05)
    assert np.corrcoef(u, lots(label, np.full(200_000, T0 + NS)))[0, 1] == pytest.approx(0, abs=0.01)
    weight = np.where(label % 2 == 0, 3.0, 1.0)
    chosen = drawn(weight, u, 10_000)
    assert chosen.sum() == 10_000
    assert Counter((label[chosen] % 2).tolist())[0] == pytest.approx(7_500, rel=0.03)


def test_what_lies_under_a_gate_is_never_counted_short():
    rng = np.random.default_rng(3)
    z = np.concatenate([rng.uniform(0, 1e4, (5_000, 3)), rng.normal(3000, 50, (5_000, 3))])
    x, P = np.zeros((300, 2, 6)), np.zeros((300, 2, 6, 6))
    x[:, :, :3] = rng.uniform(-2e3, 12e3, (300, 1, 3))
    x[:, :, 3:] = rng.normal(0, 30, (300, 2, 3))
    P[:] = np.diag([2500.0, 2500, 2500, 100, 100, 100])
    R, tau = np.repeat(100.0 * np.eye(3)[None], 10_000, axis=0), rng.uniform(0, 1, 10_000)
    got = under_gates(x, P, z, R, tau, 20.0)
    for i in range(300):
        ahead = x[i, :, None, :2] - tau[None, :, None] * x[i, :, None, 3:5]
        S = 2500 + tau**2 * 100 + 100
        exact = ((np.square(z[None, :, :2] - ahead).sum(axis=2) / S) < 20.0).any(axis=0).sum()
        assert exact <= got[i] <= 10_000
    assert got.min() == 0


def test_shown_targets_come_first_and_the_emptiest_gates_before_the_fullest():
    count, r = np.array([5, 50, 4, 3, 3]), np.array([0.9, 0.9, 0.9, 0.1, 0.2])
    shown = np.array([True, True, True, False, False])
    assert within(count, r, shown, 20, 12).tolist() == [True, False, True, False, True]
    assert crowd(r, shown, 2) is None
    assert crowd(r, shown, 1).tolist() == [True, True, True, False, True]
