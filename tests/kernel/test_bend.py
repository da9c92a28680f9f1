"""Bent densities: moments by quadrature, there and back, and where there is nothing to take off."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from vedette.kernel.bend import bend, straighten

UP = np.array([0.05, -0.02, np.sqrt(1 - 0.05**2 - 0.02**2)])
PRIOR = 300.0**2


def density(seed):
    """m (6,), P (6, 6): a place known to tens of metres, its height to 300 m."""
    rng = np.random.default_rng(seed)
    A = rng.normal(0, 1, (6, 6)) * np.array([30, 30, 30, 2, 2, 2])[:, None]
    P = A @ A.T + np.diag([100.0, 100, 9e4, 1, 1, 1])
    P[2, 5] += 400.0
    P[5, 2] += 400.0
    return np.array([8000.0, 9000, 1700, 20, -10, 3]), P


def curvature():
    c = np.array([[-8000.0, -9000, 0]]) / 12_000**2
    return c - (c @ UP)[:, None] * UP  # a change of height along the curve is none along c


def by_quadrature(m, P, c, h0):
    """Moments of p = p′ + ½c(h² − σ₀²), v = v′ + cηω, by Gauss–Hermite over all six axes of P."""
    L, n = np.linalg.cholesky(P), 6
    nodes, weights = np.polynomial.hermite_e.hermegauss(5)
    weights = weights / weights.sum()
    at = np.array(list(itertools.product(range(5), repeat=n)))
    x = m + nodes[at] @ L.T
    w = weights[at].prod(axis=1)
    h = x[:, :3] @ UP - h0
    eta, omega = (x - m)[:, :3] @ UP, (x - m)[:, 3:] @ UP
    x[:, :3] += 0.5 * c * (h * h - PRIOR)[:, None]
    x[:, 3:] += c * (eta * omega)[:, None]
    mean = w @ x
    e = x - mean
    return mean, (w[:, None] * e).T @ e


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("h0", [1700.0, 400.0])
def test_a_bent_density_has_the_moments_that_quadrature_gives(seed, h0):
    m, P = density(seed)
    c = curvature()
    expected = by_quadrature(m, P, c[0], h0)
    x, cov = m[None, None].copy(), P[None, None].copy()
    bend(x, cov, UP, c, np.array([h0]), PRIOR)
    np.testing.assert_allclose(x[0, 0], expected[0], rtol=1e-12)
    np.testing.assert_allclose(cov[0, 0], expected[1], rtol=1e-9, atol=1e-6)


def test_straightening_is_the_way_back():
    m, P = density(1)
    c, h0 = np.concatenate([curvature(), 2.0 * curvature(), np.zeros((1, 3))]), np.array([1500.0, 200, 0])
    x, cov = np.tile(m, (3, 2, 1)), np.tile(P, (3, 2, 1, 1))
    bend(x, cov, UP, c, h0, PRIOR)
    assert abs(x[:2, 0, :3] - m[:3]).max(axis=1).min() > 1.0
    straighten(x, cov, UP, c, h0, PRIOR)
    np.testing.assert_allclose(x[:2], np.tile(m, (2, 2, 1)), rtol=1e-10)
    np.testing.assert_allclose(cov[:2], np.tile(P, (2, 2, 1, 1)), rtol=1e-7, atol=1e-5)
    np.testing.assert_array_equal(x[2, 0], m)  # without curvature nothing at all
    np.testing.assert_array_equal(cov[2, 0], P)


def test_a_density_never_bent_stays_positive_definite():
    """A place over ground known to half a metre beside a height that nobody knows: triangulated, perhaps."""
    x, P = np.array([[[8000.0, 9000, 1500, 0, 0, 0]]]), np.diag([0.25, 0.25, 9e4, 1, 1, 9])[None, None].copy()
    straighten(x, P, UP, curvature(), np.array([1500.0]), PRIOR)
    assert np.linalg.eigvalsh(P[0, 0]).min() > 0.0
    places = np.diag([0.25, 0.25, 9e4])[None, None].copy()
    straighten(x[..., :3].copy(), places, UP, curvature(), np.array([1500.0]), PRIOR)
    assert np.linalg.eigvalsh(places[0, 0]).min() > 0.0
