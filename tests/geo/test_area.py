"""Circles and polygons on the ground; matplotlib-free oracles: brute force and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vedette.geo import Circle, Polygon

RNG = np.random.default_rng(2)
L_SHAPE = Polygon(np.array([[0.0, 0], [4, 0], [4, 1], [1, 1], [1, 3], [0, 3]]))


def test_circle() -> None:
    circle = Circle(np.array([100.0, 0.0]), 50.0)
    points = np.array([[100.0, 0.0, 9.0], [150, 0, 0], [100, 51, 0], [0, 0, 0]])
    np.testing.assert_allclose(circle.distance(points), [-50, 0, 1, 50])
    assert circle.contains(points).tolist() == [True, True, False, False]
    np.testing.assert_allclose(circle.distance(circle.corners()), 0, atol=1e-9)


def test_inside_an_l_shape_by_its_two_boxes() -> None:
    p = RNG.uniform(-1, 5, (2000, 2))
    x, y = p.T
    inside = ((x > 0) & (x < 4) & (y > 0) & (y < 1)) | ((x > 0) & (x < 1) & (y > 0) & (y < 3))
    assert (L_SHAPE.contains(p) == inside).all()
    assert (Polygon(L_SHAPE.vertices[::-1]).contains(p) == inside).all()


def test_distance_against_a_dense_edge() -> None:
    v = L_SHAPE.vertices
    edge = np.concatenate(
        [a + (b - a) * np.linspace(0, 1, 2000)[:, None] for a, b in zip(v, np.roll(v, -1, 0), strict=True)]
    )
    p = RNG.uniform(-1, 5, (100, 2))
    nearest = np.hypot(*(p[:, None] - edge).T).min(axis=0)
    np.testing.assert_allclose(np.abs(L_SHAPE.distance(p)), nearest, atol=2e-3)
    assert (np.sign(L_SHAPE.distance(p)) == np.where(L_SHAPE.contains(p), -1, 1)).all()


def test_centre_of_area() -> None:
    # boxes 4 × 1 about (2, 0.5) and 1 × 2 about (0.5, 2)
    np.testing.assert_allclose(L_SHAPE.center, [(4 * 2 + 2 * 0.5) / 6, (4 * 0.5 + 2 * 2) / 6])


def test_a_circle_of_many_corners_has_its_area() -> None:
    v = Circle(np.zeros(2), 10.0).corners(3600)
    w = np.roll(v, -1, 0)
    assert abs((v[:, 0] * w[:, 1] - w[:, 0] * v[:, 1]).sum()) / 2 == pytest.approx(100 * math.pi, rel=1e-5)
