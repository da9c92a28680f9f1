"""Converted measurements: published digits, Monte Carlo moments, and PROJ for geodetic reports."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from pyproj import Transformer

from vedette.kernel.convert import geodetic_to_local, local_to_local, unbiased_2d, unbiased_3d, unbiased_slant

Floats = NDArray[np.float64]
DEGREE = math.pi / 180


def one(z: list[float], sigma: list[float]) -> tuple[Floats, Floats]:
    return np.array([z]), np.diag(np.square(sigma))[None]


def test_2d_reference_values() -> None:
    """20 km, 30°, 10 m, 1°: computed independently in Octave."""
    y, S = unbiased_2d(*one([20e3, 30 * DEGREE], [10, DEGREE]))
    np.testing.assert_allclose(y[0], [17323.1463408388, 10001.5232030945], atol=1e-9)
    expected = [[30569.2015180588, -52677.8355911374], [-52677.8355911374, 91396.3266357481]]
    # differences of numbers of size r² = 4e8 keep some seven digits after the point
    np.testing.assert_allclose(S[0], expected, atol=3e-7)


def test_3d_reference_values() -> None:
    y, _ = unbiased_3d(*one([8e3, 40 * DEGREE, 6 * DEGREE], [10, 1.5 * DEGREE, 2 * DEGREE]))
    np.testing.assert_allclose(y[0], [6100.5883384704, 5119.0014247749, 836.7373204152], atol=5e-10)


def moments(y: Floats, truth: Floats) -> tuple[Floats, Floats, Floats]:
    """E[(y − t)(y − t)ᵀ], its standard error, and the mean of y − t."""
    e = y - truth
    outer = e[:, :, None] * e[:, None, :]
    return outer.mean(0), outer.std(0) / math.sqrt(len(e)), e.mean(0)


@pytest.mark.parametrize("sigma", [(10.0, 1.5, 2.0), (300.0, 12.0, 8.0), (5.0, 20.0, 3.0)])
def test_3d_covariance_by_monte_carlo(sigma: tuple[float, float, float]) -> None:
    """Given the report, the truth scatters about it; S is the mean square of y − t."""
    rng = np.random.default_rng(3)
    z, R = one([8e3, 200 * DEGREE, 25 * DEGREE], [sigma[0], sigma[1] * DEGREE, sigma[2] * DEGREE])
    y, S = unbiased_3d(z, R)
    r, a, e = (z + rng.standard_normal((400_000, 3)) * np.sqrt(np.diagonal(R[0]))).T
    truth = np.stack([r * np.cos(e) * np.cos(a), r * np.cos(e) * np.sin(a), r * np.sin(e)], axis=1)
    found, error, _ = moments(y, truth)
    assert (np.abs(found - S[0]) < 4.5 * error).all()
    assert np.linalg.eigvalsh(S[0]).min() > 0


@pytest.mark.parametrize("degrees", [1.0, 5.0, 20.0])
def test_conversion_has_no_bias(degrees: float) -> None:
    """Given the truth, reports scatter about it; the mean of y is the truth. Raw conversion fails this."""
    rng = np.random.default_rng(4)
    n, sigma = 400_000, np.array([20.0, degrees * DEGREE, degrees * DEGREE])
    z = np.array([20e3, 30 * DEGREE, 10 * DEGREE]) + rng.standard_normal((n, 3)) * sigma
    R = np.broadcast_to(np.diag(sigma**2), (n, 3, 3))
    ce = math.cos(10 * DEGREE)
    truth = 20e3 * np.array([ce * math.cos(30 * DEGREE), ce * math.sin(30 * DEGREE), math.sin(10 * DEGREE)])
    y, _ = unbiased_3d(z, R)
    assert (np.abs(y.mean(0) - truth) < 4.5 * y.std(0) / math.sqrt(n)).all()
    y2, _ = unbiased_2d(z[:, :2].copy(), R[:, :2, :2].copy())
    truth2 = 20e3 * np.array([math.cos(30 * DEGREE), math.sin(30 * DEGREE)])
    assert (np.abs(y2.mean(0) - truth2) < 4.5 * y2.std(0) / math.sqrt(n)).all()


def test_known_bias_of_the_raw_conversion() -> None:
    """5° at 20 km and 30°: raw conversion is off by (−65.8, −38.0) m, which dividing by λ takes away."""
    y, _ = unbiased_2d(*one([20e3, 30 * DEGREE], [10, 5 * DEGREE]))
    lam = math.exp(-((5 * DEGREE) ** 2) / 2)
    np.testing.assert_allclose(y[0] * lam * (lam - 1), [-65.8, -38.0], atol=0.3)


@pytest.mark.parametrize(("height", "sigma_u"), [(0.0, 300.0), (900.0, 400.0), (2500.0, 50.0)])
def test_slant_range_with_height_prior(height: float, sigma_u: float) -> None:
    rng = np.random.default_rng(5)
    z, R = one([9e3, 70 * DEGREE, height], [30.0, 1.0 * DEGREE, sigma_u])
    y, S = unbiased_slant(z, R)
    r, b, u = (z + rng.standard_normal((400_000, 3)) * np.sqrt(np.diagonal(R[0]))).T
    d = np.sqrt(r**2 - u**2)
    truth = np.stack([d * np.cos(b), d * np.sin(b), u], axis=1)
    found, error, _ = moments(y, truth)
    assert (np.abs(found - S[0]) < 4.5 * error + 2e-3 * np.sqrt(np.outer(*[np.diagonal(S[0])] * 2))).all()
    assert np.linalg.eigvalsh(S[0]).min() > 0


def test_slant_range_below_the_height_prior_stays_finite() -> None:
    y, S = unbiased_slant(*one([200.0, 1.0, 500.0], [30.0, 0.02, 300.0]))
    assert np.isfinite(y).all()
    assert np.linalg.eigvalsh(S[0]).min() > 0


def plane(lat: float, lon: float, height: float) -> tuple[Floats, Floats]:
    ecef = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    origin = np.array(ecef.transform(lon / DEGREE, lat / DEGREE, height))
    # axes by finite differences of PROJ's own conversion, not by our formula
    east = np.array(ecef.transform(lon / DEGREE + 1e-6, lat / DEGREE, height)) - origin
    north = np.array(ecef.transform(lon / DEGREE, lat / DEGREE + 1e-6, height)) - origin
    up = np.array(ecef.transform(lon / DEGREE, lat / DEGREE, height + 10.0)) - origin
    return origin, np.array([v / np.linalg.norm(v) for v in (east, north, up)])


def test_geodetic_reports_agree_with_proj() -> None:
    rng = np.random.default_rng(6)
    lat, lon, h = 0.59, 0.74, 188.0
    origin, axes = plane(lat, lon, h)
    z = np.array([lat, lon, h, 0, 0, 0]) + rng.uniform(-1, 1, (20, 6)) * [0.03, 0.03, 3e3, 200, 200, 10]
    A = rng.standard_normal((20, 6, 6))
    R = A @ A.transpose(0, 2, 1)
    y, S = geodetic_to_local(z, R, origin, axes)
    for j in range(20):
        there, axes_there = plane(*z[j, :3])
        T = axes @ axes_there.T
        B = np.kron(np.eye(2), T)
        np.testing.assert_allclose(
            y[j, :3], axes @ (there - origin), atol=2e-3
        )  # axes good to 1e-8 at 200 km
        np.testing.assert_allclose(y[j, 3:], T @ z[j, 3:], atol=1e-4)
        np.testing.assert_allclose(S[j], B @ R[j] @ B.T, atol=1e-5 * np.abs(R[j]).max())
        assert (S[j] == S[j].T).all()
    y3, S3 = geodetic_to_local(z[:, :3].copy(), R[:, :3, :3].copy(), origin, axes)
    assert (y3 == y[:, :3]).all()
    assert (S[:, :3, :3] == S3).all()


def test_between_planes() -> None:
    rng = np.random.default_rng(7)
    T, t = np.linalg.qr(rng.standard_normal((3, 3)))[0], rng.standard_normal(3)
    y, A = rng.standard_normal((4, 3)), rng.standard_normal((4, 3, 3))
    S = A @ A.transpose(0, 2, 1)
    y2, S2 = y.copy(), S.copy()
    local_to_local(y2, S2, T, t)
    np.testing.assert_allclose(y2, y @ T.T + t, atol=1e-14)
    np.testing.assert_allclose(S2, T @ S @ T.T, atol=1e-13)
