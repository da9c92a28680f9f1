"""The ground around a site: heights on a square grid in the site's frame, and what hides behind them."""

from __future__ import annotations

import base64
import binascii
import math
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vedette.errors import ConfigError
from vedette.geo.frame import Array, LocalFrame
from vedette.geo.horizon import EFFECTIVE_RADIUS
from vedette.kernel.skyline import ground, least_height, sweep

Bools = NDArray[np.bool_]

QUANTUM = 0.1  # m to which heights are kept, far below the error of any elevation model
VOID = np.iinfo(np.int32).min
MOST_RADIALS = 4096
BETWEEN = 4  # heights looked at per step: fewer, and a sharp crest is missed by metres


@dataclass(frozen=True, eq=False)
class Terrain:
    """Heights (n, n) of the ground above the WGS84 ellipsoid in m, from south to north and west to east.

    The nodes are `step` m apart and centred on the origin of `frame`; NaN means no data, never a height.
    Between nodes the ground is bilinear.
    """

    frame: LocalFrame
    height: Array
    step: float

    @classmethod
    def of(cls, frame: LocalFrame, height: Array, step: float) -> Self:
        """Rounded to `QUANTUM`, as a recording keeps them, so that a replay sees the same ground."""
        return cls(frame, np.round(height / QUANTUM) * QUANTUM, step)

    @property
    def extent(self) -> float:
        """Half the side of the square, m."""
        return (len(self.height) - 1) * self.step / 2.0

    @cached_property
    def first(self) -> Array:
        """(2,) east, north of the first node."""
        return np.array([-self.extent, -self.extent])

    @property
    def known(self) -> float:
        """The part of the nodes that have data."""
        return float(np.isfinite(self.height).mean())

    def ground(self, position: Array) -> Array:
        """(…, ≥2) east, north → (…,): height of the ground above the ellipsoid, NaN without data."""
        flat = np.ascontiguousarray(position[..., :2], float).reshape(-1, 2)
        found: Array = ground(self.height, self.first, self.step, flat[:, 0].copy(), flat[:, 1].copy())
        return found.reshape(position.shape[:-1])

    def pack(self) -> str:
        """As text, for a recording's metadata."""
        whole = np.full(self.height.shape, VOID, np.int32)
        data = np.isfinite(self.height)
        whole[data] = np.round(self.height[data] / QUANTUM).astype(np.int32)
        steps = np.diff(whole.ravel(), prepend=np.int32(0)).astype("<i4")  # wraps around at a void, and back
        planes = np.ascontiguousarray(steps.view(np.uint8).reshape(-1, 4).T)  # like bytes side by side
        coded = base64.b64encode(zlib.compress(planes.tobytes(), 6)).decode()
        return f"{len(self.height)} {self.step!r} {coded}"

    @classmethod
    def unpack(cls, frame: LocalFrame, text: str) -> Self:
        """The inverse of `pack`. Raises ConfigError for text that is none of its."""
        try:
            count, step, coded = text.split(" ")
            planes = np.frombuffer(zlib.decompress(base64.b64decode(coded, validate=True)), np.uint8)
            steps = np.ascontiguousarray(planes.reshape(4, -1).T).view("<i4").ravel()
            whole = np.cumsum(steps, dtype=np.int32).reshape(int(count), int(count))
            return cls(frame, np.where(whole == VOID, np.nan, whole * QUANTUM), float(step))
        except (ValueError, binascii.Error, zlib.error) as error:
            raise ConfigError(f"The terrain kept in it is damaged ({error}); give the site file.") from None


@dataclass(frozen=True, eq=False)
class Skyline:
    """What the ground hides from an antenna: one look-up gives the least visible height anywhere.

    antenna  height of the antenna above the ellipsoid, m; distances and azimuths are those of its own frame
    smooth   height of the smooth ground that stands in where there are no data
    slope, known, delta  see kernel.skyline
    """

    antenna: float
    smooth: float
    slope: NDArray[np.float32]
    known: NDArray[np.int64]
    delta: float

    @classmethod
    def seen_from(cls, frame: LocalFrame, terrain: Terrain, reach: float = math.inf) -> Self:
        """From the origin of `frame` to `reach` m, or as far as the terrain goes where that is less.

        Samples are as far apart as the terrain's nodes; so are the radials at their far end, up to 4096.
        """
        R, t = frame.to_frame(terrain.frame)
        corner = float(np.hypot(*(np.abs(t[:2]) + terrain.extent)))
        samples = max(1, math.ceil(min(reach, corner) / terrain.step))
        radials = min(MOST_RADIALS, max(64, math.ceil(2.0 * math.pi * samples)))
        radius = math.sqrt(frame.radii[0] * frame.radii[1])
        slope, known = sweep(
            terrain.height, terrain.first, terrain.step, np.ascontiguousarray(R), t, frame.height,
            terrain.frame.height, radius, EFFECTIVE_RADIUS, terrain.step, BETWEEN, radials,
            samples,
        )  # fmt: skip
        return cls(frame.height, terrain.frame.height, slope, known, terrain.step)

    def least_height(self, azimuth: Array, distance: Array) -> tuple[Array, Bools]:
        """(N,) rad, (N,) m → (N,) least visible height above the ellipsoid, (N,) whether the ground is known.

        −inf nearer than the first sample. Heights below the ground are not excluded: nothing flies there.
        """
        found: tuple[Array, Bools] = least_height(
            self.slope, self.known, np.ascontiguousarray(azimuth, float),
            np.ascontiguousarray(distance, float), self.antenna, self.smooth, EFFECTIVE_RADIUS, self.delta,
        )  # fmt: skip
        return found
