"""Sensors that measure a direction and no range: what they are to the tracker, and what they share.

A direction makes no position, so `convert` refuses it. What the tracker needs instead:

origin and axes   `to_site`: x_site = R x_own + t, and t is where the sensor stands
h and its slope   `expected(kind, position, velocity)`, in the sensor's own axes, to be compared with z and R
                  as they were reported. Exact over a curved Earth, and with what is late already in it
z and R turned    `in_site_axes(kind, z, R)`, for geometry on bearings alone (triangulation)
clutter           `direction_density(kind, z)`, per rad or rad² of z
lateness          `delay(position, velocity)`

Lateness: a report's time t is when the sensor knew of it. Sound needs r/c to arrive and a person needs time
to report, so it points at where the target was `delay` earlier: at p − v τ for a target that is at p with
velocity v at time t. `expected` and `detection_probability` already count it in. Whoever wants the report at
its own place in time files it under t − delay.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from vedette.sensor.base import Sensor
from vedette.types import Array, Kind

DIRECTIONS = frozenset({Kind.AZ, Kind.AZ_EL})
STEEPEST = 0.1  # least cosine of an elevation by which a cross-direction error is divided: 84°


@runtime_checkable
class DirectionSensor(Sensor, Protocol):
    """A sensor whose reports of kind `reports` are directions. See the module for what is what.

    reports      Kind.AZ or Kind.AZ_EL
    to_site      (R (3, 3), t (3,)) from the sensor's own east, north, up to the site's frame
    perceptible  how probably a target is of the kind that this sensor can notice at all (that it transmits,
                 that it can be heard). Drawn once per target, not once per look: `detection_probability`
                 holds it as a factor, but all misses of one target together lower the odds that it exists by
                 no more than 1 − perceptible
    """

    reports: Kind
    to_site: tuple[Array, Array]
    perceptible: float

    def expected(self, kind: Kind, position: Array, velocity: Array) -> tuple[Array, Array]:
        """h (N, k) rad and H (N, k, 6), its slope along [position, velocity], given in the site's frame.

        k is 1 for AZ, 2 for AZ_EL. Azimuth from 0 to 2π: take residuals modulo a turn.
        """
        ...

    def in_site_axes(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        """z (m, k), R (m, k, k) against the site's north and horizon instead of the sensor's own.

        A sensor 10 km away stands 0.09° tilted and its north points 0.06° (at 34° latitude) elsewhere. A
        bearing without an elevation is turned at the horizon.
        """
        ...

    def direction_density(self, kind: Kind, z: Array) -> Array:
        """(m, k) → (m,): expected false reports per look and rad of azimuth, or rad² of azimuth × elevation.

        Divided by cos(elevation) it is per steradian.
        """
        ...

    def delay(self, position: Array, velocity: Array | None = None) -> Array:
        """(N, 3) in the site's frame → (N,) s by which a report of a target there now is late."""
        ...


def angle_slope(local: Array) -> Array:
    """(N, 3) east, north, up → (N, 2, 3): slope of azimuth (clockwise from north) and elevation."""
    e, n, u = local.T
    g = np.maximum(np.hypot(e, n), 1e-9)
    r2 = g * g + u * u
    J = np.zeros((len(local), 2, 3))
    J[:, 0, 0], J[:, 0, 1] = n / (g * g), -e / (g * g)
    J[:, 1, 0], J[:, 1, 1], J[:, 1, 2] = -u * e / (r2 * g), -u * n / (r2 * g), g / r2
    return J


def unit_slope(az: Array, el: Array) -> Array:
    """(N,) azimuth and elevation → (N, 3, 2): slope of the unit vector east, north, up."""
    sa, ca, se, ce = np.sin(az), np.cos(az), np.sin(el), np.cos(el)
    across = np.stack([ce * ca, -ce * sa, np.zeros_like(az)], axis=1)
    up = np.stack([-se * sa, -se * ca, ce], axis=1)
    return np.stack([across, up], axis=2)


def cross_sigma(local: Array, across: Array | float, up: Array | float) -> Array:
    """(M, 2) standard deviations of azimuth and elevation for errors across the line of sight, rad.

    The circle of one azimuth shrinks with height: σ_az = σ_across / cos el.
    """
    r = np.maximum(np.linalg.norm(local, axis=1), 1e-9)
    cosine = np.maximum(np.hypot(local[:, 0], local[:, 1]) / r, STEEPEST)
    return np.stack(np.broadcast_arrays(across / cosine, up), axis=1)
