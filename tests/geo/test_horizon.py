"""The 4/3-earth horizon against figures for a 10 m mast, the rule of thumb, and exact geometry."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vedette.geo import EFFECTIVE_RADIUS, horizon_distance, is_above_horizon, minimum_height


@pytest.mark.parametrize(("height", "km"), [(60, 45.0), (100, 54.3), (300, 84.4), (1000, 143)])
def test_published_distances(height: float, km: float) -> None:
    assert horizon_distance(10, height) / 1e3 == pytest.approx(km, rel=0.003)


def test_effective_radius() -> None:
    assert pytest.approx(8495e3, rel=1e-4) == EFFECTIVE_RADIUS


def test_rule_of_thumb() -> None:
    """The textbook 4.12 (√h_r + √h_t) km."""
    assert horizon_distance(25, 400) == pytest.approx(4.12e3 * (5 + 20), rel=0.001)


def test_tangent_ray_on_the_effective_sphere() -> None:
    """Exact geometry: the ray that grazes the sphere reaches height R (sec θ − 1) at arc R θ."""
    for distance in (5e3, 40e3, 120e3):
        height = EFFECTIVE_RADIUS * (1.0 / math.cos(distance / EFFECTIVE_RADIUS) - 1.0)
        assert minimum_height(0.0, distance) == pytest.approx(height, rel=2e-4)


def test_least_height_is_where_visibility_begins() -> None:
    distance = np.linspace(1e3, 150e3, 50)
    least = minimum_height(12.0, distance)
    assert is_above_horizon(12.0, least * (1 + 1e-9) + 1e-6, distance).all()
    assert not is_above_horizon(12.0, least * (1 - 1e-6) - 1e-6, distance).any()
    assert least[0] == 0.0


def test_below_the_ground_is_never_seen() -> None:
    assert not is_above_horizon(10.0, -1.0, 100.0)
