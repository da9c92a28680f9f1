"""What would change the judgement: each sentence is tried out, and what it says comes true."""

from __future__ import annotations

import copy
import dataclasses
import math
import re

import numpy as np
import pytest

from tests.assess.air import FRAME, at, make_track
from tests.assess.test_assessor import BASE, drone, fly
from tests.tracker.flights import DRONES, SITE, both, radar_scans
from vedette.assess import AlertConfig, Assessor, Asset, AssetConfig, Misses, Zone, ZoneConfig
from vedette.assess.arrival import arrival
from vedette.clock import NS
from vedette.tracker import Tracker, TrackerConfig
from vedette.types import Scan, Status

INNER = ZoneConfig(name="Inner", radius=3000.0, ceiling=600.0)


def sentences(tracks_at, seconds=range(0, 40), zone=INNER, misses=None, **alert):
    assessor = Assessor([zone], [BASE], AlertConfig(**alert), FRAME, misses=misses)
    fly(assessor, lambda s: [tracks_at(s)], seconds)
    (found,) = assessor.alerts
    return found.would_change


def enters(position, velocity):
    """Whether a straight way comes into the circle of 3 km below 600 m within ten minutes."""
    t = np.arange(0.0, 600.0, 0.1)[:, None]
    way = np.array(position) + np.array(velocity) * t
    height = way[:, 2] + (position[0] ** 2 + position[1] ** 2) / (2.0 * 6.37e6)
    return bool(((np.hypot(way[:, 0], way[:, 1]) <= 3000.0) & (height <= 600.0)).any())


def turned(velocity, degrees):
    course, speed = math.atan2(velocity[0], velocity[1]) + math.radians(degrees), math.hypot(*velocity[:2])
    return [speed * math.sin(course), speed * math.cos(course), velocity[2]]


def test_the_turn_that_it_names_is_the_least_that_misses():
    aside = 1_000.0
    said = sentences(lambda s: drone(s, start=-12_000.0, aside=aside))
    (turn,) = [sentence for sentence in said if sentence.startswith("A turn")]
    left, right = map(int, re.search(r"of (\d+)° to the left or of (\d+)° to the right", turn).groups())
    place, velocity = [-12_000.0 + 39 * 50.0, aside, 110.0], [50.0, 0.0, 0.0]
    for angle in (-left, right):
        assert not enters(place, turned(velocity, angle))
        assert enters(place, turned(velocity, angle - math.copysign(1.5, angle)))


def test_the_climb_that_it_names_is_the_least_that_passes_over():
    (climb,) = [s for s in sentences(lambda s: drone(s, start=-12_000.0)) if "climb" in s]
    least = int(re.search(r"climb of (\d+) m/s", climb)[1])
    place = [-12_000.0 + 39 * 50.0, 0.0, 110.0]
    assert not enters(place, [50.0, 0.0, least])
    assert enters(place, [50.0, 0.0, least - 1.0])


def turning(rate_deg, s):
    """A drone that has flown a steady turn since 0 s, towards the site at 30 s."""
    rate, speed = math.radians(rate_deg), 50.0
    course = math.radians(90.0) + rate * (s - 30.0)
    radius = speed / rate
    east = -9_000.0 + radius * (math.cos(math.radians(90.0)) - math.cos(course))
    north = radius * (math.sin(course) - math.sin(math.radians(90.0)))
    return make_track(
        s, [east, north, 110.0], [speed * math.sin(course), speed * math.cos(course), 0.0], sigma_v=0.2
    )


@pytest.mark.parametrize(("rate", "side"), [(-1.5, "left"), (1.5, "right")])
def test_a_turn_that_goes_on_is_followed_to_its_end(rate, side):
    said = sentences(lambda s: turning(rate, s), range(20, 31))
    (turn,) = [s for s in said if "keeps turning" in s]
    assert turn == f"If it keeps turning {side} at 1.5°/s it misses Inner."
    way = [turning(rate, s).estimate.x[:2] for s in range(30, 270)]
    assert min(np.hypot(*place) for place in way) > 3000.0


def test_a_straight_flight_is_not_said_to_turn():
    rng = np.random.default_rng(3)

    def swaying(s):
        return make_track(s, [-12_000.0 + 50.0 * s, 0, 110.0], [50.0, rng.normal(), 0.0], sigma_v=1.0)

    assert not [s for s in sentences(swaying) if "keeps turning" in s]


