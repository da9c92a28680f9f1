"""Rays against corridors and ground: closed forms, dense steps along the way, and sampled paths."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assess.air import FRAME
from tests.assess.test_approach import STILL, Q, circle, one, polygon, volume
from vedette.assess import Zone, ZoneConfig
from vedette.assess.approach import RAYS, Ground, entries, first_entries
from vedette.assess.config import Datum
from vedette.assess.passage import into_disc
from vedette.assess.zone import ground_of, volumes
from vedette.geo import Circle, Corridor, Polygon, Terrain

BEND = [(-6000.0, 0.0), (0.0, 0.0), (4000.0, 3000.0)]


def corridor(points=BEND, half=500.0, **more):
    points = np.array(points)
    center = (points.min(axis=0) + points.max(axis=0)) / 2.0
    reach = np.hypot(*(points - center).T).max() + half
    return volume(center, reach, -500.0, 3000.0, points, half, **more)


def dense(x, inside, horizon=600.0, dt=0.05):
    """First time at which a straight way is inside, by looking twenty times a second."""
    t = np.arange(0.0, horizon, dt)
    found = np.flatnonzero(inside(x[:3] + x[3:] * t[:, None]))
    return t[found[0]] if len(found) else math.inf


# Discs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "w", "share"),
    [
        ((-5.0, 0.0), (10.0, 0.0), 0.4),
        ((-5.0, 0.6), (10.0, 0.0), 0.42),  # 0.8 before the middle: 3, 4, 5
        ((0.5, 0.0), (10.0, 0.0), 0.0),  # in it
        ((5.0, 0.0), (10.0, 0.0), math.inf),  # away from it
        ((-5.0, 2.0), (10.0, 0.0), math.inf),  # past it
        ((-5.0, 0.0), (0.0, 0.0), math.inf),  # standing
        ((-1.0 - 1e-9, 0.0), (1e6, 0.0), 1e-15),  # at the edge: −w·p − √… would have no digit left
    ],
)
def test_the_way_into_a_disc_by_hand(p, w, share):
    assert into_disc(*p, *w, 1.0) == pytest.approx(share, rel=1e-6)


# Corridors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([-3000.0, 4000, 100, 0, -50, 0], 3500 / 50),  # onto the straight leg, from its side
        ([-9000.0, 0, 100, 50, 0, 0], 2500 / 50),  # into the round end
        ([0.0, -4000, 100, 0, 50, 0], 3500 / 50),  # onto the bend from outside
        ([2000.0, 1500, 100, 10, 0, 0], 0.0),  # on the second leg
        ([-3000.0, 501, 100, 50, 0, 0], (3000.0 - 500.0 / 3.0) / 50.0),  # along the leg, a metre beside it
        ([-3000.0, 4000, 100, 50, 0, 0], None),  # past it, parallel
        ([-3000.0, 0, 5000, 0, 0, 0], None),  # above it, standing
        ([-3000.0, 0, 100, 0, 0, 0], 0.0),  # in it, standing
    ],
)
def test_a_corridor_by_hand(x, expected):
    for points in (BEND, BEND[::-1]):
        p, t = one(x, 1e-6, 1e-9, corridor(points), STILL)
        assert p == (0.0 if expected is None else 1.0)
        if expected is not None and x[1] != 501:
            np.testing.assert_allclose(t, expected, atol=0.01)


COORDINATE = st.floats(-8e3, 8e3)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(COORDINATE, COORDINATE), min_size=2, max_size=5, unique=True),
    st.floats(50.0, 3000.0),
    st.tuples(COORDINATE, COORDINATE),
    st.tuples(st.floats(-80, 80), st.floats(-80, 80)),
)
def test_a_ray_enters_a_corridor_when_dense_steps_say_so(points, half, place, velocity):
    x = np.array([*place, 100.0, *velocity, 0.0])
    area = Corridor(np.array(points), 2.0 * half)
    (t,) = first_entries(x[None], corridor(points, half), 0, 600.0)
    expected = dense(x, lambda p: area.distance(p) <= 0.0)
    grazes = np.abs(area.distance(x[:3] + x[3:] * np.arange(0.0, 600.0, 0.05)[:, None])).min() < 4.0
    assert t == pytest.approx(expected, abs=0.06) or grazes


def test_a_corridor_of_one_leg_is_two_discs_and_a_rectangle():
    rng = np.random.default_rng(2)
    x = np.column_stack(
        [rng.uniform(-9e3, 9e3, (80, 2)), np.full(80, 100.0), rng.normal(size=(80, 2)) * 40, np.zeros(80)]
    )
    leg = corridor([(-3000.0, 0.0), (3000.0, 0.0)], 800.0)
    parts = [
        circle(800.0, (-3000.0, 0.0)), circle(800.0, (3000.0, 0.0)),
        polygon([(-3000, -800), (3000, -800), (3000, 800), (-3000, 800)]),
    ]  # fmt: skip
    whole = first_entries(x, leg, 0, 600.0)
    pieces = np.min([first_entries(x, part, 0, 600.0) for part in parts], axis=0)
    np.testing.assert_allclose(whole, pieces, atol=1e-6)
    assert np.isfinite(whole).sum() > 10


def test_the_outline_of_a_corridor_holds_what_it_holds():
    area = Corridor(np.array(BEND), 1000.0)
    drawn = Polygon(area.corners())
    points = np.random.default_rng(1).uniform(-8e3, 8e3, (4000, 2))
    clear = np.abs(area.distance(points)) > 60.0  # mitred bend and cornered ends are a little off
    np.testing.assert_array_equal(drawn.contains(points)[clear], (area.distance(points) <= 0.0)[clear])


# Sampled paths ---------------------------------------------------------------------------------------------


def sampled(x, P, inside, q, horizon, paths, rng, dt=1.0):
    """First whole second at which each exact white-noise-acceleration path is inside, or infinity."""
    X = rng.multivariate_normal(x, P, size=paths)
    noise = np.linalg.cholesky([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    first = np.full(paths, np.inf)
    for step in range(round(horizon / dt) + 1):
        first[inside(X[:, :3]) & np.isinf(first)] = step * dt
        w = rng.normal(size=(paths, 3, 2)) @ noise.T * np.sqrt(q)[:, None]
        X[:, :3] += X[:, 3:] * dt + w[:, :, 0]
        X[:, 3:] += w[:, :, 1]
    return first


def hills(step=100.0, half=12_000.0):
    """Ridges of 120 m, 3 km apart, running from south-west to north-east."""
    nodes = np.arange(-half, half + step, step)
    east, north = np.meshgrid(nodes, nodes)
    return Terrain.of(
        FRAME, FRAME.height + 60.0 + 60.0 * np.sin((east - north) * (2.0 * math.pi / 3000.0)), step
    )


def cases(rng, count):
    """Tracks that head for somewhere near the middle, some low over the hills."""
    for _ in range(count):
        course, speed = rng.uniform(0.0, 2.0 * math.pi), rng.choice([12.0, 30.0, 60.0, 150.0])
        distance = rng.uniform(1_000.0, 9_000.0)
        aim = course + rng.normal() * 0.25
        x = np.array(
            [-distance * math.sin(course), -distance * math.cos(course), rng.choice([120.0, 180.0, 260.0]),
             speed * math.sin(aim), speed * math.cos(aim), 0.0]
        )  # fmt: skip
        sigma, sigma_v = rng.choice([10.0, 60.0]), rng.choice([0.5, 2.0, 6.0])
        yield x, np.diag([sigma**2] * 2 + [100.0] + [sigma_v**2] * 2 + [0.25])


@pytest.mark.parametrize("datum", [Datum.SITE, Datum.AGL])
@pytest.mark.parametrize(("count", "paths"), [(6, 400), pytest.param(60, 2000, marks=pytest.mark.slow)])
def test_corridors_and_bands_above_the_ground_against_sampled_paths(datum, count, paths):
    rng = np.random.default_rng(21)
    terrain = hills()
    lines = [
        FRAME.to_geodetic(np.array([*point, 0.0]))[:2] for point in ((-4e3, -1e3), (0.0, 500.0), (3e3, -2e3))
    ]
    points = tuple(tuple(np.degrees(line)) for line in lines)
    config = ZoneConfig(name="Valley", corridor=points, width=1600.0, floor=0.0, ceiling=120.0, datum=datum)
    zone = Zone.from_config(config, FRAME, terrain)
    errors, likely = [], 0
    for x, P in cases(rng, count):
        told = entries(x[None], P[None], volumes([zone]), Q, 300.0, ground_of(terrain, FRAME)).probability[
            0, 0
        ]
        share = np.isfinite(sampled(x, P, zone.contains, Q, 300.0, paths, rng)).mean()
        errors.append(told - share)
        likely += 0.1 < share < 0.9
    assert likely >= count // 4
    assert np.abs(errors).mean() < 0.04
    assert np.abs(errors).max() < 0.2


def test_a_ray_comes_down_to_the_ground_when_dense_steps_say_so():
    """Between samples the ground is taken as straight, which on these hills is right to a metre."""
    rng, terrain = np.random.default_rng(5), hills()

    def low(margin):
        config = ZoneConfig(
            name="L", radius=5000.0, floor=20.0 - margin, ceiling=80.0 + margin, datum=Datum.AGL
        )
        return Zone.from_config(config, FRAME, terrain)

    found = 0
    for x, _ in cases(rng, 40):
        x[5] = rng.normal() * 0.5
        (t,) = first_entries(x[None], volumes([low(0.0)]), 0, 300.0, ground_of(terrain, FRAME))
        assert dense(x, low(1.0).contains, 300.0) - 0.1 <= t <= dense(x, low(-1.0).contains, 300.0) + 0.05
        found += np.isfinite(t)
    assert found > 10


def test_where_nothing_is_known_of_the_ground_it_is_the_site_s_level():
    nowhere = Ground(np.full((2, 2), np.nan), np.zeros(2), 1000.0, 0.0)
    band = circle(1000.0, floor=0.0, ceiling=200.0, above=(0.0, 200.0))
    p = entries(np.array([[-3000.0, 0, 100, 50, 0, 0]]), np.zeros((1, 6, 6)), band, STILL, 600.0, nowhere)
    assert p.probability[0, 0] == 1.0


# Terms -----------------------------------------------------------------------------------------------------


def test_within_cuts_the_horizon_for_one_zone_alone():
    x = [-7000.0, 0, 100, 50, 0, 0]
    assert one(x, 1e-3, 1e-6, circle(within=119.0), STILL)[0] == 0.0
    assert one(x, 1e-3, 1e-6, circle(within=121.0), STILL)[0] == 1.0
    assert one(x, 1e-3, 1e-6, circle(within=1e9), STILL, horizon=119.0)[0] == 0.0


def test_inside_is_the_share_that_is_there_now():
    """The edge runs through the middle of the distribution."""
    found = entries(
        np.array([[1000.0, 0, 100, 50, 0, 0]]),
        np.diag([50.0**2] * 3 + [1.0] * 3)[None],
        circle(1000.0),
        Q,
        600.0,
    )
    assert found.inside[0, 0] == pytest.approx(0.5, abs=0.1)
    assert found.inside[0, 0] <= found.probability[0, 0] + 1.0 / RAYS


def test_a_polygon_holds_what_hovers_in_it():
    square = polygon([(-500, -500), (500, -500), (500, 500), (-500, 500)])
    assert first_entries(np.array([[10.0, 20, 100, 0, 0, 0]]), square, 0, 600.0)[0] == 0.0
    assert math.isinf(first_entries(np.array([[10.0, 520, 100, 0, 0, 0]]), square, 0, 600.0)[0])
    assert Circle(np.zeros(2), 5.0).contains(np.zeros(2))
