"""People who watch the sky and say where they see something, a while later and roughly.

The range that a person states is kept as a claim. Its error is a factor of two either way, whatever the
range: as a Gaussian in metres it would either exclude the truth or bend a track's mean, and a track that
rests on one such report would look surer than it is. The direction is what a person is good for.
"""

from __future__ import annotations

import math
from typing import Annotated

import msgspec
import numpy as np
from scipy.special import ndtr

from vedette.config import NotNegative, Positive
from vedette.geo import LocalFrame
from vedette.sensor.direction import cross_sigma
from vedette.sensor.optics import contrast, cycles, over_sizes, resolved
from vedette.sensor.passive import Bools, Claims, Ints, Passive, PassiveConfig, Share
from vedette.sensor.targets import Targets
from vedette.types import Array, Kind
from vedette.units import DEGREE

ARC_MINUTE = DEGREE / 60.0
DARK = (
    10.0  # how much coarser an eye resolves by night: 20/200 against 20/20 (rods; Kalloniatis and Luu 2007)
)
NEAR, FAR = 1000.0, 3000.0  # m, between which a stated range is "middle"

Sigma = Annotated[float, msgspec.Meta(gt=0, le=30, description="a standard deviation in degrees, at most 30")]
Factor = Annotated[float, msgspec.Meta(gt=1, le=10, description="a factor above 1")]
Contrast = Annotated[float, msgspec.Meta(gt=0.02, le=1, description="a contrast against the sky, above 0.02")]


class ObserverConfig(PassiveConfig, frozen=True, kw_only=True, tag_field="kind", tag="observer"):
    """Keys of an observer's `[[sensor]]` table. Angles degrees, times s.

    azimuth_sigma, elevation_sigma  of the stated direction
    range_factor   within which two of three stated ranges lie
    delay          from seeing to reporting; a report's time is that of the reporting
    attention      how probably an observer looks the right way within one look
    acuity         arc minutes that the eye resolves, 1 by day; night makes it ten times coarser
    contrast, visibility  of a target against the sky, and m
    expected_size, expected_size_spread  m and σ of its logarithm: what the tracker expects
    """

    range_max: Positive = 10_000.0
    period: Positive = 10.0
    false_reports: Positive = 0.02
    azimuth_sigma: Sigma = 15.0
    elevation_sigma: Sigma = 10.0
    range_factor: Factor = 2.0
    delay: NotNegative = 20.0
    attention: Share = 0.3
    acuity: Positive = 1.0
    night: bool = False
    contrast: Contrast = 0.5
    visibility: Positive = 10_000.0
    expected_size: Positive = 1.0
    expected_size_spread: NotNegative = 0.5


class Observer(Passive):
    """See `DirectionSensor` and `Simulated`. `delay` is how old what they saw is when they report it."""

    kind = "observer"
    reports = Kind.AZ_EL

    def __init__(self, config: ObserverConfig, site: LocalFrame) -> None:
        super().__init__(config, site)
        c = self.config = config
        self.acuity = c.acuity * ARC_MINUTE * (DARK if c.night else 1.0)

    def sees(self, local: Array, size: Array | float) -> Array:
        """(N,): probability that one look shows a target of `size` m there: a cycle across it, by Johnson."""
        r = np.linalg.norm(local, axis=1)
        c = contrast(self.config.contrast, r, self.config.visibility)
        n = np.where(self.station.above_horizon(local), cycles(size, r, self.acuity, c), 0.0)
        return self.config.attention * resolved(n, 1.0)

    def _late(self, local: Array, velocity: Array) -> tuple[Array, Array]:
        return np.full(len(local), self.config.delay), np.zeros_like(local)

    def _noticed(self, local: Array) -> Array:
        sizes, share = over_sizes(self.config.expected_size, self.config.expected_size_spread)
        return np.asarray(np.stack([self.sees(local, float(size)) for size in sizes], axis=1) @ share)

    def _notices(self, local: Array, targets: Targets, luck: Array) -> tuple[Bools, Array]:
        return np.asarray(ndtr(luck) < self.sees(local, targets.size)), np.linalg.norm(local, axis=1)

    def _sigma(self, local: Array, strength: Array) -> Array:
        c = self.config
        return cross_sigma(local, c.azimuth_sigma * DEGREE, c.elevation_sigma * DEGREE)

    def _weakest(self, n: int) -> Array:
        """False reports come from as far as people can see."""
        return np.full(n, min(FAR, self.range_max))

    def _claims(self, targets: Targets, rows: Ints, strength: Array, luck: Array, dice: Array) -> Claims:
        factor = self.config.range_factor
        said = np.round(strength * np.exp(math.log(factor) * dice[:, 0]), -2).tolist()
        return tuple(
            {"range_estimate": r, "range_factor": factor, "range_class": _range_class(r)} for r in said
        )


def _range_class(r: float) -> str:
    return "near" if r < NEAR else "middle" if r < FAR else "far"