def test_below_the_speed_that_it_names_it_is_a_bird():
    def track(s, speed=50.0, number=12):
        return make_track(s, [-9_000.0 + 50.0 * s, 0.0, 110.0], [speed, 0.0, 0.0], number=number)

    (bird,) = [s for s in sentences(track, bird_speed=20.0) if "bird" in s]
    limit = float(re.search(r"Below (\d+) m/s", bird)[1])
    for speed, alarms in ((limit - 0.6, False), (limit + 0.6, True)):
        assessor = Assessor([INNER], [BASE], AlertConfig(bird_speed=20.0), FRAME)
        fly(assessor, lambda s, speed=speed: [track(s, speed)], range(0, 60))
        assert bool(assessor.alerts) is alarms


def test_on_the_allow_list_it_would_not_alarm():
    def track(s):
        return drone(s, start=-9_000.0, names={"remote_id": "1596F3", "callsign": "SVY1"})

    (allow,) = [s for s in sentences(track) if "allow list" in s]
    assert allow == "If its callsign SVY1 were on the allow list it would not alarm."
    assessor = Assessor([INNER], [BASE], AlertConfig(allow=("SVY1",)), FRAME)
    assert not any(fly(assessor, lambda s: [track(s)], range(0, 40)))


def test_the_rule_s_own_speed_is_named():
    zone = ZoneConfig(name="Inner", radius=3000.0, speed_from=20.0, speed_to=80.0)
    said = sentences(lambda s: drone(s, start=-9_000.0), zone=zone)
    assert "Below 20 m/s it could not raise a new alert of Inner." in said
    assert "Above 80 m/s it could not raise a new alert of Inner." in said


# Misses ----------------------------------------------------------------------------------------------------


def test_after_the_misses_that_it_names_the_tracker_confirms_no_longer():
    """A drone is tracked for a while, then the radar sees nothing: the real tracker, miss by miss."""
    sensors = both(clutter=20.0, reference_rcs=5.0, reference_pd=0.7, amplitude=False)
    tracker = Tracker(sensors, SITE.name)
    scans = radar_scans(sensors["radar"], DRONES[:1], 14)
    config = TrackerConfig()
    misses = Misses(sensors, config.drop, config.p_detect_max, config.mean_life_s)
    tried = 0
    for scan in scans:
        tracker.step(scan)
        for track in tracker.snapshot():
            for sensor, count in misses.left(track):
                assert sensor == "radar"
                assert confirmed_after(tracker, scan, track.id, count - 1)
                assert not confirmed_after(tracker, scan, track.id, count)
                tried += 1
    assert tried >= 10


def confirmed_after(tracker, scan, number, count):
    """Whether the track is still confirmed after so many empty looks."""
    blind = copy.deepcopy(tracker)
    for k in range(1, count + 1):
        blind.step(
            Scan(sensor="radar", t0=scan.t0 + k * NS, t1=scan.t1 + k * NS, sector=scan.sector, detections=())
        )
    tracks = {track.id: track.status for track in blind.snapshot()}
    return tracks.get(number, Status.DROPPED) in (Status.CONFIRMED, Status.COASTING)


def test_one_miss_is_said_in_the_singular_and_what_nobody_sees_well_is_not_said():
    sensors = both()
    track = make_track(0, [9_000.0, 0.0, 300.0], [-30.0, 0, 0], existence=0.51)
    track = dataclasses.replace(track, contributors={"radar": at(0)})
    misses = Misses(sensors, 0.5, 0.98, 3600.0)
    assert list(misses.left(track)) == [("radar", 1)]
    assert list(misses.left(dataclasses.replace(track, status=Status.TENTATIVE))) == []
    assert list(misses.left(dataclasses.replace(track, contributors={"adsb": at(0)}))) == []
    far = make_track(0, [29_900.0, 0.0, 20_000.0], [-30.0, 0, 0], existence=0.51)
    assert list(misses.left(dataclasses.replace(far, contributors={"radar": at(0)}))) == []


# The time left ---------------------------------------------------------------------------------------------


def test_the_time_left_is_told_for_the_asset_that_is_reached_first():
    near = AssetConfig(name="Near", bearing=270.0, distance=2_000.0, radius=100.0)
    outside = AssetConfig(name="Outside", bearing=270.0, distance=5_000.0, radius=100.0)
    assessor = Assessor([INNER], [BASE, near, outside], AlertConfig(), FRAME)
    fly(assessor, lambda s: [drone(s, start=-12_000.0, sigma_v=0.5)], range(0, 41))
    (alert,) = assessor.alerts
    assert alert.arrival.asset == "Near"  # the one outside the zone is passed before
    assert alert.arrival.after_s == pytest.approx((12_000.0 - 40 * 50.0 - 2_000.0 - 100.0) / 50.0, abs=3.0)
    assert alert.arrival.low_s < alert.arrival.after_s < alert.arrival.high_s
    fly(assessor, lambda s: [drone(s, start=-12_000.0)], range(41, 215))
    assert assessor.alerts[0].arrival.asset == "Base"  # the near one lies behind it now


