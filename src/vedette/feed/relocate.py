"""Fly a recording from elsewhere past this site, at another time. For demonstrations: nothing real is there.

The motion is rigid: what stood east, north and up of `from` stands the same way of `to`, turned clockwise by
`turn` if wanted. Every moved report claims `relocated: true`.

With E(p) the rotation from ECEF to local east-north-up at p, and T the turn about the vertical, a point at r
goes to r' = r_to + E(to)ᵀ T E(from) (r - r_from), and a vector v in the local axes at r to E(r') E(to)ᵀ T
E(from) E(r)ᵀ v.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pymap3d

from vedette.feed.config import Relocation
from vedette.feed.look import Look, Report
from vedette.types import Array, Detection, Kind
from vedette.units import DEGREE

GEODETIC = (Kind.GEODETIC, Kind.GEODETIC_VELOCITY)


class Relocate:
    """Moves reports by one fixed rigid motion."""

    def __init__(self, relocation: Relocation) -> None:
        self._from = ecef(*relocation.origin)
        self._to = ecef(*relocation.to)
        turn = turned(relocation.turn_deg * DEGREE)
        self._rotation = axes(*relocation.to[:2]).T @ turn @ axes(*relocation.origin[:2])

    def __call__(self, report: Report) -> Report:
        """Looks and reports in a sensor's own polar space pass: their sensor stands where the site says."""
        if isinstance(report, Look) or report.kind not in GEODETIC:
            return report
        latitude, longitude = report.z[0] / DEGREE, report.z[1] / DEGREE
        r = self._to + self._rotation @ (ecef(latitude, longitude, report.z[2]) - self._from)
        there = pymap3d.ecef2geodetic(*r)
        # From local axes to local axes.
        Q = axes(float(there[0]), float(there[1])) @ self._rotation @ axes(latitude, longitude).T
        z = np.array(
            [
                there[0] * DEGREE,
                there[1] * DEGREE,
                there[2],
                *(Q @ report.z[3:6] if len(report.z) > 3 else ()),
            ]
        )
        return dataclasses.replace(
            report, z=z, R=rotated(Q, report.R), claims={**report.claims, "relocated": True}
        )


def shifted(report: Report, by: int) -> Report:
    """The report with all its times moved by `by` ns."""
    if by == 0:
        return report
    if isinstance(report, Detection):
        return dataclasses.replace(report, t=report.t + by, t_rx=report.t_rx + by)
    return dataclasses.replace(report, t0=report.t0 + by, t1=report.t1 + by)


def ecef(latitude: float, longitude: float, height: float) -> Array:
    return np.array(pymap3d.geodetic2ecef(latitude, longitude, height), dtype=np.float64)


def axes(latitude: float, longitude: float) -> Array:
    """E (3, 3): ECEF to local east, north, up at a place given in degrees."""
    phi, lam = latitude * DEGREE, longitude * DEGREE
    sp, cp, sl, cl = math.sin(phi), math.cos(phi), math.sin(lam), math.cos(lam)
    return np.array([[-sl, cl, 0.0], [-sp * cl, -sp * sl, cp], [cp * cl, cp * sl, sp]])


def turned(angle: float) -> Array:
    """T (3, 3): clockwise by `angle` rad about the vertical, seen from above."""
    s, c = math.sin(angle), math.cos(angle)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def rotated(Q: Array, R: Array) -> Array:
    """The covariance R (m, m) of one or two vectors in turned axes."""
    m = len(R)
    B = np.zeros((m, m))
    for at in range(0, m, 3):
        B[at : at + 3, at : at + 3] = Q
    out: Array = B @ R @ B.T
    return (out + out.T) / 2.0
