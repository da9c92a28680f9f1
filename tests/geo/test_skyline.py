"""What terrain hides: closed forms, a slow obvious twin, a dense ray march, and GDAL's viewshed."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from tools.make_terrain import hills

from tests.geo import make_viewshed
from vedette.geo import EFFECTIVE_RADIUS, LocalFrame, Skyline, Terrain, minimum_height

Array = NDArray[np.float64]

SITE = LocalFrame("enu:here", math.radians(46.0), math.radians(-30.0), 200.0)


def terrain(height: Array, step: float) -> Terrain:
    return Terrain.of(SITE, height, step)


def antenna(east: float, north: float, height: float) -> LocalFrame:
    """Above the ellipsoid in m, at a place of the site's frame."""
    latitude, longitude, _ = SITE.to_geodetic([east, north, 0.0])
    return LocalFrame("enu:antenna", float(latitude), float(longitude), height)


def rough(seed: int = 3, count: int = 161) -> Array:
    return 300.0 + 80.0 * hills(np.random.default_rng(seed), count, count)


# --- closed forms


@pytest.mark.parametrize(("height", "km"), [(60, 45.0), (100, 54.3), (300, 84.4)])
def test_published_horizons_over_smooth_ground(height: float, km: float) -> None:
    """A 10 m mast; the last two lie beyond the map, where the ground goes on smooth."""
    skyline = Skyline.seen_from(antenna(0, 0, 210.0), terrain(np.full((501, 501), 200.0), 200.0))
    for azimuth in (0.0, 1.0, 4.0):
        least, _ = skyline.least_height(np.array([azimuth]), np.array([km * 1e3]))
        assert least[0] - 200.0 == pytest.approx(height, rel=0.005)


def test_smooth_ground_is_the_smooth_horizon() -> None:
    """Inside the map and far beyond it, as without terrain."""
    skyline = Skyline.seen_from(antenna(0, 0, 212.0), terrain(np.full((401, 401), 200.0), 100.0))
    distance = np.geomspace(15e3, 300e3, 200)
    least, known = skyline.least_height(np.full(200, 2.0), distance)
    np.testing.assert_allclose(least - 200.0, minimum_height(12.0, distance), atol=0.05)
    assert known[distance < 20e3].all()
    assert not known[distance > 29e3].any()


def test_a_knife_edge_casts_the_shadow_of_its_crest() -> None:
    """A wall of height H at distance D: h(d) = z_a + d ((H − z_a)/D − D/2a + d/2a), and nothing before it."""
    height = np.full((401, 401), 200.0)
    height[260] = 290.0  # 6 km north of the middle
    skyline = Skyline.seen_from(antenna(0, 0, 220.0), terrain(height, 100.0))
    distance, a = np.array([5.9e3, 6.4e3, 9e3, 15e3]), EFFECTIVE_RADIUS
    least, _ = skyline.least_height(np.zeros(4), distance)
    expected = 220.0 + distance * (70.0 / 6e3 - 6e3 / (2 * a) + distance / (2 * a))
    np.testing.assert_allclose(least[1:], expected[1:], atol=0.05)
    assert least[0] < 200.0


def test_without_data_it_is_as_without_terrain_but_known_to_be_unknown() -> None:
    height = rough()
    height[100:103, :] = np.nan  # a strip 2 km to the north
    skyline = Skyline.seen_from(antenna(0, 0, 900.0), terrain(height, 100.0))
    _, known = skyline.least_height(np.zeros(3), np.array([1.5e3, 2.3e3, 5e3]))
    assert known.tolist() == [True, False, False]
    _, south = skyline.least_height(np.full(1, math.pi), np.array([5e3]))
    assert south.all()
    nothing = Skyline.seen_from(antenna(0, 0, 212.0), terrain(np.full((201, 201), np.nan), 100.0))
    least, known = nothing.least_height(np.full(3, 2.0), np.array([8e3, 50e3, 90e3]))
    np.testing.assert_allclose(least[1:] - 200.0, minimum_height(12.0, np.array([50e3, 90e3])), atol=0.05)
    assert not known.any()


# --- other ways to the same


def march(
    height: Array, step: float, start: tuple[float, float], mast: float, goal: Array, dx: float
) -> Array:
    """Least visible height of each goal (N, 2) by walking there in paces of dx, on a flat grid, in NumPy.

    `start` east, north; antenna at height `mast`. The first look is one step away, as in ours.
    """
    half = (len(height) - 1) * step / 2
    found = []
    for east, north in goal:
        d = math.hypot(east - start[0], north - start[1])
        x = np.arange(step, d - 1e-6, dx)
        column = (start[0] + (east - start[0]) * x / d + half) / step
        row = (start[1] + (north - start[1]) * x / d + half) / step
        i, j = row.astype(int), column.astype(int)
        u, v = row - i, column - j
        z = (1 - u) * ((1 - v) * height[i, j] + v * height[i, j + 1])
        z += u * ((1 - v) * height[i + 1, j] + v * height[i + 1, j + 1])
        slope = ((z - mast) / x - x / (2 * EFFECTIVE_RADIUS)).max()
        found.append(mast + d * (slope + d / (2 * EFFECTIVE_RADIUS)))
    return np.array(found)


