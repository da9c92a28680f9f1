"""Bearings that meet: a published bound, scipy, and what Monte Carlo says of the stated covariance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.stats import chi2 as chi2_law

from vedette.kernel.triangulate import triangulate, wrapped

DEGREE = math.pi / 180.0
NAN = math.nan
FLAT = 1e-6  # m², a height known for certain: the plane problem


def bearings(p, origins):
    d = p - origins
    return np.column_stack([np.arctan2(d[:, 0], d[:, 1]), np.arctan2(d[:, 2], np.hypot(d[:, 0], d[:, 1]))])


def test_two_bearings_reach_the_cramer_rao_bound():
    """Sensors 4 km apart, σ = 1°, digits computed elsewhere: standard deviations 52.73 m and 82.69 m."""
    origin, p = np.array([[0.0, 0, 0], [4000.0, 0, 0]]), np.array([2500.0, 3000, 0])
    angle = bearings(p, origin)
    angle[:, 1] = NAN
    found, place, cov, chi2 = triangulate(origin, angle, np.full((2, 2), DEGREE**2), 0.0, FLAT)
    assert found
    assert chi2 == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(place, p, atol=1e-3)
    np.testing.assert_allclose(cov[:2, :2], [[2780.2289, -205.8547], [-205.8547, 6837.2332]], rtol=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_the_solution_is_scipys(seed):
    """Three sensors, noisy azimuths and elevations, one elevation missing, a prior height."""
    rng = np.random.default_rng(seed)
    origin = np.column_stack([rng.uniform(-3e3, 3e3, (3, 2)), rng.uniform(0, 30, 3)])
    p = np.array([*rng.uniform(-8e3, 8e3, 2), 300.0])
    sigma = np.full((3, 2), 1.0 * DEGREE)
    angle = bearings(p, origin) + sigma * rng.standard_normal((3, 2))
    angle[1, 1] = NAN
    found, place, _, chi2 = triangulate(origin, angle, sigma**2, 200.0, 150.0**2)

    def residuals(x):
        nu = angle - bearings(x, origin)
        nu[:, 0] = np.mod(nu[:, 0] + math.pi, 2 * math.pi) - math.pi
        r = (nu / sigma).ravel()
        return np.append(r[np.isfinite(r)], (x[2] - 200.0) / 150.0)

    best = least_squares(residuals, p, xtol=1e-14, ftol=1e-14, gtol=1e-14)
    assert found
    np.testing.assert_allclose(place, best.x, atol=0.5)
    assert chi2 == pytest.approx(float((residuals(place)[:-1] ** 2).sum()), rel=1e-9)


def test_stated_covariance_and_chi_square_hold():
    """Two thousand draws: the mean normalised error squared is three, χ² follows its law."""
    rng = np.random.default_rng(5)
    origin = np.array([[0.0, 0, 5], [3000.0, 200, 5], [500.0, -2500, 10]])
    p, sigma = np.array([2200.0, 2600, 180]), 0.5 * DEGREE
    true, errors, squares = bearings(p, origin), [], []
    for _ in range(2000):
        angle = true + sigma * rng.standard_normal(true.shape)
        found, place, cov, chi2 = triangulate(origin, angle, np.full((3, 2), sigma**2), 0.0, 1e10)
        assert found
        errors.append((place - p) @ np.linalg.solve(cov, place - p))
        squares.append(chi2)
    assert np.mean(errors) == pytest.approx(3.0, abs=0.2)
    assert np.mean(squares) == pytest.approx(3.0, abs=0.2)  # six angles less three coordinates
    assert np.mean(np.array(squares) > chi2_law.ppf(0.95, 3)) == pytest.approx(0.05, abs=0.02)


def test_bearings_that_part_do_not_meet():
    origin = np.array([[0.0, 0, 0], [4000.0, 0, 0]])
    apart = np.array([[-0.5, NAN], [0.5, NAN]])
    assert not triangulate(origin, apart, np.full((2, 2), DEGREE**2), 0.0, 1e4)[0]
    parallel = np.array([[0.3, NAN], [0.3, NAN]])
    found, _, cov, _ = triangulate(origin, parallel, np.full((2, 2), DEGREE**2), 0.0, 1e4)
    assert not found or np.trace(cov) > 1e10


def test_angles_wrap():
    assert wrapped(1.5 * math.pi) == pytest.approx(-0.5 * math.pi)
    assert wrapped(-math.pi) == pytest.approx(math.pi)
    assert wrapped(0.1) == pytest.approx(0.1)
