"""Paths past waypoints: exact geometry, smooth motion, bounded turns."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vedette.config import TableError
from vedette.scenario.path import Paths, fly_by

CORNERS = np.array([[0.0, 0], [0, 3000], [4000, 3000], [5000, 8000]])
HEIGHT = np.array([100.0, 60, 300, 300])


def along(radius: float, s: np.ndarray) -> tuple[np.ndarray, ...]:
    paths = Paths.of([fly_by(CORNERS, HEIGHT, radius)])
    return paths.at(np.zeros(len(s), int), s)


def test_a_right_angle_is_a_quarter_circle() -> None:
    """Radius 500: leave the leg 500 m early, fly π/2 · 500 m, pass the corner at 500 (√2 − 1) m."""
    path = fly_by(CORNERS[:3], HEIGHT[:3], 500.0)
    assert path.length == pytest.approx(2500 + 250 * math.pi + 3500)
    place, heading, height, _ = Paths.of([path]).at(np.zeros(1, int), np.array([2500 + 125 * math.pi]))
    np.testing.assert_allclose(place[0], [500 - 500 / math.sqrt(2), 2500 + 500 / math.sqrt(2)], atol=1e-9)
    assert np.hypot(*(place[0] - CORNERS[1])) == pytest.approx(500 * (math.sqrt(2) - 1))
    assert heading[0] == pytest.approx(math.pi / 4)
    assert height[0] == pytest.approx(60)


def test_it_begins_and_ends_at_its_ends() -> None:
    path = fly_by(CORNERS, HEIGHT, 400.0)
    place, _, height, slope = Paths.of([path]).at(np.zeros(2, int), np.array([0.0, path.length]))
    np.testing.assert_allclose(place, CORNERS[[0, -1]], atol=1e-9)
    np.testing.assert_allclose(height, HEIGHT[[0, -1]])
    np.testing.assert_allclose(slope, 0)


@pytest.mark.parametrize("radius", [50.0, 400.0, 900.0])
def test_motion_is_smooth_and_turns_are_bounded(radius: float) -> None:
    path = fly_by(CORNERS, HEIGHT, radius)
    s = np.linspace(0, path.length, 40_001)
    place, heading, height, slope = along(radius, s)
    step = s[1] - s[0]
    moved = np.diff(place, axis=0)
    # unit speed everywhere, also over the joints (a chord of an arc is shorter by step²/24 r²)
    np.testing.assert_allclose(np.hypot(*moved.T), step, rtol=1e-3)
    turned = np.abs(np.remainder(np.diff(heading) + math.pi, 2 * math.pi) - math.pi)
    assert turned.max() <= step / radius * (1 + 1e-9)
    # the stated heading and slope are the direction of motion
    middle = 0.5 * (heading[1:] + heading[:-1])
    np.testing.assert_allclose(moved[:, 0], step * np.sin(middle), atol=1e-3 * step)
    np.testing.assert_allclose(np.diff(height) / step, 0.5 * (slope[1:] + slope[:-1]), atol=1e-5)
    assert np.abs(np.diff(slope)).max() < 1e-4


def test_paths_of_different_length_fly_together() -> None:
    short, long = fly_by(CORNERS[:2], HEIGHT[:2], 400.0), fly_by(CORNERS, HEIGHT, 400.0)
    both = Paths.of([short, long])
    s = np.array([1234.0, 5678.0])
    place, heading, height, slope = both.at(np.array([0, 1]), s)
    for row, path in enumerate((short, long)):
        alone = Paths.of([path]).at(np.zeros(1, int), s[[row]])
        for one, other in zip((place, heading, height, slope), alone, strict=True):
            np.testing.assert_array_equal(one[row], other[0])


@pytest.mark.parametrize(
    ("corners", "radius", "said"),
    [
        (CORNERS, 4000.0, "turn less"),
        ([[0.0, 0], [0, 0], [1, 1000]], 10.0, "same spot"),
        ([[0.0, 0], [0, 1000], [0, 0]], 100.0, "move it"),
    ],
)
def test_what_cannot_be_flown_is_refused(corners: list[list[float]], radius: float, said: str) -> None:
    with pytest.raises(TableError, match=said) as caught:
        fly_by(np.array(corners), np.zeros(len(corners)), radius)
    assert caught.value.path[0] == "waypoints"