@pytest.mark.parametrize(("east", "north"), [(0.0, 0.0), (-3_000.0, 4_000.0)])
def test_as_a_slow_twin_along_its_own_radials(east: float, north: float) -> None:
    """Goals on radials, just beyond a whole number of steps: the same samples in both, so the same heights.

    The planes of antenna and site are tilted by less than a minute of arc, which moves samples by decimetres.
    """
    ground, mast = terrain(rough(), 100.0), 420.0
    frame = antenna(east, north, mast)
    skyline = Skyline.seen_from(frame, ground)
    i = np.arange(0, len(skyline.slope), 37)
    azimuth, distance = 2 * math.pi * i / len(skyline.slope), 100.0 * (5 + i % 30) + 1.0
    least, _ = skyline.least_height(azimuth, distance)
    turn = frame.to_frame(SITE)[0][:2, :2]  # the frames' norths differ by minutes of arc
    goal = np.array([east, north]) + (np.c_[np.sin(azimuth), np.cos(azimuth)] * distance[:, None]) @ turn.T
    twin = march(ground.height, 100.0, (east, north), mast, goal, 25.0)
    np.testing.assert_allclose(least, twin, atol=0.05 if east == 0.0 else 0.3)


def test_near_a_dense_ray_march_anywhere() -> None:
    """Between radials too, against steps of 5 m on ground rougher than most: median error below 1 m."""
    rng = np.random.default_rng(5)
    ground = terrain(rough(), 100.0)
    skyline = Skyline.seen_from(antenna(0, 0, 420.0), ground)
    azimuth, distance = rng.uniform(0, 2 * math.pi, 1500), rng.uniform(500.0, 7_900.0, 1500)
    goal = np.c_[np.sin(azimuth), np.cos(azimuth)] * distance[:, None]
    least, _ = skyline.least_height(azimuth, distance)
    level = ground.ground(goal)
    error = np.maximum(least, level) - np.maximum(
        march(ground.height, 100.0, (0, 0), 420.0, goal, 5.0), level
    )
    assert np.median(np.abs(error)) < 1.0
    assert np.quantile(np.abs(error), 0.95) < 8.0


def test_as_gdal_sees_it() -> None:
    """Another method, another author: visible and hidden agree in 97 cells of 100, heights within metres."""
    height = make_viewshed.heights()
    n, step = make_viewshed.COUNT, make_viewshed.STEP
    axis = (np.arange(n) - n // 2) * step
    for peer in json.loads(make_viewshed.DATA.read_text()):
        place = axis[peer["column"]], axis[peer["row"]]
        mast = height[peer["row"], peer["column"]] + make_viewshed.ANTENNA
        frame = antenna(*place, mast)
        skyline = Skyline.seen_from(frame, terrain(height, step))
        R, t = frame.to_frame(SITE)
        e, n_ = np.meshgrid(axis, axis)
        local = (np.stack([e, n_, np.zeros_like(e)], -1).reshape(-1, 3) - t * [1, 1, 0]) @ R
        distance = np.hypot(local[:, 0], local[:, 1])
        least, _ = skyline.least_height(np.arctan2(local[:, 0], local[:, 1]) % (2 * math.pi), distance)
        far, z = distance > 300.0, height.ravel()
        ours, theirs = np.maximum(least, z)[far], np.maximum(np.ravel(peer["least"]), z)[far]
        ground = z[far]
        assert ((ours > ground + 1.0) == (theirs > ground + 1.0)).mean() > 0.97
        assert np.median(np.abs(ours - theirs)) < 5.0  # of heights up to 1,200 m
        assert abs(np.median(ours - theirs)) < 1.0
        inner = np.flatnonzero(np.abs(np.c_[e.ravel(), n_.ravel()][far]).max(axis=1) < axis[-1])[::11]
        goal = np.c_[e.ravel(), n_.ravel()][far][inner]
        walked = np.maximum(march(height, step, place, mast, goal, 10.0), ground[inner])
        off, peer_off = np.abs(ours[inner] - walked), np.abs(theirs[inner] - walked)
        assert np.median(off) < 0.5 * np.median(peer_off)
