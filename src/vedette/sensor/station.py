"""Where a sensor stands, what the Earth hides from it, and its reports in the site's frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vedette.errors import MeasurementError
from vedette.geo import LocalFrame, Place, Skyline, Terrain, is_above_horizon
from vedette.kernel.convert import geodetic_to_local, local_to_local, unbiased_3d, unbiased_slant
from vedette.types import Array, Kind

EVERYWHERE = frozenset({Kind.GEODETIC, Kind.GEODETIC_VELOCITY})


@dataclass(frozen=True)
class Station:
    """`frame` is the sensor's own tangent plane; `site` is the tracker's. Heights are above the ellipsoid.

    `height_prior` and `height_sigma` (m above the site, m) stand in for the height of reports without one.
    `terrain` is the ground about the site where the site file names one, looked at as far as `reach` m;
    without line_of_sight the Earth hides nothing.
    """

    name: str
    site: LocalFrame
    frame: LocalFrame
    accepts: frozenset[Kind]
    height_prior: float = 0.0
    height_sigma: float = math.inf
    terrain: Terrain | None = field(default=None, compare=False, repr=False)
    reach: float = math.inf
    line_of_sight: bool = True

    @classmethod
    def at(cls, name: str, place: Place, site: LocalFrame, accepts: frozenset[Kind]) -> Station:
        return cls(name, site, LocalFrame(f"enu:{name}", *place.geodetic(site)), accepts | EVERYWHERE)

    @cached_property
    def to_site(self) -> tuple[Array, Array]:
        """(R, t) from the sensor's frame to the site's."""
        return self.frame.to_frame(self.site)

    def local(self, position: Array) -> Array:
        """(N, 3) in the site's frame → (N, 3) in the sensor's own."""
        R, t = self.to_site
        return np.asarray((position - t) @ R)

    def in_site(self, local: Array) -> Array:
        """The inverse of `local`."""
        R, t = self.to_site
        return np.asarray(local @ R.T + t)

    def over(self, terrain: Terrain, reach: float) -> Station:
        """The same station among the hills of `terrain`."""
        return replace(self, terrain=terrain, reach=reach)

    def unobstructed(self) -> Station:
        """The same station if nothing hid anything: its range without its horizon."""
        return replace(self, line_of_sight=False)

    @cached_property
    def skyline(self) -> Skyline | None:
        """What the ground hides; None where it counts as smooth."""
        if self.terrain is None:
            return None
        return Skyline.seen_from(self.frame, self.terrain, self.reach)

    @cached_property
    def foot(self) -> float:
        """m above the ellipsoid: the ground under the antenna; the site's height where no terrain says."""
        ground = math.nan
        if self.terrain is not None:
            ground = float(self.terrain.ground(self.in_site(np.zeros((1, 3))))[0])
        return self.site.height if math.isnan(ground) else ground

    def above_plain(self, local: Array) -> tuple[Array, Array]:
        """(N, 3) in the sensor's frame → (N,), (N,): heights of antenna and target in m above level ground.

        The ground is that at the antenna's foot, or that under the target where it is lower: what a hilltop
        looks down on mirrors and echoes, not the hilltop. Nothing is below it.
        """
        plain = np.full(len(local), self.foot)
        if self.terrain is not None:
            plain = np.fmin(plain, self.terrain.ground(self.in_site(local)))
        height = self.frame.height_above(local) + self.frame.height
        return np.maximum(self.frame.height - plain, 0.0), np.maximum(height - plain, 0.0)

    def above_horizon(self, local: Array) -> NDArray[np.bool_]:
        """(N, 3) in the sensor's frame → (N,): does the Earth leave the line of sight free?

        Over the terrain where there is one; else over smooth ground at the height of the site's reference
        point. The one place in which any sensor asks for its horizon.
        """
        if not self.line_of_sight:
            return np.ones(len(local), bool)
        distance, height = np.hypot(local[:, 0], local[:, 1]), self.frame.height_above(local)
        if self.skyline is None:
            antenna = max(self.frame.height - self.site.height, 0.0)
            return is_above_horizon(antenna, height + antenna, distance)
        least, _ = self.skyline.least_height(_azimuth(local), distance)
        return np.asarray(height + self.frame.height >= least)

    def knows_ground(self, local: Array) -> NDArray[np.bool_]:
        """(N, 3) → (N,): are there heights for all ground from the sensor to below there?

        Yes where the ground counts as smooth, or hides nothing.
        """
        if self.skyline is None or self.terrain is None or not self.line_of_sight:
            return np.ones(len(local), bool)
        _, known = self.skyline.least_height(_azimuth(local), np.hypot(local[:, 0], local[:, 1]))
        return np.asarray(known & np.isfinite(self.terrain.ground(self.in_site(local))))

    def convert(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        """See `Sensor.convert`."""
        if kind not in self.accepts:
            known = ", ".join(sorted(self.accepts))
            raise MeasurementError(
                f"Sensor '{self.name}' cannot place a report of kind {kind}; it takes {known}. "
                "Give it the kind of sensor that its feed really has."
            )
        z, R = (
            np.array(z, float, order="C"),
            np.array(R, float, order="C"),
        )  # own, writable, one memory layout
        if kind in EVERYWHERE:
            converted: tuple[Array, Array] = geodetic_to_local(z, R, self.site.origin, self.site.axes)
            return converted
        if kind is Kind.RANGE_AZ_EL:
            y, S = unbiased_3d(_counterclockwise(z), R)
        else:
            y, S = unbiased_slant(*self._with_height(kind, z, R))
        local_to_local(y, S, *self.to_site)
        return y, S

    def _with_height(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        """Range, azimuth and the height above the sensor's plane, which a curved Earth falls away from."""
        if kind is Kind.RANGE_AZ:
            z = np.column_stack([z, np.full(len(z), self.site.height + self.height_prior)])
            R2, R = R, np.zeros((len(z), 3, 3))
            R[:, :2, :2], R[:, 2, 2] = R2, self.height_sigma**2
        above = z[:, 2] - self.frame.height
        distance2 = np.maximum(z[:, 0] ** 2 - above**2, 0.0)
        radius = math.sqrt(self.frame.radii[0] * self.frame.radii[1])
        z[:, 2] = above - distance2 / (2.0 * radius)
        return _counterclockwise(z), R


def _azimuth(local: Array) -> Array:
    """(N, 3) → (N,): 0 to 2π clockwise from north."""
    return np.mod(np.arctan2(local[:, 0], local[:, 1]), 2.0 * math.pi)


def _counterclockwise(z: Array) -> Array:
    """Azimuth clockwise from north → angle from east towards north, in place."""
    z[:, 1] = 0.5 * math.pi - z[:, 1]
    return z
