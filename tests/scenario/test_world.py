"""Where simulated platforms truly are, against GeographicLib, finite differences and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from tests.scenario.scenario_examples import BENT, HEAD, SITE, STRAIGHT, place, platform, scenario, world
from vedette.classes import flight_classes
from vedette.clock import NS
from vedette.errors import ConfigError
from vedette.geo import Circle, Polygon
from vedette.scenario import World


def test_waypoints_are_where_geographiclib_says() -> None:
    made = world(BENT)
    p = made.platforms[0]
    for t, bearing, distance, height in [(p.begin, 45, 12e3, 200), (p.end, 200, 500, 60)]:
        there = Geodesic.WGS84.Direct(33.8, 42.4, bearing, distance)
        (truth,) = made.truth(t)
        lat, lon, h = SITE.to_geodetic(truth.x[:3])
        assert math.degrees(lat) == pytest.approx(there["lat2"], abs=1e-6)
        assert math.degrees(lon) == pytest.approx(there["lon2"], abs=1e-6)
        assert h - SITE.height == pytest.approx(height, abs=0.1)


def test_velocity_is_the_derivative_of_position() -> None:
    made = world()
    for seconds in (1.0, 30.0, 60.5, 127.3, 140.0, 180.0):
        t, h = made.begin + round(seconds * NS), NS // 100
        _, now = made.state(t)
        _, later = made.state(t + h)
        _, before = made.state(t - h)
        np.testing.assert_allclose((later[:, :3] - before[:, :3]) / 0.02, now[:, 3:], atol=0.02)


def test_speed_over_ground_is_kept_and_the_turn_rate_bounded() -> None:
    made = world(BENT)
    p = made.platforms[0]
    times = np.arange(p.begin, p.end, NS // 10)
    v = np.array([made.state(int(t))[1][0, 3:5] for t in times])
    np.testing.assert_allclose(np.hypot(*v.T), 48.0, rtol=1e-9)
    course = np.unwrap(np.arctan2(v[:, 0], v[:, 1]))
    assert np.abs(np.diff(course)).max() / 0.1 <= math.radians(4) * 1.0001


def test_arrival_in_closed_form() -> None:
    """Straight in from 10 km at 50 m/s: 3 km circle after 140 s, the end after 200 s."""
    made = world(STRAIGHT)
    square = Polygon(np.array([[-1e3, -1e3], [1e3, -1e3], [1e3, 1e3], [-1e3, 1e3]]))
    found = made.arrivals(
        {
            "circle": Circle(np.zeros(2), 3000.0).contains,
            "square": square.contains,
            "far": Circle(np.array([0.0, 20e3]), 100.0).contains,
            "start": Circle(np.array([10e3, 0.0]), 100.0).contains,
        }
    )["a"]
    assert found["far"] is None
    assert found["start"] == made.begin
    for name, seconds in (("circle", 140.0), ("square", 180.0)):
        arrival = found[name]
        assert arrival is not None
        assert (arrival - made.begin) / NS == pytest.approx(seconds, abs=0.01)
    assert (made.platforms[0].end - made.begin) / NS == pytest.approx(200.0, abs=0.01)
    assert (made.end - made.begin) / NS == pytest.approx(220.0, abs=0.01)


def test_a_platform_exists_between_start_and_arrival() -> None:
    made = world(STRAIGHT.replace("rcs_spread = 0", "rcs_spread = 0\nstart = 30"))
    p = made.platforms[0]
    assert [len(made.truth(t)) for t in (p.begin - 1, p.begin, p.end, p.end + 1)] == [0, 1, 1, 0]
    assert p.begin - made.begin == 30 * NS
    assert made.truth(p.begin)[0].id == "a"
    assert made.truth(p.begin)[0].klass == "one-way-attack"


def test_seed_and_begin_can_be_replaced() -> None:
    later = world(BENT, begin=5 * NS, seed=9)
    assert later.begin == 5 * NS
    assert later.platforms[0].rcs != world(BENT).platforms[0].rcs
    assert later.platforms[0].rcs == world(BENT, seed=9).platforms[0].rcs


def test_another_platform_changes_nobody_elses_numbers() -> None:
    alone, together = world(BENT), world(STRAIGHT + BENT)
    assert alone.platforms[0].rcs == together.platforms[1].rcs
    assert alone.platforms[0].speed == together.platforms[1].speed


def test_numbers_are_sampled_from_the_brackets() -> None:
    """200 seeds: speeds fill the class's bracket; the mean RCS in dB is its middle within 4 σ."""
    known = flight_classes()["one-way-attack"]
    text = platform("c", f"{place(90, 9_000)}, {place(90, 0)}")
    drawn = [World(scenario(text), SITE, seed=i).platforms[0] for i in range(200)]
    speed = np.array([p.speed for p in drawn])
    assert known.speed[0] <= speed.min() < known.speed[0] + 0.5
    assert known.speed[1] - 0.5 < speed.max() <= known.speed[1]
    rcs = 10 * np.log10([p.rcs for p in drawn])
    deviation = math.hypot((known.rcs[1] - known.rcs[0]) / math.sqrt(12), known.rcs_spread)
    assert rcs.mean() == pytest.approx(sum(known.rcs) / 2, abs=4 * deviation / math.sqrt(200))
    assert rcs.std() == pytest.approx(deviation, rel=0.2)


def test_a_path_that_cannot_be_flown_is_named_by_line() -> None:
    sharp = platform("c", f"{place(90, 900)},\n{place(90, 0)},\n{place(80, 900)}", "speed = 50")
    with pytest.raises(ConfigError, match=r"t\.toml:9, key 'platform \"c\"\.waypoints\[2\]': the leg"):
        World(scenario(sharp, HEAD), SITE)
