"""An effector ready to be reckoned with: where it can act, how soon it meets, how probably it stops."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.advise.clearance import Clearance, clearance, fill_clear
from vedette.advise.effector_config import (
    OTHER,
    AnyEffectorConfig,
    DroneConfig,
    EnergyConfig,
    GunConfig,
    JammerConfig,
    MissileConfig,
    points_of,
)
from vedette.advise.envelope import HOLDS, Envelope, envelope, fill_where
from vedette.assess.zone import Asset
from vedette.classes import Bracket, flight_classes
from vedette.config import TableError
from vedette.geo import LocalFrame, Polygon, Terrain
from vedette.types import EffectorKind

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

KINDS: Mapping[type, EffectorKind] = {
    GunConfig: EffectorKind.GUN,
    MissileConfig: EffectorKind.MISSILE,
    DroneConfig: EffectorKind.DRONE,
    JammerConfig: EffectorKind.JAMMER,
    EnergyConfig: EffectorKind.ENERGY,
}
KOSCHMIEDER = 3.912  # −ln 0.02: a contrast of which the haze leaves a fiftieth at the visibility


@dataclass(frozen=True, eq=False)
class Effector:
    """A parametric model, never a real weapon, and nothing here can make it act.

    position, reach, clear  in the site's frame: (3,) m, its envelope, and what it must keep clear of
    """

    config: AnyEffectorConfig
    reach: Envelope
    clear: Clearance

    @classmethod
    def from_config(
        cls,
        config: AnyEffectorConfig,
        site: LocalFrame,
        terrain: Terrain | None = None,
        assets: Sequence[Asset] = (),
    ) -> Self:
        """The effector of an `[[effector]]` table. Raises TableError where it cannot stand or act there."""
        _stands(config, site, terrain)
        effector = cls(config, envelope(config, site, terrain), clearance(config, site, assets))
        _may_act(effector)
        return effector

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def kind(self) -> EffectorKind:
        return KINDS[type(self.config)]

    @cached_property
    def position(self) -> Array:
        return np.array(self.reach.position)

    @property
    def speed(self) -> float:
        """m/s of what flies there; 0 for what has to dwell."""
        config = self.config
        return config.speed if isinstance(config, GunConfig | MissileConfig | DroneConfig) else 0.0

    @property
    def dwell(self) -> tuple[float, float]:
        """s close by, and per m of distance what its logarithm grows by; none for what flies there."""
        config = self.config
        if isinstance(config, EnergyConfig):
            return config.dwell_s, KOSCHMIEDER / config.visibility
        return (config.dwell_s, 0.0) if isinstance(config, JammerConfig) else (0.0, 0.0)

    @property
    def magazine(self) -> int | None:
        """None where shots are not counted."""
        config = self.config
        return config.magazine if isinstance(config, GunConfig | MissileConfig | DroneConfig) else None

    @property
    def after_s(self) -> float:
        """s from the meeting until a channel is free again: for the look, or until what was sent is back."""
        config = self.config
        return config.recover_s if isinstance(config, DroneConfig) else config.assess_s

    @property
    def repeats(self) -> bool:
        """Whether a second shot at one target may do what the first did not: what needs no link has none."""
        return not isinstance(self.config, JammerConfig)

    def depends(self, klass: str) -> Bracket:
        """The part of a class on which it works at all; for a jammer what needs the link, or the satellites.

        "other" is everything from nothing to all.
        """
        if not isinstance(self.config, JammerConfig):
            return 1.0, 1.0
        known = flight_classes().get(klass)
        return (0.0, 1.0) if known is None else getattr(known, self.config.on)

    def curve(self, klass: str) -> tuple[Array, Array]:
        """Ranges (G,) m and probabilities (G,) of stopping what it works on, before anything lowers it."""
        points = points_of(self.config.kill.get(klass, self.config.kill.get(OTHER, 0.0)))
        return np.array([r for r, _ in points]), np.array([p for _, p in points])

    def lowered(self, sigma: ArrayLike = 0.0) -> Array:
        """What the weather and the track's quality leave: w b²/(b² + σ²).

        The mean of exp(−r²/2b²) over a miss that is normal with σ on either axis (Carleton's damage function;
        Washburn and Kress, Combat Modeling, 2009, chapter 2).
        """
        if self.config.quality is None:
            return np.full(np.shape(sigma), self.config.weather)
        b2 = self.config.quality**2
        return np.asarray(self.config.weather * b2 / (b2 + np.square(np.asarray(sigma, float))))

    def kill(self, distance: ArrayLike, klass: str, sigma: ArrayLike = 0.0) -> Array:
        """(…,) probability that one shot stops one of `klass` at `distance` m, where it can act there.

        sigma  standard deviation of the track's position, m
        """
        low, high = self.depends(klass)
        ranges, p = self.curve(klass)
        return np.asarray(
            0.5 * (low + high) * np.interp(np.asarray(distance, float), ranges, p) * self.lowered(sigma)
        )

    def damage(self, distance: ArrayLike, klass: str, sigma: ArrayLike = 0.0) -> Array:
        """(…,) probability that one shot hits and does not stop: of the hits, a part `damaged`."""
        d = self.config.damaged
        return np.asarray(self.kill(distance, klass, sigma) * d / (1.0 - d))

    def flight_s(self, distance: ArrayLike) -> Array:
        """(…,) s from the first shot until they meet, or that it has to dwell at `distance` m."""
        r = np.asarray(distance, float)
        if self.speed > 0.0:
            return np.asarray(r / self.speed)
        dwell, haze = self.dwell
        return np.asarray(dwell * np.exp(haze * r))

    def where(self, position: Array) -> NDArray[np.int64]:
        """(…, 3) → (…,): envelope.HOLDS, or the first thing that keeps it out."""
        flat = np.ascontiguousarray(position, float).reshape(-1, 3)
        code = np.empty(len(flat), np.int64)
        fill_where(self.reach, flat, code)
        return code.reshape(position.shape[:-1])

    def holds(self, position: Array) -> Bools:
        """(…, 3) → (…,): within range, heights, sector and elevations, and in sight."""
        return np.asarray(self.where(position) == HOLDS)

    def forbidden(self, position: Array) -> Bools:
        """(…, 3) → (…,): the line of fire, or what falls, would come over where it must not."""
        flat = np.ascontiguousarray(position, float).reshape(-1, 3)
        clear = np.empty(len(flat), bool)
        fill_clear(self.clear, self.position[0], self.position[1], flat, clear)
        return ~clear.reshape(position.shape[:-1])

    @cached_property
    def no_fire(self) -> tuple[Array, ...]:
        """Corners (K, 2) east, north of each no-fire polygon."""
        first, vertices = self.clear.first, self.clear.vertices
        return tuple(vertices[a:b] for a, b in pairwise(first))


def _stands(config: AnyEffectorConfig, site: LocalFrame, terrain: Terrain | None) -> None:
    """`height` counts from the site's reference point, which is easily forgotten on a hill."""
    ground = math.nan if terrain is None else float(terrain.ground(config.position(site))) - site.height
    if config.height < ground:
        raise TableError(
            f"the effector would stand {ground - config.height:.0f} m under the ground, which lies "
            f"{ground:.0f} m above the site's reference point there; raise its height to {math.ceil(ground)} "
            "or mend its place.",
            "height",
        )


def _may_act(effector: Effector) -> None:
    for i, corners in enumerate(effector.no_fire):
        if Polygon(corners).contains(effector.position):
            raise TableError(
                "the effector stands in this polygon, so that it could never act; move one of the two.",
                "no_fire",
                i,
            )
