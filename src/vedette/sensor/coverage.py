"""Parts of the sky, looks at them, and reports put together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vedette.clock import from_seconds
from vedette.sensor.base import Look, Measured
from vedette.types import Array, Sector

Bools = NDArray[np.bool_]


def within(polar: Array, sector: Sector) -> Bools:
    """Range, azimuth, elevation (N, 3) → (N,): inside range, elevation and azimuth of the sector."""
    r, az, el = polar[:, 0], polar[:, 1], polar[:, 2]
    inside = (r >= sector.r0) & (r <= sector.r1) & (el >= sector.el0) & (el <= sector.el1)
    if sector.width < 2.0 * math.pi:
        inside &= np.mod(az - sector.az0, 2.0 * math.pi) < sector.width
    return np.asarray(inside)


def solid_volume(sector: Sector) -> float:
    """∫ r² cos el dr daz del in m³."""
    return (sector.r1**3 - sector.r0**3) / 3.0 * sector.width * (math.sin(sector.el1) - math.sin(sector.el0))


def regular(begin: int, end: int, period: float, sector: Sector | None) -> Iterator[Look]:
    """Looks at one sector (None: report by report), one every `period` s, that end by `end` (ns UTC)."""
    k, t0 = 0, begin
    while (t1 := begin + from_seconds((k + 1) * period)) <= end:
        yield Look(t0=t0, t1=t1, sector=sector)
        k, t0 = k + 1, t1


def joined(parts: Sequence[Measured]) -> Measured:
    """The reports of all parts, which are of one kind, in turn."""
    return replace(
        parts[0],
        z=np.concatenate([p.z for p in parts]),
        R=np.concatenate([p.R for p in parts]),
        age=np.concatenate([p.age for p in parts]),
        claims=tuple(claim for p in parts for claim in p.claims),
        source=np.concatenate([p.source for p in parts]),
    )
