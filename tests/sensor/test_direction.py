"""Geometry of sensors that measure directions: slopes by difference, axes by unit vectors, crossing lines."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.sensor.sensor_examples import SITE, sensor
from vedette.geo import to_cartesian, to_polar
from vedette.sensor.passive import Passive
from vedette.types import Kind

KINDS = ["rf_bearing", "acoustic", "camera", "observer"]


def far(kind: str) -> Passive:
    """20 km from the site, where the axes of sensor and site differ by a fifth of a degree."""
    made = sensor(kind, bearing=70, distance=20_000)
    assert isinstance(made, Passive)
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_the_slope_is_that_of_the_measurement(kind: str) -> None:
    """Central differences of h along every axis of the state; the sound's delay varies with both."""
    rng = np.random.default_rng(31)
    made = far(kind)
    x = np.hstack(
        [rng.uniform(-4e3, 4e3, (40, 2)), rng.uniform(100, 2e3, (40, 1)), rng.normal(0, 40, (40, 3))]
    )
    x[:, :3] += made.to_site[1]
    h, H = made.expected(made.reports, x[:, :3], x[:, 3:])
    assert H.shape == (*h.shape, 6)
    for axis, step in enumerate([0.5] * 3 + [0.01] * 3):
        moved = step * np.eye(6)[axis]
        up, _ = made.expected(made.reports, (x + moved)[:, :3], (x + moved)[:, 3:])
        down, _ = made.expected(made.reports, (x - moved)[:, :3], (x - moved)[:, 3:])
        change = np.remainder(up - down + math.pi, 2 * math.pi) - math.pi
        np.testing.assert_allclose(H[:, :, axis], change / (2 * step), rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("kind", ["camera", "rf_bearing"])
def test_reports_turned_to_the_axes_of_the_site(kind: str) -> None:
    """The unit vector from sensor to target in the site's axes, without the sensor's own plane."""
    made = far(kind)
    place = made.to_site[1] + np.array([[2000.0, 3000.0, 0.5], [-4000.0, 100.0, 900.0]])
    place = place[: 1 if kind == "rf_bearing" else 2]  # a bearing alone is turned at the horizon
    h, _ = made.expected(made.reports, place, np.zeros_like(place))
    R = np.tile(np.diag([0.02, 0.01][: h.shape[1]]) ** 2, (len(h), 1, 1))
    z, turned = made.in_site_axes(made.reports, h, R)
    truth = to_polar(place - made.to_site[1])[:, 1 : 1 + h.shape[1]]
    assert np.abs(h - truth).max() > 1e-3  # 0.1°: not the same axes at all
    np.testing.assert_allclose(z, truth, atol=1e-9 if kind == "camera" else 2e-5)
    np.testing.assert_allclose(turned, R, rtol=0.02, atol=1e-6)


def test_turned_covariance_is_that_of_turned_reports() -> None:
    rng = np.random.default_rng(32)
    made = far("camera")
    z, R = np.array([[0.7, 1.1]]), np.array([[[4e-4, 1e-4], [1e-4, 1e-4]]])  # high up, where axes turn most
    drawn = rng.multivariate_normal(z[0], R[0] * 1e-2, 200_000)
    turned, _ = made.in_site_axes(Kind.AZ_EL, drawn, np.tile(R, (len(drawn), 1, 1)))
    _, S = made.in_site_axes(Kind.AZ_EL, z, R)
    np.testing.assert_allclose(np.cov(turned.T) / 1e-2, S[0], rtol=0.02, atol=2e-6)


def test_lines_of_two_sensors_meet_at_the_target() -> None:
    """Noiseless directions of two cameras, closest approach in the site's frame: to a millimetre."""
    target = np.array([[7_000.0, 12_000.0, 800.0]])
    sides = [sensor("camera", bearing=b, distance=6_000) for b in (10, 100)]
    A, b = np.zeros((3, 3)), np.zeros(3)
    for made in sides:
        assert isinstance(made, Passive)
        h, _ = made.expected(Kind.AZ_EL, target, np.zeros((1, 3)))
        z, _ = made.in_site_axes(Kind.AZ_EL, h, np.eye(2)[None] * 1e-6)
        u = to_cartesian(np.array([1.0, *z[0]]))
        across = np.eye(3) - np.outer(u, u)
        A, b = A + across, b + across @ made.to_site[1]
    np.testing.assert_allclose(np.linalg.solve(A, b), target[0], atol=1e-3)


def test_sensor_stands_where_the_origin_says() -> None:
    for kind in KINDS:
        made = far(kind)
        np.testing.assert_allclose(made.to_site[1], SITE.from_geodetic(np.array(made.geodetic)), atol=1e-6)
