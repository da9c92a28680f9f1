"""Where an effector can act: range, height above the ground, sector, elevation, and what the ground hides."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.advise.effector_config import EffectorConfig
from vedette.geo import LocalFrame, Terrain
from vedette.geo.horizon import EFFECTIVE_RADIUS
from vedette.geo.terrain import Skyline
from vedette.kernel.compiled import compiled, inlined
from vedette.kernel.skyline import bilinear, smooth_slope
from vedette.units import DEGREE

Array = NDArray[np.float64]

HOLDS, RANGE, HEIGHT, SECTOR, MASKED = 0, 1, 2, 3, 4
FULL = 2.0 * math.pi


class Envelope(NamedTuple):
    """Lengths m, angles rad. Positions are the site's [e, n, u]; the effector's own axes are `axes`.

    lowest, highest  sines of the elevations between which it points
    sector        from where clockwise, and how wide
    axes          from the effector's own to the site's, row by row
    hides, hilly  whether the Earth hides anything, and whether there are hills: then `slope` (radials,
                  samples), every `delta` m, is as in kernel.skyline; else the ground is smooth
    antenna       height above the ellipsoid; `smooth` that of the ground where there are no data
    ground        (n, n) above the ellipsoid from `corner` (2,) on, `step` apart; NaN where it is not known
    datum, radii  of the site: its level above the ellipsoid, and the curvature that the level has
    """

    position: tuple[float, float, float]
    axes: tuple[float, ...]
    range_min: float
    range_max: float
    height_min: float
    height_max: float
    lowest: float
    highest: float
    sector: tuple[float, float]
    hides: bool
    hilly: bool
    slope: NDArray[np.float32]
    antenna: float
    smooth: float
    delta: float
    ground: Array
    corner: tuple[float, float]
    step: float
    datum: float
    radii: tuple[float, float]


def envelope(config: EffectorConfig, site: LocalFrame, terrain: Terrain | None) -> Envelope:
    """The envelope that an `[[effector]]` table describes, in the site's frame."""
    own = LocalFrame(f"enu:{config.name}", *config.geodetic(site))
    R, t = own.to_frame(site)
    start, end = config.sector or (0.0, 360.0)
    skyline = Skyline.seen_from(own, terrain, config.range_max) if terrain and config.line_of_sight else None
    return Envelope(
        position=tuple(t.tolist()),
        axes=tuple(R.ravel().tolist()),
        range_min=config.range_min,
        range_max=config.range_max,
        height_min=config.height_min,
        height_max=config.height_max,
        lowest=-math.inf if config.elevation_min <= -90.0 else math.sin(config.elevation_min * DEGREE),
        highest=math.inf if config.elevation_max >= 90.0 else math.sin(config.elevation_max * DEGREE),
        sector=(start * DEGREE, ((end - start) % 360.0 or 360.0) * DEGREE),
        hides=config.line_of_sight,
        hilly=terrain is not None,
        slope=np.empty((0, 0), np.float32) if skyline is None else skyline.slope,
        antenna=own.height,
        smooth=site.height,
        delta=1.0 if skyline is None else skyline.delta,
        ground=np.full((2, 2), np.nan) if terrain is None else terrain.height,
        corner=(0.0, 0.0) if terrain is None else tuple(terrain.first.tolist()),
        step=1.0 if terrain is None else terrain.step,
        datum=site.height,
        radii=site.radii,
    )


@inlined
def level_height(e: Envelope, x: float, y: float, z: float) -> float:
    """Height above the site's level: h = u + n²/2M + e²/2N (LocalFrame.height_above)."""
    return z + y * y / (2.0 * e.radii[0]) + x * x / (2.0 * e.radii[1])


@inlined
def above_ground(e: Envelope, x: float, y: float, z: float) -> float:
    """Height above the ground there, or above the site's level where nothing is known of the ground."""
    height: float = level_height(e, x, y, z)
    if not e.hilly:
        return height
    under = bilinear(e.ground, (y - e.corner[1]) / e.step, (x - e.corner[0]) / e.step)
    return height if math.isnan(under) else height - (under - e.datum)


@inlined
def where(e: Envelope, x: float, y: float, z: float) -> int:
    """HOLDS at a position in the site's frame, or the first thing that keeps it out."""
    dx, dy, dz = x - e.position[0], y - e.position[1], z - e.position[2]
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    if distance < e.range_min or distance > e.range_max:
        return RANGE
    height = above_ground(e, x, y, z)
    if height < e.height_min or height > e.height_max:
        return HEIGHT
    R = e.axes
    east = dx * R[0] + dy * R[3] + dz * R[6]
    north = dx * R[1] + dy * R[4] + dz * R[7]
    up = dx * R[2] + dy * R[5] + dz * R[8]
    # the sine of an elevation grows with it
    if up < distance * e.lowest or up > distance * e.highest:
        return SECTOR
    azimuth = 0.0
    if e.sector[1] < FULL or e.hilly:
        azimuth = math.atan2(east, north)
    if e.sector[1] < FULL and (azimuth - e.sector[0]) % FULL > e.sector[1]:
        return SECTOR
    flat = math.sqrt(east * east + north * north)
    if e.hides and not sees(e, azimuth, flat, level_height(e, x, y, z)):
        return MASKED
    return HOLDS


@inlined
def sees(e: Envelope, azimuth: float, distance: float, height: float) -> bool:
    """Whether nothing stands between; `height` of the target above the site's level."""
    if not e.hilly:  # smooth ground: d ≤ √(2 a h_e) + √(2 a h_t), see geo.horizon
        own = math.sqrt(2.0 * EFFECTIVE_RADIUS * max(e.antenna - e.datum, 0.0))
        return height > 0.0 and distance <= own + math.sqrt(2.0 * EFFECTIVE_RADIUS * height)
    return bool(height + e.datum >= _least_height(e, azimuth % FULL, distance))


@inlined
def _least_height(e: Envelope, azimuth: float, d: float) -> float:
    """kernel.skyline.least_height for one place."""
    radials, samples = e.slope.shape
    turn = azimuth / FULL * radials
    i = math.floor(turn)
    w = turn - i
    before = math.ceil(d / e.delta) - 1
    last = min(before, samples)
    if last < 1:
        return -math.inf
    slope = (1.0 - w) * e.slope[i % radials, last - 1] + w * e.slope[(i + 1) % radials, last - 1]
    if before > samples:
        slope = max(slope, smooth_slope(e.antenna - e.smooth, samples * e.delta, d, EFFECTIVE_RADIUS))
    return float(e.antenna + d * (slope + d / (2.0 * EFFECTIVE_RADIUS)))


@compiled
def fill_where(e: Envelope, position: Array, code: NDArray[np.int64]) -> None:
    """Fill code (M,) for positions (M, 3)."""
    for m in range(len(position)):
        code[m] = where(e, position[m, 0], position[m, 1], position[m, 2])
