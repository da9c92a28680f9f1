"""A look of a radar that measures no height, made in its own coordinates (kernel.bend).

Within `straightened`, the densities of all that the radar may see, and of all that it finds, are those in
which its plots lie on straight lines; `straight` brings its plots there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.bend import bend, straighten
from vedette.sensor import Radar2D, Sensor
from vedette.tracker.plots import Plots
from vedette.types import Array

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from vedette.tracker.pmb import Pmb

ROUNDS = 3  # of finding the place that a straightened one is of; each takes off 99 % of what is missing


def straight(plots: Plots, radar: Radar2D) -> Plots:
    """Plots in the site's frame, in the radar's coordinates."""
    place, noise = plots.z[:, None].copy(), plots.R[:, None].copy()
    straighten(place, noise, *radar.bend(plots.z[:, :3]), radar.config.height_sigma**2)
    return replace(plots, z=place[:, 0], R=noise[:, 0])


def straightened(pmb: Pmb, sensor: Sensor, seen: NDArray[np.bool_]) -> AbstractContextManager[None]:
    """The look of a sensor at the Bernoullis `seen` (N,), and at what it finds beside them."""
    return _straightened(pmb, sensor, seen) if isinstance(sensor, Radar2D) else nullcontext()


@contextmanager
def _straightened(pmb: Pmb, radar: Radar2D, seen: NDArray[np.bool_]) -> Iterator[None]:
    b, N, variance = pmb.bernoullis, pmb.bernoullis.size, radar.config.height_sigma**2
    up, c, h0 = radar.bend(pmb.combined()[0][:, :3])
    c[~seen] = 0.0
    straighten(b.x[:N], b.P[:N], up, c, h0, variance)
    for at, rows in pmb.hypotheses.densities():
        straighten(*at, up, c[rows], h0[rows], variance)
    try:
        yield
    finally:
        _, c2, h2 = unstraightened(radar, pmb.combined()[0][N:, :3])
        c, h0 = np.concatenate([c, c2]), np.concatenate([h0, h2])
        bend(b.x[: b.size], b.P[: b.size], up, c, h0, variance)
        for at, rows in pmb.hypotheses.densities():
            bend(*at, up, c[rows], h0[rows], variance)


def unstraightened(radar: Radar2D, position: Array) -> tuple[Array, Array, Array]:
    """Radar2D.bend at the places of which `position` (M, 3) are the straightened ones."""
    place = position
    for _ in range(ROUNDS):
        up, c, h0 = radar.bend(place)
        h = position @ up - h0
        place = position + 0.5 * c * (h * h - radar.config.height_sigma**2)[:, None]
    return radar.bend(place)
