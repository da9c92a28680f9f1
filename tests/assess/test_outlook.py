"""Who is followed, what their futures amount to, and whether what is told comes about as often as told."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

from tests.assess.air import FRAME, at, make_track
from vedette.assess import AlertConfig, Asset
from vedette.assess.futures import CRUISE, HOVER, MANOEUVRE
from vedette.assess.outlook import (
    HEIGHTS,
    factors,
    followed,
    goals_of,
    look_ahead,
    most_at_once,
    sample,
    sight,
    soonest,
    summary,
)
from vedette.assess.outlook_config import OutlookConfig
from vedette.clock import NS
from vedette.pipeline.outlook_process import Ahead, ways_of
from vedette.sensor import Targets
from vedette.site import load_site
from vedette.tracker import Tracker
from vedette.types import Alert, AlertState, Scan, Severity, Status, Step

EXAMPLES = Path(__file__).parents[2] / "examples"
SITE = load_site(EXAMPLES / "airbase-iraq.toml")
CONFIG = OutlookConfig()
RNG = np.random.default_rng


def now_of(*tracks, t_s=0.0, alerts=(), alert=None, config=CONFIG, rates=None):
    return followed(at(t_s), tracks, alerts, alert or AlertConfig(), config, FRAME, rates or {})


def asset(name="base", east=0.0, north=0.0, radius=300.0):
    return Asset(name=name, position=np.array([east, north, 0.0]), radius=radius, value=1.0)


def inbound(number, distance=20_000.0, *, speed=50.0, **more):
    return make_track(0.0, (-distance, 0.0, 300.0), (speed, 0.0, 0.0), number=number, **more)


# Who is followed -------------------------------------------------------------------------------------------


def test_what_never_alarms_is_not_followed():
    tracks = [
        inbound(1),
        inbound(2, status=Status.TENTATIVE),
        inbound(3, status=Status.DROPPED),
        inbound(4, status=Status.COASTING),
        inbound(5, names={"callsign": "OURS 1"}),
        inbound(6, names={"icao24": "4b1234"}),
        inbound(7, names={"affiliation": "friend"}),
    ]
    heard = AlertConfig(allow=("ours 1",), allow_transponders=True)
    assert len(now_of(*tracks, alert=heard).elapsed) == 2
    assert len(now_of(*tracks).elapsed) == 4


def test_one_that_says_who_it_is_has_no_goal():
    now = now_of(inbound(1), inbound(2, names={"icao24": "4b1234"}), config=replace_config(towards=0.4))
    assert now.flights.turns.tolist() == [0.4, 0.0]
    later = now_of(inbound(2, names={"icao24": "4b1234"}), t_s=61.0, config=replace_config(towards=0.4))
    assert later.flights.turns.tolist() == [0.4]  # it said so too long ago


def replace_config(**changed):
    return OutlookConfig(**changed)


def alert_of(track, state=AlertState.NEW, raised_s=-30.0):
    steps = [Step(state=AlertState.NEW, t=at(raised_s), by="vedette")]
    if state is not AlertState.NEW:
        steps.append(Step(state=state, t=at(-1.0), by="Duty officer"))
    return Alert(
        id=f"{track}-x-1", track=track, zone="x", rule="r", severity=Severity.WARNING, t_raised=at(raised_s),
        evidence=None, history=tuple(steps),
    )  # fmt: skip


def test_the_persons_clock_runs_from_the_alert_and_stops_when_somebody_acts():
    tracks = [inbound(n) for n in range(1, 5)]
    alerts = [
        alert_of(1),
        alert_of(2, AlertState.ACKNOWLEDGED),
        alert_of(3, AlertState.CLOSED),
        alert_of(1, raised_s=-45.0),
    ]
    assert now_of(*tracks, alerts=alerts).elapsed.tolist() == [45.0, np.inf, 0.0, 0.0]


def test_the_soonest_are_followed_and_the_rest_counted():
    tracks = [inbound(n, distance=5_000.0 + 1_000.0 * n) for n in range(10)]
    tracks += [inbound(99, distance=90_000.0)]  # cannot be here in ten minutes
    rows, left_out = soonest(now_of(*reversed(tracks)), goals_of([asset()], CONFIG), replace_config(tracks=4))
    assert rows.tolist() == [10, 9, 8, 7]
    assert left_out == 6


def test_factors_of_covariances_multiply_back_also_where_they_are_flat():
    A = RNG(1).normal(size=(5, 6, 6))
    P = A @ A.mT
    P[0] = 0.0
    P[1, :, 3:] = P[1, 3:, :] = 0.0
    L = factors(P)
    np.testing.assert_allclose(L @ L.mT, P, atol=1e-12)
    assert not np.triu(L, 1).any()


def test_sight_is_what_the_sensors_say():
    """−ln of the probability that a second of looks of all sensors reports nothing."""
    seen = sight(SITE.sensors, SITE.frame)
    places = seen.rate.shape[1]
    rng = RNG(2)
    for _ in range(50):
        h, n, e = rng.integers(len(HEIGHTS)), *rng.integers(places, size=2)
        place = np.array([[seen.corner + e * seen.step, seen.corner + n * seen.step, 0.0]])
        place[0, 2] = seen.height[h] - SITE.frame.height_above(place)[0]
        none = 1.0
        for sensor in SITE.sensors.values():
            if sensor.looks:
                none *= (1.0 - min(sensor.detection_probability(place)[0], 0.95)) ** sensor.look_rate
        assert seen.rate[h, n, e] == pytest.approx(-np.log(none), abs=1e-9)
    assert seen.rate.max() > 0.1


# What it amounts to ----------------------------------------------------------------------------------------


def test_how_many_come_is_the_product_of_those_that_fly_alone():
    rng = RNG(3)
    come = rng.random((100_000, 3)) < [0.2, 0.5, 0.7]
    told = summary("base", np.where(come, 100.0, np.inf), np.zeros(come.shape), 60.0)
    exact = np.zeros(4)
    for each in itertools.product((0, 1), repeat=3):
        exact[sum(each)] += np.prod([p if k else 1 - p for k, p in zip(each, (0.2, 0.5, 0.7), strict=True)])
    np.testing.assert_allclose(told.counts, exact, atol=0.006)
    assert told.at_once == told.counts
    assert told.probability == pytest.approx(1.0 - told.counts[0])
    assert told.arrivals_expected == pytest.approx(1.4, abs=0.01)


def test_at_once_is_the_most_in_any_minute():
    rng = RNG(4)
    arrival = np.where(rng.random((300, 8)) < 0.6, rng.uniform(0, 300, (300, 8)), np.inf)
    for row, most in zip(arrival, most_at_once(arrival, 60.0), strict=True):
        slow = max((np.sum((row >= t) & (row <= t + 60.0)) for t in row[np.isfinite(row)]), default=0)
        assert most == slow


def test_nobody_comes_to_where_nobody_is():
    told = look_ahead(RNG(1), now_of(), [asset()], ways_of(SITE), sight({}, FRAME), CONFIG)
    (base,) = told.assets
    assert (base.probability, base.arrivals_expected, base.counts, base.at_once) == (0.0, 0.0, (1.0,), (1.0,))
    assert base.arrival is None
    assert base.warning is None


def test_the_warning_is_what_the_decision_leaves_of_the_way():
    """Straight in, 19.7 km at 50 m/s; the median person takes 60 s; seen all the way."""
    config = replace_config(towards=0.0, futures=2000)
    ahead = Ahead(SITE)
    track = inbound(1, sigma=1.0, sigma_v=0.01)
    for state, taken in ((AlertState.NEW, 60.0), (AlertState.ACKNOWLEDGED, 0.0)):
        now = now_of(track, alerts=[alert_of(1, state, raised_s=0.0)], config=config)
        now = now._replace(flights=now.flights._replace(told=np.ones(1)))
        (base,) = look_ahead(RNG(1), now, [asset(radius=5000.0)], ahead.ways, ahead.sight, config).assets
        assert base.probability > 0.97
        assert base.arrival[1] == pytest.approx(15_000 / 50, rel=0.03)
        assert base.warning[1] == pytest.approx(base.arrival[1] - taken, abs=12.0)


# Calibration -----------------------------------------------------------------------------------------------

DT = 0.5


class Flown:
    """N targets that fly as docs/outlook.md says, in small steps and by other code: p, v = u + d, their ways.

    They cruise until they are looked at; then some of them have just begun a manoeuvre.
    """

    def __init__(self, rng, N, ways):
        self.rng, self.ways, self.N = rng, ways, N
        bearing, distance = rng.uniform(0, 2 * np.pi, N), rng.uniform(6e3, 24e3, N)
        self.p = distance[:, None] * np.column_stack([np.sin(bearing), np.cos(bearing)])
        course = bearing + np.pi + rng.normal(0.0, 0.3, N)
        speed = rng.uniform(25.0, 60.0, N)
        self.u = speed[:, None] * np.column_stack([np.sin(course), np.cos(course)])
        self.d = rng.normal(size=(N, 2)) * np.sqrt(ways.q_c * ways.tau / 2)
        self.way = np.full(N, CRUISE)
        self.first = np.zeros(N, bool)
        self.goal = np.full(N, np.inf)
        self.changes = False

    def step(self):
        w, rng = self.ways, self.rng
        cruise, N = self.way == CRUISE, self.N
        self.p += (self.u + self.d) * DT
        self.u += np.sqrt(w.q_u * DT) * rng.normal(size=(N, 2))
        noise = rng.normal(size=(N, 2))
        damped = self.d * (1 - DT / w.tau) + np.sqrt(w.q_c * DT) * noise
        self.d = np.where(cruise[:, None], damped, self.d + np.sqrt(w.q_m * DT) * noise)
        self.goal -= DT
        aimed = self.goal <= 0.0
        speed = np.hypot(*self.u[aimed].T)
        self.u[aimed] = -self.p[aimed] / np.hypot(*self.p[aimed].T)[:, None] * speed[:, None]
        leave = (rng.random(N) < DT / w.T[self.way]) & self.changes
        new = leave & ~cruise & self.first
        self.u[new] += self.d[new]
        self.d[new] = 0.0
        self.first &= ~leave
        self.way = np.where(leave, 1 - self.way, self.way)

    def swerve(self, share):
        """Some begin a manoeuvre, which sets a new course."""
        self.first = self.rng.random(self.N) < share
        self.way = np.where(self.first, MANOEUVRE, CRUISE)

    def look(self, purpose):
        """From now on it counts."""
        self.changes = True
        some = self.rng.random(self.N) < purpose
        self.goal = np.where(some, self.rng.exponential(self.ways.turn, self.N), np.inf)


def scene(seed, N=60, settle=60, radius=1500.0):
    """What is told of N flights past a radar after a minute, and whether each came within ten."""
    rng, radar = RNG(seed), SITE.sensors["North radar"]
    tracker, config = Tracker({radar.name: radar}, SITE.frame.name, SITE.tracker), replace_config(futures=400)
    fly = Flown(rng, N, ways_of(SITE))
    height = np.full(N, 1500.0)
    t = begin = at(0.0)
    for look in radar.schedule(begin, begin + settle * NS):
        for _ in range(round((look.t1 - t) / NS / DT)):
            fly.step()
        t = look.t1
        if t == begin + (settle - 3) * NS:
            fly.swerve(0.1)
        where = np.column_stack([fly.p, height])
        targets = Targets(
            position=where, velocity=np.column_stack([fly.u + fly.d, 0 * height]), rcs=np.full(N, 1.0),
            transponder=("",) * N,
        )  # fmt: skip
        found = radar.measure(targets, look, rng).detections(radar, look, look.t1)
        tracker.step(Scan(sensor=radar.name, t0=look.t0, t1=t, sector=look.sector, detections=found))
    tracks = [track for track in tracker.snapshot() if track.status is Status.CONFIRMED]
    fly.look(config.towards)
    goals = goals_of([asset(radius=radius)], config)
    now = followed(t, tracks, (), AlertConfig(), config, SITE.frame, {})
    told = sample(rng, now, goals, ways_of(SITE), sight({}, SITE.frame), config)
    owner = [np.hypot(*(fly.p - tracks[row].estimate.x[:2]).T) for row in told.rows]
    whose = [int(d.argmin()) if d.min() < 300.0 else -1 for d in owner]
    came = np.hypot(*fly.p.T) <= radius
    for _ in range(round(config.horizon_s / DT)):
        fly.step()
        came |= np.hypot(*fly.p.T) <= radius
    p = np.isfinite(told.arrival[:, :, 0]).mean(axis=0)
    return [(float(p[k]), bool(came[n])) for k, n in enumerate(whose) if n >= 0]


@pytest.mark.slow
def test_of_what_is_told_with_so_much_so_much_comes(record_property):
    """Over simulated flights, through radar and tracker: in each tenth what is told lies within the 99.9 %
    interval of what comes, widened by 0.05 for what the tracker adds."""
    told, came = np.array([pair for seed in range(40) for pair in scene(seed)]).T
    assert len(told) > 1500
    for low in np.arange(0.0, 1.0, 0.1):
        some = (told >= low) & (told < low + 0.1 + 1e-9)
        n, k = int(some.sum()), int(came[some].sum())
        if n < 20:
            continue
        record_property(f"{low:.1f}", f"{n} told with {told[some].mean():.3f}, {k / n:.3f} came")
        least, most = beta(k, n - k + 1).ppf(0.0005), beta(k + 1, n - k).ppf(0.9995)
        assert np.nan_to_num(least) - 0.05 <= told[some].mean() <= np.nan_to_num(most, nan=1.0) + 0.05
    assert told.mean() == pytest.approx(came.mean(), abs=0.03)


def test_ways_are_in_the_trackers_order():
    assert (CRUISE, MANOEUVRE, HOVER) == (0, 1, 2)
    ways = ways_of(SITE)
    tracker = SITE.tracker
    assert (ways.q_c, ways.q_m, ways.q_h) == (tracker.acceleration, tracker.manoeuvre, tracker.hover)
