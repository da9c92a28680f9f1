"""Sensors among hills: what the tracker and the simulator are told, and the map of how low is seen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.sensor.sensor_examples import EXAMPLES, SITE, config, sensor
from vedette.geo import EFFECTIVE_RADIUS, Terrain, minimum_height
from vedette.sensor import Cover, Layer, Simulated, Targets, build, cover, fuse, shares

Array = NDArray[np.float64]

RADAR = {
    "bearing": None, "distance": None, "height": 20, "elevation_min": -10, "elevation_max": 60,
    "range_max": 20_000, "range_min": 0, "clutter": 0, "expected_rcs": 20,
}  # fmt: skip
STEP = 100.0
WALL = 5_000.0  # m north of the site


def walled(height: float = 150.0, count: int = 401) -> Terrain:
    """Flat ground at the site's height with a wall across the north."""
    z = np.full((count, count), SITE.height)
    z[count // 2 + round(WALL / STEP)] += height
    return Terrain.of(SITE, z, STEP)


def shadow(distance: float, mast: float = 20.0, wall: float = 150.0) -> float:
    """Least height above the ground seen at `distance` behind the wall, for a mast at the site."""
    a = 2.0 * EFFECTIVE_RADIUS
    return mast + distance * ((wall - mast) / WALL - WALL / a + distance / a)


def radar(terrain: Terrain | None = None, **changes: object) -> Simulated:
    return build(config("radar3d", **{**RADAR, **changes}), SITE, terrain)


def above(east: float, north: float, *heights: float) -> Array:
    """Positions above one place, heights in m above the ground."""
    place = np.tile([east, north, 0.0], (len(heights), 1))
    place[:, 2] = np.array(heights) - SITE.height_above(place)
    return place


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_every_kind_of_sensor_asks_its_station_for_the_horizon(kind: str) -> None:
    """High walls all around hide what each kind sees over smooth ground; sound and wires go round."""
    z = np.full((201, 201), SITE.height)
    z[70], z[130], z[:, 70], z[:, 130] = (SITE.height + 2_000.0,) * 4  # 3 km away
    rng = np.random.default_rng(4)
    position = rng.uniform(-1.0, 1.0, (4_000, 3)) * [6e3, 6e3, 0.0] + [0.0, 0.0, 700.0]
    outside = np.abs(position[:, :2]).max(axis=1) > 3_600.0
    free = sensor(kind).detection_probability(position)
    held = build(config(kind), SITE, Terrain.of(SITE, z, STEP)).detection_probability(position)
    if not (free[outside] > 0.0).any():
        pytest.skip("it does not reach so far")
    if kind in ("acoustic", "tracks"):
        np.testing.assert_array_equal(held, free)
    else:
        assert not held[outside].any()


def test_a_radar_sees_over_the_wall_and_not_through_it() -> None:
    made, free = radar(walled()), radar()
    for distance in (6e3, 9e3, 15e3):
        least = shadow(distance)
        place = above(0.0, distance, 30.0, least - 2.0, least + 2.0)
        assert (made.detection_probability(place) > 0.0).tolist() == [False, False, True]
        assert (free.detection_probability(place) > 0.0).all()
        south = above(0.0, -distance, 30.0)
        assert made.detection_probability(south) == pytest.approx(free.detection_probability(south))


def test_what_is_simulated_is_what_the_tracker_expects() -> None:
    made = radar(walled(), reference_range=60_000)
    position = np.concatenate([above(0.0, 9e3, 40.0), above(0.0, 9e3, shadow(9e3) + 5.0)])
    targets = Targets(position=position, velocity=np.zeros((2, 3)), rcs=np.full(2, 1e3), transponder=("", ""))
    rng, look = np.random.default_rng(1), next(iter(made.schedule(0, 10**9)))
    seen = [set(made.measure(targets, look, rng).source.tolist()) - {-1} for _ in range(20)]
    assert set().union(*seen) == {1}


def test_an_aircraft_behind_the_wall_is_not_heard() -> None:
    made = build(config("adsb", height=20), SITE, walled())
    place = above(0.0, 9e3, shadow(9e3) - 5.0, shadow(9e3) + 5.0)
    assert (made.detection_probability(place) > 0.0).tolist() == [False, True]
    network = build(config("adsb", height=20, line_of_sight="false"), SITE, walled())
    assert (network.detection_probability(place) > 0.0).all()


# --- the map


def test_over_smooth_ground_the_map_is_the_horizon() -> None:
    """Closed form: h = (d − √(2 a h_r))² / 2a beyond the mast's own horizon of 18 km."""
    made = radar(range_max=60_000, reference_range=200_000)
    coverage = cover({"r": made}, SITE, extent=50_000.0, cells=101)
    layer, distance = coverage.layers["r"], np.linalg.norm(coverage.chart.places, axis=-1)
    far = (distance > 25e3) & (distance < 58e3)
    assert not coverage.terrain
    assert (layer.state[far] == Cover.SEEN).all()
    # the ladder is climbed to a metre; the beam's lower edge at −10° sees the ground itself
    np.testing.assert_allclose(layer.height[far], minimum_height(20.0, distance[far]), atol=1.5)
    assert (layer.height[distance < 17e3] <= 1.0).mean() > 0.95


def test_behind_the_wall_the_map_is_the_shadow() -> None:
    coverage = cover({"r": radar(walled(), reference_range=200_000)}, SITE, walled(), cells=201)
    places = coverage.chart.places
    row, column = np.argwhere((places[..., 0] == 0.0) & (places[..., 1] == 9e3))[0]
    assert coverage.terrain
    assert coverage.layers["r"].height[row, column] == pytest.approx(shadow(9e3), abs=1.1)


def test_the_four_answers_are_four() -> None:
    """Hidden, outside, no data and seen, each where it must be."""
    terrain = walled(3_000.0)
    height = terrain.height.copy()
    height[:, 300:] = np.nan  # nothing is known from 10 km east on
    ground = Terrain.of(SITE, height, STEP)
    coverage = cover({"r": radar(ground, reference_range=100_000)}, SITE, ground, cells=201, ceiling=1_000.0)
    layer, places = coverage.layers["r"], coverage.chart.places

    def state(east: float, north: float) -> Cover:
        row, column = np.argwhere((places[..., 0] == east) & (places[..., 1] == north))[0]
        return Cover(layer.state[row, column])

    assert state(0.0, -6e3) is Cover.SEEN
    assert state(0.0, 9e3) is Cover.HIDDEN
    assert state(-17e3, -17e3) is Cover.OUTSIDE
    assert state(17e3, 17e3) is Cover.OUTSIDE
    assert state(12e3, 0.0) is Cover.NO_DATA
    assert np.isnan(layer.height[layer.state != Cover.SEEN]).all()
    assert np.isfinite(layer.height[layer.state == Cover.SEEN]).all()
    parts = shares(layer)
    assert sum(parts[each.name.lower()] for each in Cover) == pytest.approx(1.0)
    assert parts["seen_below_60_m"] <= parts["seen_below_300_m"] <= parts["seen"]


def test_fused_is_the_lowest_of_those_that_work_and_need_no_answer() -> None:
    ground = walled(400.0)
    sensors = {
        "south": radar(ground, name='"south"', reference_range=100_000),
        "north": radar(ground, name='"north"', reference_range=100_000, bearing=0, distance=9_000),
        "adsb": build(config("adsb", height=20), SITE, ground),
    }
    coverage = cover(sensors, SITE, ground, cells=101)
    assert coverage.watching() == {"south", "north"}
    both, alone = coverage.fused(sensors), coverage.fused({"south", "adsb"})
    a, b = coverage.layers["south"].height, coverage.layers["north"].height
    np.testing.assert_array_equal(both.height, np.fmin(a, b))
    np.testing.assert_array_equal(alone.height, a)
    assert shares(both)["seen_below_60_m"] > shares(alone)["seen_below_60_m"] + 0.1
    nothing = coverage.fused({"adsb"})
    assert (nothing.state == Cover.OUTSIDE).all()


def test_not_knowing_outweighs_hiding_when_maps_are_fused() -> None:
    nan = np.float32(np.nan)

    def layer(*states: Cover) -> Layer:
        height = np.array([[10.0 if s is Cover.SEEN else nan for s in states]], np.float32)
        return Layer(height, np.array([states], np.uint8))

    one = layer(Cover.SEEN, Cover.HIDDEN, Cover.HIDDEN, Cover.OUTSIDE, Cover.OUTSIDE)
    other = layer(Cover.NO_DATA, Cover.NO_DATA, Cover.OUTSIDE, Cover.NO_DATA, Cover.OUTSIDE)
    fused = fuse([one, other], (1, 5))
    expected = [Cover.SEEN, Cover.NO_DATA, Cover.HIDDEN, Cover.NO_DATA, Cover.OUTSIDE]
    assert fused.state[0].tolist() == expected
    assert fuse([other, one], (1, 5)).state[0].tolist() == expected
    assert math.isclose(float(fused.height[0, 0]), 10.0)
