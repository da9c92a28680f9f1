"""CAT062, system tracks (EUROCONTROL-SPEC-0149-9; editions 1.16 to 1.21): another tracker's picture.

| item    | field      | bits   | unit            | becomes                                                 |
|---------|------------|--------|-----------------|---------------------------------------------------------|
| 010     | SAC SIC    | 8+8    |                 | which system                                            |
| 070     |            | 24     | 1/128 s         | t: s since midnight UTC, on the day nearest the arrival |
| 105     | LAT LON    | 32+32  | 180°/2²⁵        | position, WGS-84                                        |
| 185     | VX VY      | 16+16  | 1/4 m/s         | velocity east and north                                 |
| 220     |            | 16     | 6.25 ft/min     | rate of climb                                           |
| 130     |            | 16     | 6.25 ft         | height above the ellipsoid, first choice                |
| 135     | CTB        | 15     | 1/4 FL          | barometric height from the track, second choice         |
| 136     |            | 16     | 1/4 FL          | measured level, third choice; claims flight_level       |
| 080     | CNF        | 1      |                 | tentative: dropped                                      |
| 080     | SIM TSE…   | 1 each |                 | simulated, last message, coasted (CST): dropped         |
| 060     | V G MODE3A | 12     | octal           | claims mode_3a, when validated and not garbled          |
| 245 380 | CHR ID ADR |        |                 | claims callsign, icao24                                 |
| 040     |            | 16     |                 | claims track_number                                     |
| 500     | APW, APC   | 16+16  | 180°/2²⁵, 1/2 m | σ of the position                                       |
| 500     | AGA ABA    | 8      | as above        | σ of the height                                         |
| 500     | ATV ARC    | 8      | as above        | σ of velocity and climb                                 |

A coasted track is the other tracker's guess, no measurement. Without item 500 the errors are the limits of
EUROCONTROL-SPEC-0147 for 3 NM separation: 300 m root mean square of the horizontal position, 8 m/s of the
velocity in a turn. A track without any height is put at 5,000 m ± 5,000 m, so that it is still seen.

Errors of a tracker's output hang together from one update to the next: its sensor is of kind "tracks", for
which the tracker takes only what is new. Whoever takes such a feed should not also take the radars behind it.
"""

from __future__ import annotations

import math

import numpy as np

from vedette.feed.format import adsb
from vedette.feed.format.asterix.cat048 import valid
from vedette.feed.format.asterix.options import AsterixOptions
from vedette.feed.format.asterix.tables import Record
from vedette.feed.format.protocol import Tally
from vedette.feed.limits import implausible, plausible
from vedette.types import Claim, Detection, Kind
from vedette.units import DEGREE, FLIGHT_LEVEL, FOOT, FOOT_PER_MINUTE

METRES_PER_DEGREE = 111_195.0  # of latitude, on the mean sphere; for σ only
POSITION = 300.0 / math.sqrt(2.0)  # m, per axis
VELOCITY = 8.0 / math.sqrt(2.0)  # m/s, per axis
CLIMB = 10.0  # m/s, when the track says nothing of it
HEIGHT_UNKNOWN = 5000.0  # m, and its σ


def track(record: Record, t: int, t_rx: int, options: AsterixOptions, tally: Tally) -> Detection | None:
    """One record as a detection; None, counted, when it holds none."""
    place = record.get("105")
    if place is None:
        tally.drop("no_position")
        return None
    level = scaled(record, "136", FLIGHT_LEVEL)
    height, sigma_up = height_of(record, level, options)
    climb = scaled(record, "220", FOOT_PER_MINUTE)
    velocity = record.get("185")
    speed = None if velocity is None else math.hypot(velocity["VX"], velocity["VY"])
    if reason := implausible(
        latitude=place["LAT"],
        longitude=place["LON"],
        height=height,
        height_baro=level,
        ground_speed=speed,
        vertical_rate=climb,
    ) or not_now(record, options):
        tally.drop(reason)
        return None
    errors = record.get("500", {})
    z = [place["LAT"] * DEGREE, place["LON"] * DEGREE, height]
    sigmas = [*position_sigmas(errors, place["LAT"]), sigma_up]
    if velocity is not None:
        z += [velocity["VX"], velocity["VY"], climb or 0.0]
        sigmas += velocity_sigmas(errors, climb)
    kind = Kind.GEODETIC if velocity is None else Kind.GEODETIC_VELOCITY
    return tally.detection(t, t_rx, kind, np.array(z), adsb.covariance(*sigmas), claims(record, level))


