"""What targets say of themselves, as a receiver of such reports simulates it."""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vedette.geo import LocalFrame
from vedette.geo.frame import axes
from vedette.types import Array

Ints = NDArray[np.int64]


def stated(site: LocalFrame, position: Array, velocity: Array, noise: Array, sigma: Array) -> Array:
    """(M, 6) latitude, longitude, height, velocity as the target would state it, of positions and velocities
    (M, 3) in the site's frame; noise (M, 6) ~ N(0, 1) times sigma (6,) along its own east, north and up."""
    z = np.empty((len(position), 6))
    z[:, :3] = site.to_geodetic(position)
    M, N = site.radii
    z[:, 0] += sigma[1] * noise[:, 1] / (M + z[:, 2])
    z[:, 1] += sigma[0] * noise[:, 0] / ((N + z[:, 2]) * np.cos(z[:, 0]))
    z[:, 2] += sigma[2] * noise[:, 2]
    turned = axes(z[:, 0], z[:, 1]) @ site.axes.T @ velocity[:, :, None]
    z[:, 3:] = turned[:, :, 0] + sigma[3:] * noise[:, 3:]
    return z


@lru_cache(maxsize=64)
def phases(names: tuple[str, ...]) -> Ints:
    """(N,) ns, following from each name alone, so that targets do not report in step; −1 without a name."""
    return np.array([zlib.crc32(name.encode()) if name else -1 for name in names], np.int64)
