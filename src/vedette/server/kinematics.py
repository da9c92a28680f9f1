"""Where tracks are and how they move, as a person at the target would measure it, for many tracks at once.

A track's state lives in the site's tangent plane. Far out that plane is tilted: at 200 km its "up" differs
from the local one by 1.8°, which would show a level airliner as sinking at 8 m/s. So velocity and covariance
are turned into the target's own east, north, up before course, climb and ellipse are read from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.errors import ConfigError
from vedette.geo import LocalFrame, undulation
from vedette.geo.frame import axes
from vedette.types import Array, Track


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kinematics:
    """Arrays (N,) in degrees, m and m/s.

    Height is above the ellipsoid; `undulation` is that of the sea there, NaN where the geoid is not built in.
    Bearings are clockwise from true north; that of an ellipse is in [0, 180).
    """

    latitude: Array
    longitude: Array
    height: Array
    speed: Array
    course: Array
    climb: Array
    sigma_major: Array
    sigma_minor: Array
    sigma_bearing: Array
    sigma_up: Array
    undulation: Array


def kinematics(tracks: Sequence[Track], frame: LocalFrame) -> Kinematics:
    """N tracks, in the frame of their estimates."""
    n = len(tracks)
    x = np.array([track.estimate.x[:6] for track in tracks]).reshape(n, 6)
    P = np.array([track.estimate.P[:3, :3] for track in tracks]).reshape(n, 3, 3)
    latitude, longitude, height = frame.to_geodetic(x[:, :3]).T
    turn = (
        axes(latitude, longitude) @ frame.axes.T
    )  # (N, 3, 3), from the site's east, north, up to the target's
    v = (turn @ x[:, 3:, None])[..., 0]
    P = turn @ P @ turn.swapaxes(1, 2)
    major, minor, bearing = ellipse(P)
    return Kinematics(
        latitude=np.degrees(latitude),
        longitude=np.degrees(longitude),
        height=height,
        speed=np.hypot(v[:, 0], v[:, 1]),
        course=np.degrees(np.arctan2(v[:, 0], v[:, 1])) % 360.0,
        climb=v[:, 2],
        sigma_major=major,
        sigma_minor=minor,
        sigma_bearing=np.degrees(bearing) % 180.0,
        sigma_up=np.sqrt(P[:, 2, 2]),
        undulation=sea(latitude, longitude),
    )


def sea(latitude: Array, longitude: Array) -> Array:
    """(N,) rad → mean sea level (EGM96) above the ellipsoid, m; NaN where the grid was not built in."""
    try:
        return undulation(latitude, longitude)
    except ConfigError:
        return np.full(np.shape(latitude), np.nan)


def ellipse(P: Array) -> tuple[Array, Array, Array]:
    """Horizontal error ellipse of P (N, ≥2, ≥2): sigma of both axes, bearing of the long one (rad).

    Closed form for a symmetric 2 × 2 matrix [[a, b], [b, c]]:
    λ± = (a + c)/2 ± √(((a − c)/2)² + b²), and the long axis lies at ½·atan2(2b, c − a) clockwise from north.
    """
    a, b, c = P[:, 0, 0], P[:, 0, 1], P[:, 1, 1]
    middle, radius = (a + c) / 2.0, np.hypot((a - c) / 2.0, b)
    bearing = 0.5 * np.arctan2(2.0 * b, c - a)
    return np.sqrt(middle + radius), np.sqrt(np.maximum(middle - radius, 0.0)), bearing
