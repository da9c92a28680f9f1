"""What a sensor is to the tracker and to the simulator: one description, used from both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from vedette.clock import from_seconds
from vedette.sensor.station import Station
from vedette.sensor.targets import Targets as Targets
from vedette.types import FULL_TURN, Array, Claim, Detection, Kind, Sector


@dataclass(frozen=True, slots=True, kw_only=True)
class Doppler:
    """Radial speeds in m/s, positive away, known to within multiples of `span`; false ones are uniform in it.

    sigma  1 σ of the noise, m/s
    span   the unambiguous interval's width, m/s: claims lie within ± span / 2
    """

    sigma: float
    span: float

    def folded(self, speed: Array) -> Array:
        """(N,) as it is claimed."""
        return np.asarray(speed - self.span * np.floor(speed / self.span + 0.5))


class TellsApart:
    """Of most sensors but radars: two targets are two reports; strength and radial speed say nothing."""

    doppler: Doppler | None = None

    def amplitude_ratio(self, position: Array, snr_db: Array) -> Array:
        return np.ones(len(position))

    def resolution(self, position: Array) -> None:
        return None


@runtime_checkable
class Sensor(Protocol):
    """One sensor of the site, with its place known in the site's local frame [east, north, up] (m).

    name         as in the site file
    kind         registry key, e.g. "radar3d"
    accepts      the kinds of report that it takes; `convert` places them, all but directions (see
                 sensor.direction); any other kind raises MeasurementError
    looks        True: it scans, and a miss is evidence where `detection_probability` is high;
                 False: it reports when it pleases (ADS-B, Remote ID, track feeds)
    look_rate    for looks=True: looks per second at any one place; else 0
    report_rate  for looks=False: reports per second that a seen target sends at the least; 0 where silence is
                 no evidence
    latency      s from the measurement to the bytes, at most; what a reorder buffer must wait for
    range_max    m, beyond which it reports nothing
    geodetic     latitude rad, longitude rad, height above the ellipsoid m, of the sensor itself
    to_site      (R (3, 3), t (3,)): from the sensor's own east-north-up plane to the site's frame
    doppler      what its reports' claimed radial speeds are worth, or None: they are not used
    """

    name: str
    kind: str
    accepts: frozenset[Kind]
    looks: bool
    look_rate: float
    report_rate: float
    latency: float
    range_max: float
    geodetic: tuple[float, float, float]
    to_site: tuple[Array, Array]
    doppler: Doppler | None

    def convert(self, kind: Kind, z: Array, R: Array) -> tuple[Array, Array]:
        """Reports z (m, k), R (m, k, k) of one kind to the site's frame: y (m, d), S (m, d, d).

        d is 3 (position) or 6 (position and velocity). Unbiased (kernel.convert).
        """
        ...

    def detection_probability(
        self, position: Array, velocity: Array | None = None, sector: Sector = FULL_TURN
    ) -> Array:
        """(N, 3) in the site's frame → (N,): how probably one look over `sector` reports a target there.

        0 outside the sector and the coverage. With `velocity` (N, 3), a Doppler notch is applied too.
        """
        ...

    def clutter_density(self, position: Array) -> Array:
        """(m, 3) in the site's frame → (m,): expected false reports per look and m³ there, above zero."""
        ...

    def false_alarms(self, sector: Sector = FULL_TURN) -> float:
        """Expected false reports in one look over `sector`; for looks=False, per report."""
        ...

    def amplitude_ratio(self, position: Array, snr_db: Array) -> Array:
        """How much likelier a reported strength is for a target there than for a false report: (m,), above 0.

        position (m, 3) in the site's frame, snr_db (m,) as the reports claim it, NaN where one claims none:
        then, and for a sensor whose strength says nothing, 1. The same for every target, so the tracker
        divides the clutter density by it.
        """
        ...

    def resolution(self, position: Array) -> Array | None:
        """R_u (N, 3, 3), m², in the site's frame at (N, 3): two targets apart by Δ are reported as one with
        probability exp(−½ Δᵀ R_u⁻¹ Δ). None: it tells all targets apart.
        """
        ...

    def volume(self) -> float:
        """The volume in m³ in which this sensor can report anything."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look to be simulated: begin and end in ns UTC, and what it covers (None: report by report)."""

    t0: int
    t1: int
    sector: Sector | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """The reports of one simulated look: z (M, k), R (M, k, k), `age` (M,) s before the look's end, claims.

    `source` (M,) is the row of the target that each report comes from, −1 for a false one.
    """

    kind: Kind
    z: Array
    R: Array
    age: Array
    claims: tuple[Mapping[str, Claim], ...]
    source: NDArray[np.int64]

    def detections(self, sensor: Sensor, look: Look, seq: int) -> tuple[Detection, ...]:
        """In the order of their keys, numbered from `seq`; received `latency` after the look's end."""
        order = np.argsort(-self.age, kind="stable")
        received = look.t1 + from_seconds(sensor.latency)
        return tuple(
            Detection(
                t=look.t1 - from_seconds(float(self.age[j])), t_rx=received, sensor=sensor.name, seq=seq + i,
                kind=self.kind, z=self.z[j].copy(), R=self.R[j].copy(), claims=self.claims[j],
            )
            for i, j in enumerate(order)
        )  # fmt: skip


@runtime_checkable
class Simulated(Sensor, Protocol):
    """A sensor that can be simulated, by the same description that the tracker uses.

    station  where it stands, and through which it asks for its horizon
    """

    station: Station

    def schedule(self, begin: int, end: int) -> Iterator[Look]:
        """Its looks that end after `begin` and not after `end` (ns UTC), in order."""
        ...

    def measure(self, targets: Targets, look: Look, rng: np.random.Generator) -> Measured:
        """What it reports of targets that are at `targets` when the look ends."""
        ...