def not_now(record: Record, options: AsterixOptions) -> str | None:
    """Why a plausible track is not one to believe now, as a counter's name."""
    status = record.get("080", {})
    if status.get("SIM") and not options.simulated:
        return "simulated"
    for field, reason in (("CNF", "tentative"), ("TSE", "track_ended"), ("CST", "coasted")):
        if status.get(field):
            return reason
    return None


def scaled(record: Record, item: str, unit: float, field: str = "value") -> float | None:
    value = record.get(item)
    return None if value is None else value[field] * unit


def height_of(record: Record, level: float | None, options: AsterixOptions) -> tuple[float, float]:
    """Height above the ellipsoid and its σ, m."""
    errors = record.get("500", {})
    geometric = scaled(record, "130", FOOT)
    barometric = scaled(record, "135", FLIGHT_LEVEL, "CTB")
    if barometric is None:
        barometric = level
    # Real feeds hold geometric heights that their own flight level belies: then the transponder is right.
    if geometric is not None and (barometric is None or plausible("geo_minus_baro", geometric - barometric)):
        return geometric, sigma(errors, "AGA", FOOT, 6.25, adsb.HEIGHT_GEOMETRIC)
    if barometric is None:
        return HEIGHT_UNKNOWN, HEIGHT_UNKNOWN
    noise = sigma(errors, "ABA", FLIGHT_LEVEL, 0.25, 0.0)
    return barometric + options.undulation_m, math.hypot(noise, adsb.height_sigma_baro(barometric))


def sigma(errors: Record, item: str, unit: float, step: float, default: float, field: str = "value") -> float:
    """A standard deviation of item 500: never less than one step of its code; the default when not sent."""
    value = errors.get(item)
    return default if value is None else max(value[field], step) * unit


def position_sigmas(errors: Record, latitude: float) -> tuple[float, float]:
    """σ east and north, m."""
    if "APW" in errors:
        step, north = 180.0 / 2**25, METRES_PER_DEGREE
        east = north * max(math.cos(latitude * DEGREE), 0.01)
        return sigma(errors, "APW", east, step, 0.0, "LON"), sigma(errors, "APW", north, step, 0.0, "LAT")
    return sigma(errors, "APC", 1.0, 0.5, POSITION, "X"), sigma(errors, "APC", 1.0, 0.5, POSITION, "Y")


def velocity_sigmas(errors: Record, climb: float | None) -> tuple[float, float, float]:
    """σ of the velocity east, north and up, m/s."""
    east, north = (sigma(errors, "ATV", 1.0, 0.25, VELOCITY, axis) for axis in ("X", "Y"))
    up = CLIMB if climb is None else sigma(errors, "ARC", FOOT_PER_MINUTE, 6.25, VELOCITY)
    return east, north, up


def claims(record: Record, level: float | None) -> dict[str, Claim]:
    said: dict[str, Claim] = {}
    derived = record.get("380", {})
    if (address := derived.get("ADR")) is not None:
        said["icao24"] = f"{address['value']:06x}"
    if callsign := callsign_of(record):
        said["callsign"] = callsign
    if (code := valid(record.get("060"), "MODE3A")) is not None:
        said["mode_3a"] = code
    if (number := record.get("040")) is not None:
        said["track_number"] = number["value"]
    if level is not None:
        said["flight_level"] = level
    return said


def callsign_of(record: Record) -> str:
    """What the aircraft says itself, else what the system has for it."""
    downlinked = record.get("380", {}).get("ID", {}).get("value", "").strip()
    known: str = record.get("245", {}).get("CHR", "").strip()
    return downlinked or known
