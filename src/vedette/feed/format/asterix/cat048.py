"""CAT048, monoradar target reports (EUROCONTROL-SPEC-0149-4; editions 1.27 to 1.32): one plot per record.

| item | field       | bits   | unit       | becomes                                                   |
|------|-------------|--------|------------|-----------------------------------------------------------|
| 010  | SAC SIC     | 8+8    |            | which radar                                               |
| 140  |             | 24     | 1/128 s    | t: s since midnight UTC, on the day nearest the arrival   |
| 020  | TYP         | 3      |            | 0: no detection, dropped; 1: primary alone                |
| 020  | SIM TST RAB | 1 each |            | simulated, test target, field monitor: dropped            |
| 040  | RHO         | 16     | 1/256 NM   | slant range                                               |
| 040  | THETA       | 16     | 360°/2¹⁶   | azimuth from true north                                   |
| 090  | V G FL      | 14     | 1/4 FL     | height, if validated and not garbled; claims flight_level |
| 110  | 3DH         | 14     | 25 ft      | height above sea level, when there is no flight level     |
| 070  | V G MODE3A  | 12     | octal      | claims mode_3a, when validated and not garbled            |
| 220  |             | 24     |            | claims icao24                                             |
| 240  |             | 48     | 6-bit text | claims callsign                                           |
| 161  | TRN         | 12     |            | claims track_number                                       |

Errors are not in the record. The defaults are the limits of random error that EUROCONTROL's standard for
radar surveillance (SUR.ET1.ST01.1000-STD-01-01, 1997) sets: monopulse secondary radar 70 m and 0.08°,
primary 120 m and 0.15°; better take the radar's own figures from its acceptance report. A flight level is
not a height above the ellipsoid: its σ says so (adsb.height_sigma_baro). A height measured by the radar
itself is taken to be good to 500 m unless the site says otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vedette.feed.format import adsb
from vedette.feed.format.asterix.options import AsterixOptions
from vedette.feed.format.asterix.tables import Record
from vedette.feed.format.protocol import Tally
from vedette.feed.limits import implausible
from vedette.types import Claim, Detection, Kind
from vedette.units import DEGREE, FLIGHT_LEVEL, FOOT, NAUTICAL_MILE

PRIMARY = 1  # TYP
SIGMA_PRIMARY = 120.0, 0.15 * DEGREE  # m, rad
SIGMA_SECONDARY = 70.0, 0.08 * DEGREE


def plot(record: Record, t: int, t_rx: int, options: AsterixOptions, tally: Tally) -> Detection | None:
    """One record as a detection; None, counted, when it holds none."""
    kind = record.get("020", {})
    if reason := no_target(kind, options):
        tally.drop(reason)
        return None
    place = record.get("040")
    if place is None:
        tally.drop("no_position")
        return None
    r, azimuth = place["RHO"] * NAUTICAL_MILE, place["THETA"]
    level = valid(record.get("090"), "FL")
    level = None if level is None else level * FLIGHT_LEVEL
    measured = record.get("110")
    height = None if measured is None else measured["3DH"] * FOOT
    if reason := implausible(slant_range=r, azimuth=azimuth, height_baro=level, height=height):
        tally.drop(reason)
        return None
    z, sigmas = [r, azimuth * DEGREE], list(polar_sigmas(kind.get("TYP"), options))
    if level is not None:
        z, sigmas = [*z, level + options.undulation_m], [*sigmas, adsb.height_sigma_baro(level)]
    elif height is not None:
        z, sigmas = [*z, height + options.undulation_m], [*sigmas, options.sigma_height_m]
    what = Kind.RANGE_AZ if len(z) == 2 else Kind.RANGE_AZ_HEIGHT
    return tally.detection(t, t_rx, what, np.array(z), adsb.covariance(*sigmas), claims(record, level))


def no_target(kind: dict[str, Any], options: AsterixOptions) -> str | None:
    """Why a record is not a target in the air, as a counter's name."""
    if kind.get("TST"):
        return "test_target"
    if kind.get("RAB"):
        return "field_monitor"
    if kind.get("SIM") and not options.simulated:
        return "simulated"
    return "no_detection" if kind.get("TYP") == 0 else None


def polar_sigmas(kind: int | None, options: AsterixOptions) -> tuple[float, float]:
    """σ of range (m) and azimuth (rad)."""
    sigma_r, sigma_a = SIGMA_PRIMARY if kind == PRIMARY else SIGMA_SECONDARY
    if options.sigma_range_m is not None:
        sigma_r = options.sigma_range_m
    if options.sigma_azimuth_deg is not None:
        sigma_a = options.sigma_azimuth_deg * DEGREE
    return sigma_r, sigma_a


def valid(item: dict[str, Any] | None, field: str) -> Any:
    """A transponder's reply; None when it was not validated or was garbled."""
    return None if item is None or item["V"] or item["G"] else item[field]


def claims(record: Record, level: float | None) -> dict[str, Claim]:
    said: dict[str, Claim] = {}
    if (address := record.get("220")) is not None:
        said["icao24"] = f"{address['value']:06x}"
    if (identification := record.get("240")) is not None and (callsign := identification["value"].strip()):
        said["callsign"] = callsign
    if (code := valid(record.get("070"), "MODE3A")) is not None:
        said["mode_3a"] = code
    if (track := record.get("161")) is not None:
        said["track_number"] = track["TRN"]
    if level is not None:
        said["flight_level"] = level
    return said
