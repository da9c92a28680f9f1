"""One report of one sensor, in the sensor's own space; and the look that a set of reports covers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from vedette.errors import MeasurementError

Array = NDArray[np.float64]
Claim = str | float | int | bool
NO_CLAIMS: Mapping[str, Claim] = MappingProxyType({})


class Kind(StrEnum):
    """What the numbers in `z` are. Azimuth is clockwise from true north, elevation up from the horizon."""

    RANGE_AZ_EL = "range_az_el"  # slant range m, azimuth rad, elevation rad
    RANGE_AZ = "range_az"  # slant range m, azimuth rad
    RANGE_AZ_HEIGHT = "range_az_height"  # slant range m, azimuth rad, height above the ellipsoid m
    AZ_EL = "az_el"  # azimuth rad, elevation rad
    AZ = "az"  # azimuth rad
    # latitude rad, longitude rad, height above the ellipsoid m; R in m² along local east, north, up
    GEODETIC = "geodetic"
    # the same, then velocity east, north, up in m/s; R in SI along local east, north, up
    GEODETIC_VELOCITY = "geodetic_velocity"


SIZE: Mapping[Kind, int] = MappingProxyType(
    {
        Kind.RANGE_AZ_EL: 3,
        Kind.RANGE_AZ: 2,
        Kind.RANGE_AZ_HEIGHT: 3,
        Kind.AZ_EL: 2,
        Kind.AZ: 1,
        Kind.GEODETIC: 3,
        Kind.GEODETIC_VELOCITY: 6,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detection:
    """One report. `(t, sensor, seq)` is a total order and the detection's key.

    t       ns UTC, when the target was measured
    t_rx    ns UTC, when the bytes reached us
    sensor  the sensor's name in the site file
    seq     running number of the report within its feed
    kind    what `z` holds (see `Kind`)
    z       (m,) measurement, SI and radians
    R       (m, m) covariance of its noise
    claims  what the report says of itself, believed by nobody yet. Keys in use: icao24 (6 lower-case hex
            digits), callsign, squawk, category, height_baro (m), ground (bool), snr_db, rcs_dbsm,
            radial_speed (m/s), flight_level (m), track_number, mode_3a, remote_id, operator_latitude (rad),
            operator_longitude (rad), class_hint, class_level, sound_db, range_estimate (m), range_factor,
            range_class
    raw     index of the raw chunk in the recording it was parsed from, if known

    Raises MeasurementError, in a sentence, for a wrong size, a non-finite number or a covariance that is
    not symmetric positive definite.
    """

    t: int
    t_rx: int
    sensor: str
    seq: int
    kind: Kind
    z: Array
    R: Array
    claims: Mapping[str, Claim] = field(default_factory=lambda: NO_CLAIMS)
    raw: int | None = None

    def __post_init__(self) -> None:
        m = SIZE[self.kind]
        if self.z.shape != (m,) or self.R.shape != (m, m):
            raise MeasurementError(
                f"A {self.kind} report of {self.sensor} needs {m} numbers and a {m} × {m} covariance, "
                f"but has shapes {self.z.shape} and {self.R.shape}; mend the feed's decoder."
            )
        check_covariance(self.z, self.R, f"report {self.seq} of {self.sensor}")
        self.z.flags.writeable = False
        self.R.flags.writeable = False

    @property
    def key(self) -> tuple[int, str, int]:
        return self.t, self.sensor, self.seq


def check_covariance(z: Array, R: Array, what: str) -> None:
    """Refuse what cannot be a measurement: z (m,), R (m, m) must be finite and R positive definite."""
    if not (math.isfinite(float(z.sum())) and math.isfinite(float(R.sum()))):
        raise MeasurementError(f"The {what} holds a number that is not finite; drop it at the feed.")
    if np.count_nonzero(R) == len(R) and min(R.diagonal().tolist()) > 0.0:
        return  # independent errors, which most feeds give: nothing to factorise
    if np.abs(R - R.T).max() > 1e-9 * np.abs(R).max():
        raise MeasurementError(f"The covariance of {what} is not symmetric; give R as (R + Rᵀ)/2.")
    try:
        np.linalg.cholesky(R)
    except np.linalg.LinAlgError:
        raise MeasurementError(
            f"The covariance of {what} is not positive definite; every measured quantity needs a "
            "standard deviation above zero."
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """The part of the sky that one look covered, in the sensor's own polar space.

    Azimuth runs clockwise from `az0` by `width` (2π: a full turn); elevation and range are intervals.
    """

    az0: float = 0.0
    width: float = 2.0 * math.pi
    el0: float = -math.pi / 2
    el1: float = math.pi / 2
    r0: float = 0.0
    r1: float = math.inf


FULL_TURN = Sector()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scan:
    """What one look of one sensor covered, and what it found there.

    A miss is evidence only where the sensor looked: `sector` says where. A sensor that reports when it
    pleases (ADS-B, Remote ID, a track feed) has `sector=None`: its silence about a target says nothing
    within the scan. A scan holds at most one report per target.

    t0, t1      ns UTC, begin and end of the look; t1 is the time the tracker files it under
    detections  in the order of their keys
    """

    sensor: str
    t0: int
    t1: int
    sector: Sector | None
    detections: tuple[Detection, ...]

    @property
    def key(self) -> tuple[int, str]:
        return self.t1, self.sensor

    def __deepcopy__(self, memo: dict[int, object]) -> Scan:
        """A scan never changes, so it is its own copy."""
        return self