def test_the_interval_of_the_time_left_is_that_of_sampled_paths():
    rng = np.random.default_rng(4)
    x, P = np.array([-8_000.0, 300.0, 200.0, 45.0, 2.0, 0.0]), np.diag([2500.0] * 3 + [9.0, 9.0, 1.0])
    zone = Zone.from_config(INNER, FRAME)
    told = arrival(x, P, zone, [Asset.from_config(BASE, FRAME)], np.array([0.05, 0.05, 0.005]))
    X = rng.multivariate_normal(x, P, size=4000)
    noise = np.linalg.cholesky([[1 / 3, 1 / 2], [1 / 2, 1]])
    best, when, hit = np.full(4000, np.inf), np.zeros(4000), np.full(4000, np.inf)
    for second in range(600):
        d = np.hypot(X[:, 0], X[:, 1])
        when = np.where(d < best, second, when)
        best = np.minimum(best, d)
        hit = np.where((d <= BASE.radius) & np.isinf(hit), second, hit)
        w = rng.normal(size=(4000, 3, 2)) @ noise.T * np.sqrt([0.05, 0.05, 0.005])[:, None]
        X[:, :3] += X[:, 3:] + w[:, :, 0]
        X[:, 3:] += w[:, :, 1]
    first = np.where(np.isfinite(hit), hit, when)
    low, middle, high = np.quantile(first, [0.1, 0.5, 0.9])
    assert told.after_s == pytest.approx(middle, rel=0.05)
    assert told.low_s == pytest.approx(low, rel=0.1)
    assert told.high_s == pytest.approx(high, rel=0.15)


def test_nothing_is_said_of_arriving_where_it_flies_away():
    x, P = np.array([-8_000.0, 300.0, 200.0, -45.0, 2.0, 0.0]), np.diag([2500.0] * 3 + [9.0, 9.0, 1.0])
    zone, base = Zone.from_config(INNER, FRAME), Asset.from_config(BASE, FRAME)
    assert arrival(x, P, zone, [base], np.zeros(3)) is None
    assert arrival(x, P, zone, [], np.zeros(3)) is None


# Calm evidence ---------------------------------------------------------------------------------------------


def test_evidence_follows_a_swaying_estimate_calmly_and_an_entry_at_once():
    rng = np.random.default_rng(8)
    assessor = Assessor([INNER], [BASE], AlertConfig(), FRAME)
    told = []
    for k in range(0, 900):
        s = k * 0.2
        sway = 1.2 * math.sin(s / 2.0) + rng.normal() * 0.3  # as an estimate between manoeuvre and none
        track = make_track(s, [-17_000.0 + 50.0 * s, 2_600.0, 110.0], [50.0, sway, 0.0], sigma_v=2.0)
        for alert in assessor.step(at(s), [track]):
            told.append(alert.evidence.probability)
    steps = np.abs(np.diff(told))
    assert len(told) > 600
    assert np.ptp(told[100:]) > 0.05
    assert steps.max() < 0.03
    assert max(np.ptp(told[k : k + 15]) for k in range(len(told) - 15)) < 0.15  # within three seconds


def test_inside_is_said_when_it_is_likelier_than_not_and_never_beside_a_smaller_number():
    for east in np.arange(-3_300.0, -2_500.0, 40.0):
        assessor = Assessor([INNER], [BASE], AlertConfig(probability=0.1, clear=0.05), FRAME)
        fly(
            assessor,
            lambda s, e=east: [make_track(s, [e, 0.0, 110.0], [0.5, 0, 0], sigma=150.0)],
            range(0, 4),
        )
        (alert,) = assessor.alerts
        said = re.search(r"is inside Inner with probability (above )?([\d.]+)", alert.evidence.sentence)
        assert (alert.evidence.inside >= 0.5) == bool(said)
        assert said is None or float(said[2]) >= 0.5
        assert alert.raised.sentence.startswith("Track 12")


def test_the_evidence_of_the_raising_stays():
    assessor = Assessor([INNER], [BASE], AlertConfig(), FRAME)
    lists = fly(assessor, lambda s: [drone(s, start=-12_000.0)], range(0, 100))
    first = next(alerts[0] for alerts in lists if alerts)
    (last,) = lists[-1]
    assert last.raised == first.raised == first.evidence
    assert last.evidence != first.evidence
