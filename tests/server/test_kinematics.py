"""What a viewer is told of a far target must be true at the target, not at the site."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pymap3d.vincenty import vreckon

from tests.server.by_hand import FRAME, track_of
from vedette.geo import LocalFrame
from vedette.server.kinematics import ellipse, kinematics


def flown(
    frame: LocalFrame, away_m: float, bearing_deg: float, course_deg: float, height: float, speed: float
):
    """State of a level flight along a geodesic, by another library: place, and velocity by differences."""
    lat0, lon0 = np.degrees([frame.latitude, frame.longitude])
    lat, lon = map(float, vreckon(lat0, lon0, away_m, bearing_deg))

    def place(t: float) -> np.ndarray:
        back = 0.0 if t > 0 else 180.0
        lat_t, lon_t = map(float, vreckon(lat, lon, abs(speed * t), course_deg + back))
        return frame.from_geodetic([math.radians(lat_t), math.radians(lon_t), height])

    velocity = (place(0.5) - place(-0.5)) / 1.0
    here = frame.from_geodetic([math.radians(lat), math.radians(lon), height])
    return lat, lon, np.concatenate([here, velocity])


@pytest.mark.parametrize("course", [0.0, 45.0, 137.0, 270.0])
@pytest.mark.parametrize("away", [1.0, 50_000.0, 300_000.0])
def test_a_level_flight_far_away_has_its_own_course_and_no_climb(away: float, course: float) -> None:
    lat, lon, x = flown(FRAME, away, 63.0, course, 10_000.0, 250.0)
    k = kinematics([track_of(1, x=x)], FRAME)
    assert_allclose([k.latitude[0], k.longitude[0]], [lat, lon], atol=1e-8)
    assert_allclose(k.height[0], 10_000.0, atol=1e-3)
    assert_allclose((k.course[0] - course + 180.0) % 360.0 - 180.0, 0.0, atol=0.01)
    assert abs(k.climb[0]) < 0.02  # against −11.7 m/s in the site's own axes at 300 km
    # A geodesic is on the ellipsoid; at 10 km the same angle is a longer way: (1 + h/R).
    assert_allclose(k.speed[0], 250.0 * (1 + 10_000.0 / 6.37e6), rtol=4e-4)


@given(st.lists(st.floats(-300.0, 300.0), min_size=4, max_size=4))
def test_the_ellipse_agrees_with_the_eigenvectors(numbers: list[float]) -> None:
    A = np.array(numbers).reshape(2, 2)
    P = A @ A.T + 1e-3 * np.eye(2)
    values, vectors = np.linalg.eigh(P)
    major, minor, bearing = ellipse(P[None])
    assert_allclose([major[0] ** 2, minor[0] ** 2], values[::-1], rtol=1e-9, atol=1e-6 * values[1])
    along = np.array([math.sin(bearing[0]), math.cos(bearing[0])])  # east, north
    assert_allclose(along @ P @ along, values[1], rtol=1e-9)
    assert abs(float(vectors[:, 1] @ along)) > 0.999 or values[1] - values[0] < 1e-3 * values[1]


def test_the_ellipse_turns_with_the_target() -> None:
    """A bearing error is across the line of sight: at 300 km east, so the long axis points north there."""
    away = 300_000.0
    lat, lon = map(float, vreckon(*np.degrees([FRAME.latitude, FRAME.longitude]), away, 90.0))
    place = FRAME.from_geodetic([math.radians(lat), math.radians(lon), 0.0])
    local = LocalFrame("there", math.radians(lat), math.radians(lon), 0.0)
    R, _ = local.to_frame(FRAME)
    P = np.eye(6)
    P[:3, :3] = R @ np.diag([100.0, 90_000.0, 400.0]) @ R.T  # east 10 m, north 300 m, up 20 m over there
    k = kinematics([track_of(1, x=np.concatenate([place, np.zeros(3)]), P=P)], FRAME)
    assert_allclose([k.sigma_major[0], k.sigma_minor[0], k.sigma_up[0]], [300.0, 10.0, 20.0], rtol=1e-6)
    assert min(k.sigma_bearing[0] % 180.0, 180.0 - k.sigma_bearing[0] % 180.0) < 1e-6
